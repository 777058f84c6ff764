"""Entry point of the Unlearning Explorer: page navigation and the sidebar that all pages share."""

import streamlit as st

from explorer.ui.state import link
from explorer.ui.state.navigation import navigate

link.receive()
page = navigate()
st.sidebar.markdown("### Unlearning Explorer")

# Overview (url_path is empty) is drawn before the engine is imported, because that import takes seconds.
if not page.url_path:
    page.run()
    from explorer.ui.sidebar.sidebar import show_sidebar

    show_sidebar()
else:
    with st.spinner("Loading the engine"):
        from explorer.ui.say import show_page
        from explorer.ui.sidebar.sidebar import show_sidebar
    show_sidebar()
    show_page(page)

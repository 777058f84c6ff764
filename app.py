"""The Unlearning Explorer: navigation, and the choice that every page shares."""

import streamlit as st

from explorer.ui.state import link
from explorer.ui.state.navigation import navigate

link.receive()
page = navigate()
st.sidebar.markdown("### Unlearning Explorer")

# Overview, the default page: its picture stands before the engine is imported, which takes seconds.
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

"""The Unlearning Explorer: navigation, and the choice that every page shares."""

import streamlit as st

from explorer.ui import link
from explorer.ui.navigation import navigate

link.receive()
page = navigate()
st.sidebar.markdown("### Unlearning Explorer")

# Overview, the default page: its picture stands before the engine is imported, which takes seconds.
if not page.url_path:
    page.run()
    from explorer.ui.choice import choose

    choose()
else:
    with st.spinner("Loading the engine"):
        from explorer.ui.choice import choose
        from explorer.ui.page import show
    choose()
    show(page)

"""The Unlearning Explorer: page configuration, navigation, and the choice that every page shares."""

from pathlib import Path

import streamlit as st

from explorer.ui.navigation import navigate

st.set_page_config("Unlearning Explorer", Path(__file__).parent / "assets" / "icon.svg", layout="wide")
page = navigate()
st.sidebar.markdown("### Unlearning Explorer")

if not page.url_path:  # the default page, Overview: its picture stands before the engine is imported, which takes seconds
    page.run()
    from explorer.ui.choice import choose

    choose()
else:
    with st.spinner("Loading the engine"):
        from explorer.ui.choice import choose
    choose()
    page.run()

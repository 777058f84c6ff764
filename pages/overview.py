"""Overview: one story of forgetting, drawn from stored arrays before the engine is even imported."""

import streamlit as st

st.markdown("## overview")

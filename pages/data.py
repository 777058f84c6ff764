"""Data: upload pictures, points or a network, and download the large sets of the paper."""

import streamlit as st

from explorer.ui.data import own_networks, own_sets
from explorer.ui.data.large_sets import list_large_sets
from explorer.ui.data.own_sets import headline
from explorer.ui.show.explanation import show_explanation
from explorer.ui.state.selection import selected_experiment

experiment = selected_experiment()
st.markdown(f"## {headline(experiment.data)}")
own, large, networks = st.tabs(
    ["Your data sets", "Sets to download", "Your networks"], on_change="rerun", key="data tabs"
)
with own:
    if own.open:
        own_sets.show_data_upload()
        own_sets.list_own_sets()
with large:
    if large.open:
        list_large_sets()
with networks:
    if networks.open:
        own_networks.show_network_upload(experiment.data, experiment.model)
        own_networks.list_own_networks(experiment.data)

show_explanation("data")

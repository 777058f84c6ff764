"""Data: bring your own pictures, points or network, and fetch the large sets of the paper."""

import streamlit as st

from explorer.ui.data import own_networks, own_sets
from explorer.ui.data.large_sets import list_large_sets
from explorer.ui.data.own_sets import headline
from explorer.ui.state.selection import selected_experiment

experiment = selected_experiment()
st.markdown(f"## {headline(experiment.data)}")
own, large, networks = st.tabs(
    ["Your own data", "Sets to download", "Your own network"], on_change="rerun", key="data tabs"
)
with own:
    if own.open:
        own_sets.bring_one()
        own_sets.list_own_sets()
with large:
    if large.open:
        list_large_sets()
with networks:
    if networks.open:
        own_networks.bring_one(experiment.data, experiment.model)
        own_networks.list_own_networks(experiment.data)

with st.expander("What am I looking at?"):
    st.markdown(
        """
**Pictures** become squares of one size: the square in the centre, or all of it stretched. 16 bits are scaled so that
65,535 is white, what is transparent shows white, pictures are turned as their EXIF says, and of an animation the first
frame is taken. As found, a set is grey where none of its pictures has colour. **The split** draws the share for
testing from every class (from every sub-class, where there are some) with a fixed seed; a class needs at least two
samples. Each channel or coordinate is then standardised with the mean and deviation of the training samples. **A set's
code** ends in eight digits of its content, so that another set under the same name is another set, and a link never
shows another's.
"""
    )

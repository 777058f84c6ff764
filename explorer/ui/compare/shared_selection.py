"""Sample selection shared by all figures of Compare: a selection in one figure is shown in every figure."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explorer.experiments import Experiment
from explorer.ui.show.sample_list import offer_to_forget
from explorer.ui.state.selection import select_samples, selected_samples

BOUNDARIES, MAPS = "compare boundaries", "compare maps"  # keys of the page fragments that show samples


def selection_callback(experiment: Experiment) -> Callable[[list[int]], None]:
    """Callback for a figure: selects samples and redraws only the fragments that show samples."""

    def select(samples: list[int]) -> None:
        select_samples(experiment, samples)
        st.rerun([BOUNDARIES, MAPS])

    return select


def show_selection_buttons(experiment: Experiment) -> None:
    """Draw the number of selected samples and its buttons, beside a figure far from the list of selected samples."""
    selected = selected_samples(experiment)
    if not selected:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        many = f"**{len(selected):,} samples selected**, listed below the map."
        st.markdown(many if len(selected) > 1 else "**1 sample selected**.")
        offer_to_forget(experiment, key="forget from here")
        st.button("Clear selection", key="choose none here", on_click=selection_callback(experiment), args=([],))

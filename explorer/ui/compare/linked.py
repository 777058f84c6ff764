"""One choice of samples in all of Compare's pictures: made in any of them, seen in all of them at once."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explorer.experiments import Experiment
from explorer.ui.show.sample_list import offer_to_forget
from explorer.ui.state.selection import select_samples, selected_samples

BOUNDARIES, MAPS = "compare boundaries", "compare maps"  # the parts of the page that show samples


def selector_in(experiment: Experiment) -> Callable[[list[int]], None]:
    """What a picture calls when samples are chosen in it: all parts that show samples are drawn again, and no more."""

    def choose(samples: list[int]) -> None:
        select_samples(experiment, samples)
        st.rerun([BOUNDARIES, MAPS])

    return choose


def offer_here(experiment: Experiment) -> None:
    """Beside a picture far from the list of the chosen samples: how many there are, and what may be done with them."""
    chosen = selected_samples(experiment)
    if not chosen:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{len(chosen):,} chosen**, listed below the map." if len(chosen) > 1 else "**1 chosen**.")
        offer_to_forget(experiment, key="forget from here")
        st.button("Choose none", key="choose none here", on_click=selector_in(experiment), args=([],))

"""Selection of an earlier run of this experiment that replaces one of the three models."""

from __future__ import annotations

import streamlit as st

from explorer.experiments import EarlierRun, Experiment, Request, history
from explorer.figures.theme import IDENTITIES
from explorer.ui.compare.trio import StandIn
from explorer.ui.show.run_sentences import describe_request
from explorer.ui.state import compare_view, link
from explorer.ui.state.parts import publish
from explorer.ui.state.persistence import PERSISTENT
from explorer.ui.work.cached import outcome_of
from explorer.words import counted

NEWEST = 50  # runs in the select box
THREE = "None"


def stand_in_for(experiment: Experiment, request: Request | None) -> StandIn | None:
    """Draw the select box of earlier runs; returns the selected run and the model that it replaces.

    Nothing is drawn if the store holds no run except the one of the page's current settings.

    Args:
        experiment: the experiment of the page.
        request: the page's current settings.

    Returns:
        The earlier run and its place; None if no run is selected or its file is damaged.
    """
    compare_view.reset_if_changed(experiment)
    state, runs = st.session_state, {run.code: run for run in history(experiment)[:NEWEST]}
    if state[compare_view.RUN] and state[compare_view.RUN] not in runs:
        missing, state[compare_view.RUN] = state[compare_view.RUN], ""
        publish(experiment)  # before the message: a change of the link clears earlier messages
        link.drop(f"the earlier run {missing} is not among the {NEWEST} newest stored runs of this experiment.")
        st.rerun()
    if not state[compare_view.RUN] and all(run.request == request for run in runs.values()):
        return None
    box, places = st.columns([3, 2])
    code = box.selectbox(
        "Earlier run", ["", *runs], key=compare_view.RUN, **PERSISTENT,
        format_func=lambda code: describe_run(runs[code]) if code else THREE,
        help=f"The {NEWEST} newest stored runs of this experiment, newest first.",
    )  # fmt: skip
    if not code:
        return None
    place = places.segmented_control(
        "Replaced model",
        IDENTITIES,
        key=compare_view.key("in_place_of"),
        required=True,
        **PERSISTENT,
        format_func=str.capitalize,
    )
    outcome = outcome_of(runs[code].request)
    if outcome is None:
        st.warning("The file of this run is damaged; the three models are shown.", icon=":material/broken_image:")
        return None
    st.info(
        f"An earlier run replaces **{place}**: {describe_run(runs[code])}. On this page, “{place}” means that run.",
        icon=":material/history:",
    )
    return StandIn(place, outcome, runs[code])


def describe_run(run: EarlierRun) -> str:
    """Method and settings of a run, its number of steps, and why it stopped."""
    ends = {
        "target": "target reached",
        "guard": "stopped by the collapse guard",
        "nan": "stopped at a non-finite value",
        "user": "stopped by the user",
        None: "completed all passes",
    }
    return (
        f"{describe_request(run.request)}: {counted(run.steps, 'step')}, "
        f"{ends.get(run.stopped, f'stopped ({run.stopped})')}"
    )

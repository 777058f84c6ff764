"""Compare with an earlier run: the stored runs of this experiment in words, and the one that the reader puts beside."""

from __future__ import annotations

import streamlit as st

from explorer.experiments import EarlierRun, Experiment, Request, history
from explorer.figures.theme import IDENTITIES
from explorer.ui.compare.trio import StandIn
from explorer.ui.show.run_sentences import request_in_words
from explorer.ui.state import compare_view, link
from explorer.ui.state.parameters import PERSISTENT
from explorer.ui.state.parts import publish
from explorer.ui.work.cached import outcome_of
from explorer.words import counted

NEWEST = 50  # runs to choose from
THREE = "The three models: original, unlearned, retrained"


def stand_in_for(experiment: Experiment, request: Request | None) -> StandIn | None:
    """The select box, and beside it, once a run is chosen, in whose place it stands; None: the three as they are.

    Nothing is drawn where the store holds no run but the one that the page's settings ask for.
    """
    compare_view.reset_if_changed(experiment)
    state, runs = st.session_state, {run.code: run for run in history(experiment)[:NEWEST]}
    if state[compare_view.RUN] and state[compare_view.RUN] not in runs:
        lost, state[compare_view.RUN] = state[compare_view.RUN], ""
        publish(experiment)  # first: a link that changes forgets what it has lost
        link.drop(f"the earlier run {lost} is not among this experiment's {NEWEST} newest that are stored here.")
        st.rerun()
    if not state[compare_view.RUN] and all(run.request == request for run in runs.values()):
        return None
    box, places = st.columns([3, 2])
    code = box.selectbox(
        "Compare with", ["", *runs], key=compare_view.RUN, **PERSISTENT,
        format_func=lambda code: run_in_words(runs[code]) if code else THREE,
        help=f"The {NEWEST} newest stored runs of this experiment, the newest first.",
    )  # fmt: skip
    if not code:
        return None
    place = places.segmented_control(
        "In the place of",
        IDENTITIES,
        key=compare_view.key("in_place_of"),
        required=True,
        **PERSISTENT,
        format_func=str.capitalize,
    )
    outcome = outcome_of(runs[code].request)
    if outcome is None:
        st.warning("That run's file is damaged, so the three models are shown.", icon=":material/broken_image:")
        return None
    words = run_in_words(runs[code])
    st.info(
        f"In the place of **{place}** stands an earlier run: {words}. Where this page says {place}, it means that run.",
        icon=":material/history:",
    )
    return StandIn(place, outcome, runs[code])


def run_in_words(run: EarlierRun) -> str:
    """What it was asked for, its steps, and why it stopped."""
    ends = {
        "target": "forgotten",
        "guard": "stopped by the guard before a collapse",
        "nan": "stopped at a number that was not finite",
        None: "ran through",
    }
    return (
        f"{request_in_words(run.request)}: {counted(run.steps, 'step')}, "
        f"{ends.get(run.stopped, f'stopped ({run.stopped})')}"
    )

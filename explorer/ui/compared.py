"""What the Compare page sets side by side, declared once: an earlier run, its place, a slice's corners; its link."""

from __future__ import annotations

import re
from collections.abc import Mapping

import streamlit as st

from explorer.experiments import Experiment
from explorer.figures.theme import IDENTITIES
from explorer.ui import link

RUN, PLACE, SLICE = "compare.run", "compare.place", "compare.slice"
USUAL = {RUN: "", PLACE: "unlearned", SLICE: ""}  # the three models; through samples that the page chooses
_NAMES = {"run": RUN, "in_place_of": PLACE, "slice": SLICE}
_ALLOWED = {
    RUN: ("[0-9a-f]{12}", "12 hexadecimal digits that name a stored run"),
    PLACE: ("|".join(IDENTITIES), f"one of {', '.join(IDENTITIES)}"),
    SLICE: (r"\d{1,9}(,\d{1,9},\d{1,9})?", "one sample number or three, as in 4,17,90"),
}
_FOR = "compare.for"


def settle(experiment: Experiment) -> None:
    """Give what nobody has set its default; a run belongs to one experiment, a slice to one data set."""
    state = st.session_state
    before: Experiment | None = state.get(_FOR)
    if before is not None and before != experiment:
        state[RUN] = USUAL[RUN]
        if before.dataset != experiment.dataset:
            state[SLICE] = USUAL[SLICE]
    state[_FOR] = experiment
    for key, value in USUAL.items():
        state.setdefault(key, value)


def adopt(arrived: Mapping[str, str]) -> set[str]:
    """Take it from a link; returns the parameters that were understood."""
    state = st.session_state
    state.pop(_FOR, None)
    for name, key in _NAMES.items():
        state[key] = USUAL[key]
        pattern, words = _ALLOWED[key]
        if name in arrived and re.fullmatch(pattern, arrived[name], re.ASCII):
            state[key] = arrived[name]
        elif name in arrived:
            link.drop(f"{name} must be {words}, not {arrived[name][:40]!r}.")
    return set(_NAMES)


def as_link(experiment: Experiment) -> dict[str, object]:
    """What differs from the default, as parameters of the link."""
    settle(experiment)
    said: dict[str, object] = {}
    if st.session_state[RUN]:
        said["run"] = st.session_state[RUN]
        if st.session_state[PLACE] != USUAL[PLACE]:
            said["in_place_of"] = st.session_state[PLACE]
    listed = st.session_state[SLICE].replace(" ", "")
    return said | ({"slice": listed} if listed else {})

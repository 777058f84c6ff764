"""Which step of the lesson the reader is on, and its part of a link: a teacher sends one to step 3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.ui.state import link

if TYPE_CHECKING:  # the Overview draws the lesson before the engine is imported
    from explorer.data import Dataset, ForgetSet
    from explorer.experiments import Experiment

STEPS = ("A model", "Predict", "Forget", "Compare", "Ruin it")
STEP = "lesson.step"  # the session's key: the step's place in STEPS
NAME = "lesson"  # in a link, which counts from 1


def settle() -> None:
    """The first step where nobody has chosen one; the one that a link brings before the page draws it.

    The Overview is drawn before the rest of a link is taken in.
    """
    st.session_state.setdefault(STEP, 0)
    if (step := _step_of(link.on_its_way())) is not None:
        st.session_state[STEP] = step


def adopt(arrived: Mapping[str, str], dataset: Dataset, forget: ForgetSet) -> set[str]:
    """Take it from a link; returns the parameters that were understood. A link without it leaves the lesson alone."""
    step = _step_of(arrived)
    if step is not None and st.session_state.get(STEP) != step:
        st.session_state[STEP] = step
    if step is None and NAME in arrived:
        link.drop(f"{NAME} must be a whole number from 1 to {len(STEPS)}, not {arrived[NAME][:40]!r}.")
    return {NAME}


def as_link(experiment: Experiment | None = None) -> dict[str, Any]:
    """The step, from the second on."""
    at = st.session_state.get(STEP, 0)
    return {NAME: 1 + at} if at else {}


def _step_of(arrived: Mapping[str, str]) -> int | None:
    said = {str(1 + step): step for step in range(len(STEPS))}
    return said.get(arrived.get(NAME, ""))

"""Current step of the lesson on Overview, and its part of a link, so that a link can open any step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.ui.state import link

if TYPE_CHECKING:  # Overview draws the lesson before the engine is imported
    from explorer.data import Dataset, ForgetSet
    from explorer.experiments import Experiment

STEPS = ("A model", "Predict", "Forget", "Compare", "Collapse")
STEP = "lesson.step"  # session key: index into STEPS
NAME = "lesson"  # link parameter, which counts from 1


def initialise() -> None:
    """Set the step before the lesson is drawn: that of a pending link, otherwise the current one or the first.

    Overview is drawn before `parts.adopt` reads the link.
    """
    st.session_state.setdefault(STEP, 0)
    if (step := _step_of(link.pending())) is not None:
        st.session_state[STEP] = step


def adopt(arrived: Mapping[str, str], dataset: Dataset, forget: ForgetSet) -> set[str]:
    """Set the step from a link. Returns the parameter's name. A link without a step does not change the lesson."""
    step = _step_of(arrived)
    if step is not None and st.session_state.get(STEP) != step:
        st.session_state[STEP] = step
    if step is None and NAME in arrived:
        link.drop(f"{NAME} must be a whole number from 1 to {len(STEPS)}, not {arrived[NAME][:40]!r}.")
    return {NAME}


def as_link(experiment: Experiment | None = None) -> dict[str, Any]:
    """The step as a parameter of the link; none for the first step, the default."""
    step = st.session_state.get(STEP, 0)
    return {NAME: 1 + step} if step else {}


def _step_of(arrived: Mapping[str, str]) -> int | None:
    steps = {str(1 + step): step for step in range(len(STEPS))}
    return steps.get(arrived.get(NAME, ""))

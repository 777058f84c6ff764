"""How the Compare page is set, declared once: an earlier run and its place, a slice's corners, the open section and
what is chosen in each; its part of a link.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Literal

import streamlit as st

from explorer.data import Dataset, ForgetSet
from explorer.evaluation.comparison import MARGIN
from explorer.experiments import Experiment
from explorer.settings import Settings, setting
from explorer.ui.state import link
from explorer.ui.state.parameters import Parameters

Section = Literal["entropies", "selectivity", "classes", "membership", "calibration", "numbers"]


class View(Settings):
    """What is chosen on the page by moving something."""

    in_place_of: Literal["original", "unlearned", "retrained"] = setting("unlearned", "whom an earlier run stands for")
    section: Section = setting("entropies", "the tab that is open")
    margin: float = setting(
        MARGIN,
        "the largest difference of mean entropies that would not matter to you, for the equivalence test. "
        f"{MARGIN:g} nats, where it begins, is the entropy of an answer that is 98 % sure of one of two classes, "
        "against a certain one's 0",
        least=0.01, most=0.5, label="Equivalent means: within (nats)",
    )  # fmt: skip
    minus_log: bool = setting(False, "draw entropies as in the paper: -log H")
    input_noise: float = setting(0.0, "sigma added to the forget set's inputs; 0 adds none", least=0.0, most=2.0)
    threshold: float = setting(0.0, "entropy of those called members at most; 0: as published", least=0.0, most=9.0)
    calibrated: Literal["test", "retain_test"] = setting("test", "which samples calibration is measured on")
    map: Literal["UMAP", "PCA"] = setting("UMAP", "how the shared map is made")
    map_of: Literal["features", "logits"] = setting("features", "what it is a map of")


PARAMETERS = Parameters(View, "compare")
key, value, put = PARAMETERS.key, PARAMETERS.value, PARAMETERS.put
RUN, SLICE, USUAL = "compare.run", "compare.slice", "compare.usual threshold"  # the last: that the page chose
TABS = "compare tabs"  # the widget that shows `section`, by the tab's label
_TEXTS = {"run": RUN, "slice": SLICE}  # "": the three models; through samples that the page chooses
_ALLOWED = {
    RUN: ("[0-9a-f]{12}", "12 hexadecimal digits that name a stored run"),
    SLICE: (r"\d{1,9}(,\d{1,9},\d{1,9})?", "one sample number or three, as in 4,17,90"),
}
_FOR = "compare.for"


def reset_if_changed(experiment: Experiment) -> None:
    """Give what nobody has set its default; run and threshold belong to one experiment, a slice to one data set."""
    state = st.session_state
    before: Experiment | None = state.get(_FOR)
    if before is not None and before != experiment:
        state[RUN] = ""
        reset_threshold()
        if before.dataset != experiment.dataset:
            state[SLICE] = ""
    state[_FOR] = experiment
    for text in _TEXTS.values():
        state.setdefault(text, "")


def reset_threshold() -> None:
    """Let the page choose the threshold of the membership attack again."""
    PARAMETERS.put("threshold", 0.0)
    st.session_state[USUAL] = 0.0


def threshold_among(options: list[float], published: float) -> float:
    """The threshold in use: of these the one nearest to what was set, or else to the published attack's own."""

    def nearest(wanted: float) -> float:
        return min(options, key=lambda option: abs(math.log(option / wanted)))

    st.session_state[USUAL] = usual = nearest(published)
    wanted = value("threshold")
    found = nearest(wanted) if wanted else usual
    PARAMETERS.put("threshold", found)
    return found


def adopt(arrived: Mapping[str, str], dataset: Dataset, forget: ForgetSet) -> set[str]:
    """Take it from a link; returns the parameters that were understood."""
    state = st.session_state
    state.pop(_FOR, None)
    state.pop(TABS, None)
    for name, text in _TEXTS.items():
        state[text] = ""
        pattern, words = _ALLOWED[text]
        if name in arrived and re.fullmatch(pattern, arrived[name], re.ASCII):
            state[text] = arrived[name]
        elif name in arrived:
            link.drop(f"{name} must be {words}, not {arrived[name][:40]!r}.")
    return PARAMETERS.adopt(arrived) | set(_TEXTS)


def as_link(experiment: Experiment) -> dict[str, Any]:
    """What differs from the default, as parameters of the link."""
    reset_if_changed(experiment)
    said = {"run": st.session_state[RUN], "slice": st.session_state[SLICE].replace(" ", "")}
    found = PARAMETERS.as_link({"threshold": st.session_state.get(USUAL)})
    if not said["run"]:
        found.pop("in_place_of", None)
    return {name: text for name, text in said.items() if text} | found

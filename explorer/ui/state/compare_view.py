"""Parameters of the Compare page and their part of a link: earlier run, slice, open tab and each tab's settings."""

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
    """Widgets of the Compare page.

    Attributes:
        in_place_of: model that an earlier run replaces.
        section: open tab.
        margin: half-width of the equivalence interval of mean entropies, nats.
        minus_log: whether entropies are drawn as -log H.
        input_noise: sigma added to the inputs of the forget set, standardised units.
        threshold: entropy up to which a sample is predicted a member, nats; 0 = as published.
        calibrated: samples on which calibration is measured.
        map, map_of: projection of the shared map, and its input.
    """

    in_place_of: Literal["original", "unlearned", "retrained"] = setting(
        "unlearned", "model that the earlier run replaces"
    )
    section: Section = setting("entropies", "open tab")
    margin: float = setting(
        MARGIN,
        "largest difference of mean entropies that counts as equivalent in the equivalence test. The default, "
        f"{MARGIN:g} nats, is the entropy of a prediction with probability 98 % for one of two classes; a prediction "
        "with probability 100 % has entropy 0",
        least=0.01, most=0.5, label="Equivalence margin (nats)",
    )  # fmt: skip
    minus_log: bool = setting(False, "draw entropies as in the paper: -log H")
    input_noise: float = setting(0.0, "sigma added to the inputs of the forget set; 0 = none", least=0.0, most=2.0)
    threshold: float = setting(
        0.0, "largest entropy of a predicted member; 0 = the published threshold", least=0.0, most=9.0
    )
    calibrated: Literal["test", "retain_test"] = setting("test", "samples on which calibration is measured")
    map: Literal["UMAP", "PCA"] = setting("UMAP", "projection method of the shared map")
    map_of: Literal["features", "logits"] = setting("features", "values that the map projects")


PARAMETERS = Parameters(View, "compare")
key, value, put = PARAMETERS.key, PARAMETERS.value, PARAMETERS.put
RUN, SLICE = "compare.run", "compare.slice"
DEFAULT_THRESHOLD = "compare.default threshold"  # the page's own, which depends on the original model
TABS = "compare tabs"  # key of the tab widget that shows `section`, by the tab's label
_TEXTS = {"run": RUN, "slice": SLICE}  # empty: no earlier run; a slice through samples that the page selects
_ALLOWED = {
    RUN: ("[0-9a-f]{12}", "12 hexadecimal digits that name a stored run"),
    SLICE: (r"\d{1,9}(,\d{1,9},\d{1,9})?", "one or three sample numbers, as in 4,17,90"),
}
_EXPERIMENT = "compare.for"


def reset_if_changed(experiment: Experiment) -> None:
    """Set missing values to their defaults. Run and threshold are reset with the experiment, a slice with the data."""
    state = st.session_state
    before: Experiment | None = state.get(_EXPERIMENT)
    if before is not None and before != experiment:
        state[RUN] = ""
        reset_threshold()
        if before.dataset != experiment.dataset:
            state[SLICE] = ""
    state[_EXPERIMENT] = experiment
    for text in _TEXTS.values():
        state.setdefault(text, "")


def reset_threshold() -> None:
    """Use the page's default threshold of the membership attack again."""
    PARAMETERS.put("threshold", 0.0)
    st.session_state[DEFAULT_THRESHOLD] = 0.0


def threshold_among(options: list[float], published: float) -> float:
    """Set the threshold to the option nearest to the selected one, or to the published one if none is selected.

    Args:
        options: thresholds of the slider, nats, positive.
        published: threshold of the published attack, nats.

    Returns:
        The threshold in use; distances are those of the logarithms.
    """

    def nearest(target: float) -> float:
        return min(options, key=lambda option: abs(math.log(option / target)))

    default = nearest(published)
    selected = value("threshold")
    threshold = nearest(selected) if selected else default
    st.session_state[DEFAULT_THRESHOLD] = default
    PARAMETERS.put("threshold", threshold)
    return threshold


def adopt(arrived: Mapping[str, str], dataset: Dataset, forget: ForgetSet) -> set[str]:
    """Set the page's parameters from a link. Returns their names."""
    state = st.session_state
    state.pop(_EXPERIMENT, None)
    state.pop(TABS, None)
    for name, text in _TEXTS.items():
        state[text] = ""
        pattern, description = _ALLOWED[text]
        if name in arrived and re.fullmatch(pattern, arrived[name], re.ASCII):
            state[text] = arrived[name]
        elif name in arrived:
            link.drop(f"{name} must be {description}, not {arrived[name][:40]!r}.")
    return PARAMETERS.adopt(arrived) | set(_TEXTS)


def as_link(experiment: Experiment) -> dict[str, Any]:
    """Parameters of the link that differ from their defaults."""
    reset_if_changed(experiment)
    texts = {"run": st.session_state[RUN], "slice": st.session_state[SLICE].replace(" ", "")}
    settings = PARAMETERS.as_link({"threshold": st.session_state.get(DEFAULT_THRESHOLD)})
    if not texts["run"]:
        settings.pop("in_place_of", None)
    return {name: text for name, text in texts.items() if text} | settings

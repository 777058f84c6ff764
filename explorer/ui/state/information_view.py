"""How the Information page is set, declared once: distances, radius, tau, gradient, colour; its part of a link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np
import streamlit as st

from explorer.data import Dataset, ForgetSet
from explorer.experiments import Experiment
from explorer.experiments.derived.gradients import Gradient
from explorer.experiments.derived.points import Space
from explorer.settings import Settings, setting
from explorer.ui.state.parameters import Parameters

USUAL = "view.usual radius"  # the one that the page chose

Colour = Literal["alpha", "low", "gradient", "information", "class"]

COLOURS: tuple[Colour, ...] = get_args(Colour)


class View(Settings):
    """How the Information page is set."""

    space: Space = setting("inputs", "between what distances are taken: inputs, or the original's features")
    radius: float = setting(0.0, "radius of the balls in these units; 0 lets the page choose", least=0.0)
    tau: float = setting(
        0.9, "alpha from which a sample carries little information", least=0.0, most=1.0,
        label="tau, low information from",
    )  # fmt: skip
    gradient_of: Gradient = setting("probabilities", "of what the input gradient is taken")
    colour: Colour = setting("alpha", "what colours the samples")


PARAMETERS = Parameters(View, "view")
key, current = PARAMETERS.key, PARAMETERS.current


def radius_among(radii: Sequence[float]) -> float:
    """The radius in use: the largest of these that is not above the one that was set, or a third of the way in."""
    wanted = PARAMETERS.value("radius")
    usual = len(radii) // 3
    place = usual if wanted == 0 else max(0, int(np.searchsorted(radii, wanted * (1 + 1e-6), "right")) - 1)
    PARAMETERS.put("radius", radii[place])
    st.session_state[USUAL] = radii[usual]
    return radii[place]


def reset_radius() -> None:
    """Let the page choose a radius again: distances are of another kind. Call it from a callback."""
    PARAMETERS.put("radius", 0.0)
    st.session_state[USUAL] = 0.0


def adopt(arrived: Mapping[str, str], dataset: Dataset, forget: ForgetSet) -> set[str]:
    """Take the page's parameters from a link. Returns their names."""
    return PARAMETERS.adopt(arrived)


def as_link(experiment: Experiment) -> dict[str, Any]:
    """Parameters that differ from their defaults."""
    return PARAMETERS.as_link({"radius": st.session_state.get(USUAL)})

"""Parameters of the Information page (distances, radius, tau, gradient, colour) and their part of a link."""

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

DEFAULT_RADIUS = "view.default radius"  # the page's own, which depends on the data

Colour = Literal["alpha", "low", "gradient", "information", "class"]

COLOURS: tuple[Colour, ...] = get_args(Colour)


class View(Settings):
    """Widgets of the Information page.

    Attributes:
        space: space in which distances are measured, inputs or features of the original.
        radius: radius r of the neighbourhoods in units of `space`; 0 = the page's default.
        tau: threshold of alpha(x) for low information (Definition 4.2).
        gradient_of: output whose input gradient is measured.
        colour: quantity that colours the samples.
    """

    space: Space = setting("inputs", "space in which distances are measured: inputs, or features of the original")
    radius: float = setting(0.0, "radius r of the neighbourhoods in these units; 0 = the page's default", least=0.0)
    tau: float = setting(
        0.9, "alpha(x) at or above which a sample carries little information", least=0.0, most=1.0,
        label="Threshold tau",
    )  # fmt: skip
    gradient_of: Gradient = setting("probabilities", "output whose input gradient is measured")
    colour: Colour = setting("alpha", "quantity that colours the samples")


PARAMETERS = Parameters(View, "view")
key, current = PARAMETERS.key, PARAMETERS.current


def radius_among(radii: Sequence[float]) -> float:
    """Set the radius to the largest option that is not above the selected one; without a selection, to the default.

    Args:
        radii: options of the slider, increasing. The default is the one a third of the way in.

    Returns:
        The radius in use.
    """
    selected = PARAMETERS.value("radius")
    default = len(radii) // 3
    index = default if selected == 0 else max(0, int(np.searchsorted(radii, selected * (1 + 1e-6), "right")) - 1)
    PARAMETERS.put("radius", radii[index])
    st.session_state[DEFAULT_RADIUS] = radii[default]
    return radii[index]


def reset_radius() -> None:
    """Use the page's default radius again, as distances changed their unit. Call it from a callback."""
    PARAMETERS.put("radius", 0.0)
    st.session_state[DEFAULT_RADIUS] = 0.0


def adopt(arrived: Mapping[str, str], dataset: Dataset, forget: ForgetSet) -> set[str]:
    """Set the page's parameters from a link. Returns their names."""
    return PARAMETERS.adopt(arrived)


def as_link(experiment: Experiment) -> dict[str, Any]:
    """Parameters of the link that differ from their defaults."""
    return PARAMETERS.as_link({"radius": st.session_state.get(DEFAULT_RADIUS)})

"""How the Information page is set, declared once: distances, radius, tau, gradient, colour; its part of a link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np
import streamlit as st

from explorer.experiments.information import Gradient, Space
from explorer.settings import InputError, Settings, setting
from explorer.ui import link

USUAL = "view.usual radius"  # the one that the page chose

Colour = Literal["alpha", "low", "gradient", "information", "class"]

COLOURS: tuple[Colour, ...] = get_args(Colour)


class View(Settings):
    """How the Information page is set."""

    space: Space = setting("inputs", "between what distances are taken: inputs, or the original's features")
    radius: float = setting(0.0, "radius of the balls in these units; 0 lets the page choose", least=0.0, most=1e6)
    tau: float = setting(0.9, "alpha from which a sample carries little information", least=0.0, most=1.0)
    gradient_of: Gradient = setting("probabilities", "of what the input gradient is taken")
    colour: Colour = setting("alpha", "what colours the samples")


def key(name: str) -> str:
    """The session's key of one of View's parameters, which is that of its widget."""
    return f"view.{name}"


def current() -> View:
    """How the page is set now."""
    settle()
    return View(**{name: st.session_state[key(name)] for name in View.model_fields})


def settle() -> None:
    """Give every parameter that nobody has set its default."""
    for name, value in View():
        st.session_state.setdefault(key(name), value)


def radius_among(radii: Sequence[float]) -> float:
    """The radius in use: the largest of these that is not above the one that was set, or a third of the way in."""
    wanted = st.session_state[key("radius")]
    usual = len(radii) // 3
    place = usual if wanted == 0 else max(0, int(np.searchsorted(radii, wanted * (1 + 1e-6), "right")) - 1)
    st.session_state[key("radius")], st.session_state[USUAL] = radii[place], radii[usual]
    return radii[place]


def forget_radius() -> None:
    """Let the page choose a radius again: distances are of another kind. Call it from a callback."""
    st.session_state[key("radius")] = st.session_state[USUAL] = 0.0


def adopt(arrived: Mapping[str, str]) -> set[str]:
    """Take the view from a link; returns the parameters that were understood."""
    for name, default in View():
        st.session_state[key(name)] = default
        if name in arrived:
            given: dict[str, Any] = {name: arrived[name]}
            try:
                st.session_state[key(name)] = getattr(View(**given), name)
            except InputError as error:
                link.drop(str(error))
    return set(View.model_fields)


def as_link() -> dict[str, object]:
    """What differs from the default, as parameters of the link."""
    usual, now = dict(View()), dict(current())
    if now["radius"] == st.session_state.get(USUAL):
        now["radius"] = usual["radius"]
    return {name: _short(value) for name, value in now.items() if value != usual[name]}


def _short(value: object) -> object:
    return f"{value:.6g}" if isinstance(value, float) else value

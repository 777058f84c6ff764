"""Widgets of declared settings; label, help and range come from the declaration."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.settings import Declaration
from explorer.ui.state.parameters import Parameters
from explorer.ui.state.persistence import PERSISTENT


def setting_widget(declaration: Declaration, key: str, disabled: bool = False) -> None:
    """Draw the widget of a setting: a toggle, a select box or a slider.

    Args:
        declaration: the setting's name, kind, range, label and help.
        key: the widget's key; the session must already have a value under it.
        disabled: whether the widget is disabled.
    """
    help_text = declaration.help[0].upper() + declaration.help[1:]
    help_text += f" ({declaration.unit})." if declaration.unit else "."
    label = declaration.label or declaration.name.replace("_", " ").capitalize()
    shared: dict[str, Any] = {"key": key, "help": help_text, "disabled": disabled, **PERSISTENT}
    if declaration.kind == "flag":
        st.toggle(label, **shared)
    elif declaration.kind == "choice":
        st.selectbox(label, declaration.choices, **shared)
    elif declaration.log:
        stops = logarithmic_stops(declaration, st.session_state[key])
        st.select_slider(label, stops, format_func=lambda value: f"{value:g}", **shared)
    else:
        st.slider(label, *declaration.bounds, **shared)


def parameter_widget(parameters: Parameters[Any], name: str) -> None:
    """Draw the widget of one parameter of a page."""
    setting_widget(parameters.model.declarations()[name], parameters.key(name))


def logarithmic_stops(declaration: Declaration, current: float) -> list[float]:
    """Stops of a logarithmic slider: 1, 1.5, 2, 3, 5, 7 in each decade of the range, and the current value."""
    least, most = declaration.least or 0, declaration.most or 0
    steps = {factor * 10.0**power for power in range(-7, 5) for factor in (1, 1.5, 2, 3, 5, 7)}
    stops = {float(f"{step:.6g}") for step in steps if least <= step <= most} | {current}
    return sorted({round(stop) for stop in stops}) if declaration.kind == "int" else sorted(stops)

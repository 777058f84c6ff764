"""The widget of a declared setting: its label, its help and its range are those of the declaration."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.settings import Declaration
from explorer.ui.state.parameters import PERSISTENT, Parameters


def setting_widget(found: Declaration, key: str, disabled: bool = False) -> None:
    """A toggle, a box of choices or a slider under this key of the session, which holds the setting's value already."""
    words = found.help[0].upper() + found.help[1:] + (f" ({found.unit})." if found.unit else ".")
    label = found.label or found.name.replace("_", " ").capitalize()
    shared: dict[str, Any] = {"key": key, "help": words, "disabled": disabled, **PERSISTENT}
    if found.kind == "flag":
        st.toggle(label, **shared)
    elif found.kind == "choice":
        st.selectbox(label, found.choices, **shared)
    elif found.log:
        st.select_slider(label, ladder(found, st.session_state[key]), format_func=lambda value: f"{value:g}", **shared)
    else:
        st.slider(label, *found.bounds, **shared)


def parameter_widget(parameters: Parameters[Any], name: str) -> None:
    """Draw the widget of one of a page's parameters."""
    setting_widget(parameters.model.declarations()[name], parameters.key(name))


def ladder(found: Declaration, current: float) -> list[float]:
    """The stops of a logarithmic slider: 1, 1.5, 2, 3, 5, 7 in each decade of the range, and the current value."""
    steps = {factor * 10.0**power for power in range(-7, 5) for factor in (1, 1.5, 2, 3, 5, 7)}
    stops = {float(f"{step:.6g}") for step in steps if (found.least or 0) <= step <= (found.most or 0)} | {current}
    return sorted({round(stop) for stop in stops}) if found.kind == "int" else sorted(stops)

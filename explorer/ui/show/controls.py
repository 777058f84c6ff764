"""Widgets of the method, its settings and its stopping rule, and an error message for incompatible settings."""

from __future__ import annotations

import streamlit as st

from explorer.experiments import Experiment, Request
from explorer.settings import LARGEST_SEED, InputError
from explorer.ui import say
from explorer.ui.show.setting_widget import setting_widget
from explorer.ui.state import method_settings
from explorer.ui.state.persistence import PERSISTENT
from explorer.ui.state.selection import unless_removed
from explorer.unlearning import METHODS, JitSettings

IN_SIGHT = ("sigma", "perturbations", "length", "eta")  # settings drawn outside the expander


def requested(experiment: Experiment) -> Request | None:
    """`method_settings.request_of`; None, with an error message, if the settings are not compatible."""
    try:
        return method_settings.request_of(experiment)
    except InputError as error:
        say.error(error)
        return None


def show_controls(experiment: Experiment, disabled: bool) -> None:
    """Draw sigma, N, eta and the stopping rule; method, preset and other settings in the expander More settings."""
    method_settings.reset_if_changed(experiment)
    method = method_settings.selected_method()
    settings = method.settings(**method_settings.values_of(method))
    shown = [declaration for name, declaration in settings.applying().items() if name in IN_SIGHT]
    columns = st.columns(len(shown) + 1)
    for column, declaration in zip(columns, shown, strict=False):
        with column:
            setting_widget(declaration, method_settings.key(method, declaration.name), disabled)
    with columns[-1]:
        stops = st.session_state["rule.stops"]
        st.select_slider(
            "Target accuracy on D_f", _percentages(st.session_state["rule.accuracy"]), key="rule.accuracy",
            format_func=lambda share: f"{100 * share:g} %", disabled=disabled or not stops, **PERSISTENT,
            help="The run ends when the accuracy on the forget set is at most this value.",
        )  # fmt: skip
    with st.expander("More settings", key="more_settings"):
        left, right = st.columns(2)
        with left:
            names = list(METHODS)
            st.selectbox(
                "Method", names, key="method", format_func=lambda name: METHODS[name].title, disabled=disabled,
                on_change=_method_changed, args=(experiment,), help=method.help, **PERSISTENT,
            )  # fmt: skip
        with right:
            presets = {preset.name: preset.help for preset in method.presets}
            st.selectbox(
                "Preset", list(presets), key="preset", on_change=_apply_preset, args=(experiment,), disabled=disabled,
                help="\n".join(f"- {name}: {text}" for name, text in presets.items()), **PERSISTENT,
            )  # fmt: skip
        thirds = st.columns(3)
        rest = [declaration for name, declaration in settings.applying().items() if name not in IN_SIGHT]
        for index, declaration in enumerate(rest):
            with thirds[index % 3]:
                setting_widget(declaration, method_settings.key(method, declaration.name), disabled)
        with thirds[len(rest) % 3]:
            st.number_input("Noise seed", 0, LARGEST_SEED, step=1, key="noise_seed", disabled=disabled, **PERSISTENT)
        st.toggle("Stopping rule and collapse guard", key="rule.stops", disabled=disabled, **PERSISTENT)


def jit_controls(experiment: Experiment, names: tuple[str, ...]) -> JitSettings | None:
    """Draw the widgets of some settings of JiT, shared with Unlearn.

    Args:
        experiment: the selected experiment.
        names: field names of the settings to draw.

    Returns:
        All settings of JiT; None, with an error message, if they are not compatible.
    """
    declarations = method_settings.jit_settings(experiment).declarations()
    for column, name in zip(st.columns(len(names)), names, strict=True):
        with column:
            setting_widget(declarations[name], method_settings.key(METHODS["jit"], name))
    settings = method_settings.jit_settings(experiment)
    try:
        settings.check_shape(experiment.data.shape)
    except InputError as error:
        say.error(error)
        return None
    return settings


@unless_removed
def _method_changed(experiment: Experiment) -> None:
    st.session_state["preset"] = method_settings.selected_method().presets[0].name
    _apply_preset(experiment)


@unless_removed
def _apply_preset(experiment: Experiment) -> None:
    method_settings.apply_preset(experiment.data.shape, experiment.forget_set)


def _percentages(current: float) -> list[float]:
    return sorted({0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, current})

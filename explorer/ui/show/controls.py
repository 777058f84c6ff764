"""The widgets of the method, its settings and its stopping rule, and a sentence where these do not go together."""

from __future__ import annotations

import streamlit as st

from explorer.experiments import Experiment, Request
from explorer.settings import LARGEST_SEED, InputError
from explorer.ui import say
from explorer.ui.show.setting_widget import setting_widget
from explorer.ui.state import method_settings
from explorer.ui.state.parameters import PERSISTENT
from explorer.ui.state.selection import unless_removed
from explorer.unlearning import METHODS, JitSettings

IN_SIGHT = ("sigma", "perturbations", "length", "eta")


def requested(experiment: Experiment) -> Request | None:
    """`method_settings.request_of`, or None with the sentence on the page where the settings do not go together."""
    try:
        return method_settings.request_of(experiment)
    except InputError as error:
        say.error(error)
        return None


def controls(experiment: Experiment, disabled: bool) -> None:
    """sigma, N, eta and when to stop in sight; the method, its presets and everything else behind More."""
    method_settings.reset_if_changed(experiment)
    method = method_settings.selected_method()
    settings = method.settings(**method_settings.values_of(method))
    shown = [found for name, found in settings.applying().items() if name in IN_SIGHT]
    places = st.columns(len(shown) + 1)
    for place, found in zip(places, shown, strict=False):
        with place:
            setting_widget(found, method_settings.key(method, found.name), disabled)
    with places[-1]:
        stops = st.session_state["rule.stops"]
        st.select_slider(
            "Stop at forget accuracy", _percentages(st.session_state["rule.accuracy"]), key="rule.accuracy",
            format_func=lambda share: f"{100 * share:g} %", disabled=disabled or not stops, **PERSISTENT,
            help="The run ends as soon as the model gets no more than this share of the forget set right.",
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
        columns = st.columns(3)
        rest = [found for name, found in settings.applying().items() if name not in IN_SIGHT]
        for turn, found in enumerate(rest):
            with columns[turn % 3]:
                setting_widget(found, method_settings.key(method, found.name), disabled)
        with columns[len(rest) % 3]:
            st.number_input(
                "Seed of the noise", 0, LARGEST_SEED, step=1, key="noise_seed", disabled=disabled, **PERSISTENT
            )
        st.toggle("Stop when forgotten, and before a collapse", key="rule.stops", disabled=disabled, **PERSISTENT)


def jit_controls(experiment: Experiment, names: tuple[str, ...]) -> JitSettings | None:
    """Widgets for these of JiT's settings, the Unlearn page's own; None, with a sentence, where they disagree."""
    declared = method_settings.jit_settings(experiment).declarations()
    for place, name in zip(st.columns(len(names)), names, strict=True):
        with place:
            setting_widget(declared[name], method_settings.key(METHODS["jit"], name))
    found = method_settings.jit_settings(experiment)
    try:
        found.check_shape(experiment.data.shape)
    except InputError as error:
        say.error(error)
        return None
    return found


@unless_removed
def _method_changed(experiment: Experiment) -> None:
    st.session_state["preset"] = method_settings.selected_method().presets[0].name
    _apply_preset(experiment)


@unless_removed
def _apply_preset(experiment: Experiment) -> None:
    method_settings.apply_preset(experiment.data.shape, experiment.forget_set)


def _percentages(current: float) -> list[float]:
    return sorted({0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, current})

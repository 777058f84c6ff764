"""The method, its settings and its stopping rule as a link says them."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from explorer.data import Dataset, ForgetSet
from explorer.experiments import Experiment
from explorer.settings import InputError
from explorer.ui import link, method_state
from explorer.unlearning import METHODS, Rule, default_rule

NO_STOP = "never"


def adopt(arrived: Mapping[str, str], dataset: Dataset, forget: ForgetSet) -> set[str]:
    """Take the method and its settings from a link; returns the parameters that were understood."""
    state, known = st.session_state, {"method", "preset", "noise_seed", "stop_at"}
    name = arrived.get("method", "jit")
    if name not in METHODS:
        link.drop(f"there is no method {name!r}; the methods are {', '.join(METHODS)}.")
        name = "jit"
    state["method"] = name
    chosen = METHODS[name]
    preset = arrived.get("preset", chosen.presets[0].name)
    try:
        chosen.preset(preset)
    except InputError as error:
        link.drop(str(error))
        preset = chosen.presets[0].name
    state["preset"] = preset
    method_state.start_again(dataset.shape, forget)
    for parameter in set(arrived) & set(chosen.settings.declarations()):
        try:
            checked = chosen.configure(dataset.shape, preset, {parameter: arrived[parameter]})
            state[method_state.key(chosen, parameter)] = getattr(checked, parameter)
        except InputError as error:
            link.drop(str(error))
    of_any = {setting for method in METHODS.values() for setting in method.settings.declarations()}
    for parameter in sorted(set(arrived) & (of_any - set(chosen.settings.declarations()))):
        link.drop(f"{parameter} is no setting of {name}; it was left out.")
    _adopt_rule(arrived)
    return known | of_any


def as_link(experiment: Experiment) -> dict[str, object]:
    """What differs from the default, as parameters of the link."""
    request = method_state.usable(experiment)
    if request is None:
        return {}
    method, preset = request.method, st.session_state["preset"]
    usual = method.configure(experiment.data.shape, preset)
    said: dict[str, object] = {}
    if method.name != "jit":
        said["method"] = method.name
    if preset != method.presets[0].name:
        said["preset"] = preset
    said |= {name: value for name, value in request.settings if value != getattr(usual, name)}
    if st.session_state["rule.stops"] != method.preset(preset).stops:
        said["stop_at"] = request.rule.accuracy if st.session_state["rule.stops"] else NO_STOP
    elif st.session_state["rule.stops"] and request.rule != default_rule(experiment.forget_set):
        said["stop_at"] = request.rule.accuracy
    if request.noise_seed:
        said["noise_seed"] = request.noise_seed
    return said


def _adopt_rule(arrived: Mapping[str, str]) -> None:
    state = st.session_state
    wanted = arrived.get("stop_at")
    if wanted == NO_STOP:
        state["rule.stops"] = False
    elif wanted is not None:
        try:
            state["rule.accuracy"] = Rule(accuracy=wanted).accuracy  # type: ignore[arg-type]
            state["rule.stops"] = True
        except InputError as error:
            link.drop(str(error).replace("accuracy", "stop_at", 1))
    state["noise_seed"] = link.seed(arrived.get("noise_seed", "0"), "noise_seed")

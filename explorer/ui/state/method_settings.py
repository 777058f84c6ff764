"""The selected method, its settings and its stopping rule: in the session, as a request, and in a link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from explorer.data import Dataset, ForgetSet
from explorer.experiments import Experiment, Request, nearest_preset
from explorer.settings import InputError
from explorer.ui.state import link
from explorer.ui.state.selection import unless_removed
from explorer.unlearning import METHODS, JitSettings, Method, Rule, default_rule

NO_STOP = "never"  # value of the link parameter stop_at for a run without a stopping rule


def request_of(experiment: Experiment) -> Request:
    """The run that the page's settings describe.

    Raises:
        InputError: if the settings are not compatible with each other or with the input shape.
    """
    reset_if_changed(experiment)
    method = selected_method()
    settings = method.settings(**values_of(method))
    rule = default_rule(experiment.forget_set)
    if st.session_state["rule.stops"]:
        rule = rule.model_copy(update={"accuracy": st.session_state["rule.accuracy"]})
    else:
        rule = Rule(target="none", guard=0.0)
    settings.check_shape(experiment.data.shape)
    return Request(experiment, method, settings, rule, int(st.session_state["noise_seed"]))


def request_or_none(experiment: Experiment) -> Request | None:
    """`request_of`, or None if the settings are not compatible."""
    try:
        return request_of(experiment)
    except InputError:
        return None


def jit_settings(experiment: Experiment) -> JitSettings:
    """Current settings of JiT, whichever method is selected."""
    reset_if_changed(experiment)
    jit = METHODS["jit"]
    for name, value in jit.configure(experiment.data.shape, jit.presets[0].name):
        st.session_state.setdefault(key(jit, name), value)
    return JitSettings(**values_of(jit))


@unless_removed
def apply_request(request: Request) -> None:
    """Set the method, its settings and its stopping rule to those of this run."""
    state, experiment = st.session_state, request.experiment
    state["method"] = request.method.name
    state["preset"], _ = nearest_preset(request)
    apply_preset(experiment.data.shape, experiment.forget_set)
    for name, value in request.settings:
        state[key(request.method, name)] = value
    state["rule.stops"] = request.rule.target != "none"
    if state["rule.stops"]:
        state["rule.accuracy"] = request.rule.accuracy
    state["noise_seed"] = request.noise_seed


def selected_method() -> Method:
    """The selected method."""
    return METHODS[st.session_state["method"]]


def key(method: Method, name: str) -> str:
    """Session key of one setting of a method, also its widget's key."""
    return f"{method.name}.{name}"


def values_of(method: Method) -> dict[str, Any]:
    """Current values of a method's settings by name; they may be incompatible."""
    return {name: st.session_state[key(method, name)] for name in method.settings.declarations()}


def reset_if_changed(experiment: Experiment) -> None:
    """Apply the preset again if the input shape or the kind of forget set changed, as both decide the defaults."""
    state = st.session_state
    if state.get("settings.for") != (experiment.data.shape, experiment.forget_set.kind):
        state.setdefault("method", "jit")
        state.setdefault("preset", METHODS[state["method"]].presets[0].name)
        apply_preset(experiment.data.shape, experiment.forget_set)


def apply_preset(shape: tuple[int, ...], forget: ForgetSet) -> None:
    """Set every setting of the selected method, and the stopping rule, to the values of the selected preset."""
    state, method = st.session_state, selected_method()
    for name, value in method.configure(shape, state["preset"]):
        state[key(method, name)] = value
    state["rule.stops"] = method.preset(state["preset"]).stops
    state["rule.accuracy"] = default_rule(forget).accuracy
    state.setdefault("noise_seed", 0)
    state["settings.for"] = (shape, forget.kind)


def adopt(arrived: Mapping[str, str], dataset: Dataset, forget: ForgetSet) -> set[str]:
    """Set the method, its settings and its stopping rule from a link. Returns the names of their parameters."""
    state = st.session_state
    name = arrived.get("method", "jit")
    if name not in METHODS:
        link.drop(f"there is no method {name!r}; the methods are {', '.join(METHODS)}.")
        name = "jit"
    state["method"] = name
    method = METHODS[name]
    preset = arrived.get("preset", method.presets[0].name)
    try:
        method.preset(preset)
    except InputError as error:
        link.drop(str(error))
        preset = method.presets[0].name
    state["preset"] = preset
    apply_preset(dataset.shape, forget)
    for parameter in set(arrived) & set(method.settings.declarations()):
        try:
            checked = method.configure(dataset.shape, preset, {parameter: arrived[parameter]})
            state[key(method, parameter)] = dict(checked)[parameter]
        except InputError as error:
            link.drop(str(error))
    settings_of_all = {setting for each in METHODS.values() for setting in each.settings.declarations()}
    for parameter in sorted(set(arrived) & (settings_of_all - set(method.settings.declarations()))):
        link.drop(f"{parameter} is no setting of {name}; it was left out.")
    _adopt_rule(arrived)
    return {"method", "preset", "noise_seed", "stop_at"} | settings_of_all


def as_link(experiment: Experiment) -> dict[str, object]:
    """Parameters of the link that differ from their defaults; none if the settings are not compatible."""
    request = request_or_none(experiment)
    if request is None:
        return {}
    method, preset = request.method, st.session_state["preset"]
    preset_values = dict(method.configure(experiment.data.shape, preset))
    parameters: dict[str, object] = {}
    if method.name != "jit":
        parameters["method"] = method.name
    if preset != method.presets[0].name:
        parameters["preset"] = preset
    parameters |= {name: value for name, value in request.settings if value != preset_values[name]}
    if st.session_state["rule.stops"] != method.preset(preset).stops:
        parameters["stop_at"] = request.rule.accuracy if st.session_state["rule.stops"] else NO_STOP
    elif st.session_state["rule.stops"] and request.rule != default_rule(experiment.forget_set):
        parameters["stop_at"] = request.rule.accuracy
    if request.noise_seed:
        parameters["noise_seed"] = request.noise_seed
    return parameters


def _adopt_rule(arrived: Mapping[str, str]) -> None:
    state = st.session_state
    stop_at = arrived.get("stop_at")
    if stop_at == NO_STOP:
        state["rule.stops"] = False
    elif stop_at is not None:
        try:
            state["rule.accuracy"] = Rule(accuracy=stop_at).accuracy  # type: ignore[arg-type]
            state["rule.stops"] = True
        except InputError as error:
            link.drop(str(error).replace("accuracy", "stop_at", 1))
    state["noise_seed"] = link.seed(arrived.get("noise_seed", "0"), "noise_seed")

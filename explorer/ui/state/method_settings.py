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

NO_STOP = "never"  # the link's word for a run without a stopping rule


def request_of(experiment: Experiment) -> Request:
    """The run that the page's settings ask for. What does not go together raises InputError with a sentence."""
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
    """`request_of`, or None where the settings do not go together."""
    try:
        return request_of(experiment)
    except InputError:
        return None


def jit_settings(experiment: Experiment) -> JitSettings:
    """JiT's settings as they stand, whichever method is chosen."""
    reset_if_changed(experiment)
    jit = METHODS["jit"]
    for name, value in jit.configure(experiment.data.shape, jit.presets[0].name):
        st.session_state.setdefault(key(jit, name), value)
    return JitSettings(**values_of(jit))


@unless_removed
def apply_request(request: Request) -> None:
    """Set the method, its settings and its stopping rule to what this run was asked for."""
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
    """The method that is chosen."""
    return METHODS[st.session_state["method"]]


def key(method: Method, name: str) -> str:
    """The session's key of one of a method's settings, which is its widget's."""
    return f"{method.name}.{name}"


def values_of(method: Method) -> dict[str, Any]:
    """What a method's settings are set to now, by their names, whether or not they go together."""
    return {name: st.session_state[key(method, name)] for name in method.settings.declarations()}


def reset_if_changed(experiment: Experiment) -> None:
    """Settings belong to one shape of input and one kind of forget set; for another the preset starts again."""
    state = st.session_state
    if state.get("settings.for") != (experiment.data.shape, experiment.forget_set.kind):
        state.setdefault("method", "jit")
        state.setdefault("preset", METHODS[state["method"]].presets[0].name)
        apply_preset(experiment.data.shape, experiment.forget_set)


def apply_preset(shape: tuple[int, ...], forget: ForgetSet) -> None:
    """Give every setting of the chosen method, and the stopping rule, what the chosen preset says of them."""
    state, method = st.session_state, selected_method()
    for name, value in method.configure(shape, state["preset"]):
        state[key(method, name)] = value
    state["rule.stops"] = method.preset(state["preset"]).stops
    state["rule.accuracy"] = default_rule(forget).accuracy
    state.setdefault("noise_seed", 0)
    state["settings.for"] = (shape, forget.kind)


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
    apply_preset(dataset.shape, forget)
    for parameter in set(arrived) & set(chosen.settings.declarations()):
        try:
            checked = chosen.configure(dataset.shape, preset, {parameter: arrived[parameter]})
            state[key(chosen, parameter)] = getattr(checked, parameter)
        except InputError as error:
            link.drop(str(error))
    of_any = {setting for method in METHODS.values() for setting in method.settings.declarations()}
    for parameter in sorted(set(arrived) & (of_any - set(chosen.settings.declarations()))):
        link.drop(f"{parameter} is no setting of {name}; it was left out.")
    _adopt_rule(arrived)
    return known | of_any


def as_link(experiment: Experiment) -> dict[str, object]:
    """What differs from the default, as parameters of the link."""
    request = request_or_none(experiment)
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

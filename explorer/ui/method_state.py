"""The method, its settings and its stopping rule as they stand in the session, and the run that they ask for."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.data import ForgetSet
from explorer.experiments import Experiment, Request, nearest_preset
from explorer.settings import InputError
from explorer.ui.unless_gone import unless_gone
from explorer.unlearning import METHODS, JitSettings, Method, Rule, default_rule


def request_of(experiment: Experiment) -> Request:
    """The run that the page's settings ask for. What does not go together raises InputError with a sentence."""
    settle(experiment)
    method = chosen_method()
    settings = method.settings(**values_of(method))
    rule = default_rule(experiment.forget_set)
    if st.session_state["rule.stops"]:
        rule = rule.model_copy(update={"accuracy": st.session_state["rule.accuracy"]})
    else:
        rule = Rule(target="none", guard=0.0)
    settings.check_shape(experiment.data.shape)
    return Request(experiment, method, settings, rule, int(st.session_state["noise_seed"]))


def usable(experiment: Experiment) -> Request | None:
    """`request_of`, or None where the settings do not go together."""
    try:
        return request_of(experiment)
    except InputError:
        return None


def jit_settings(experiment: Experiment) -> JitSettings:
    """JiT's settings as they stand, whichever method is chosen."""
    settle(experiment)
    jit = METHODS["jit"]
    for name, value in jit.configure(experiment.data.shape, jit.presets[0].name):
        st.session_state.setdefault(key(jit, name), value)
    return JitSettings(**values_of(jit))


@unless_gone
def take(request: Request) -> None:
    """Set the method, its settings and its stopping rule to what this run was asked for."""
    state, experiment = st.session_state, request.experiment
    state["method"] = request.method.name
    state["preset"], _ = nearest_preset(request)
    start_again(experiment.data.shape, experiment.forget_set)
    for name, value in request.settings:
        state[key(request.method, name)] = value
    state["rule.stops"] = request.rule.target != "none"
    if state["rule.stops"]:
        state["rule.accuracy"] = request.rule.accuracy
    state["noise_seed"] = request.noise_seed


def chosen_method() -> Method:
    """The method that is chosen."""
    return METHODS[st.session_state["method"]]


def key(method: Method, name: str) -> str:
    """The session's key of one of a method's settings, which is its widget's."""
    return f"{method.name}.{name}"


def values_of(method: Method) -> dict[str, Any]:
    """What a method's settings are set to now, by their names, whether or not they go together."""
    return {name: st.session_state[key(method, name)] for name in method.settings.declarations()}


def settle(experiment: Experiment) -> None:
    """Settings belong to one shape of input and one kind of forget set; for another the preset starts again."""
    state = st.session_state
    if state.get("settings.for") != (experiment.data.shape, experiment.forget_set.kind):
        state.setdefault("method", "jit")
        state.setdefault("preset", METHODS[state["method"]].presets[0].name)
        start_again(experiment.data.shape, experiment.forget_set)


def start_again(shape: tuple[int, ...], forget: ForgetSet) -> None:
    """Give every setting of the chosen method, and the stopping rule, what the chosen preset says of them."""
    state, method = st.session_state, chosen_method()
    for name, value in method.configure(shape, state["preset"]):
        state[key(method, name)] = value
    state["rule.stops"] = method.preset(state["preset"]).stops
    state["rule.accuracy"] = default_rule(forget).accuracy
    state.setdefault("noise_seed", 0)
    state["settings.for"] = (shape, forget.kind)

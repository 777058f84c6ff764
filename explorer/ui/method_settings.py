"""The method, its settings and its stopping rule: sliders made from their declarations, and their part of the link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from explorer.data import Dataset, ForgetSet
from explorer.experiments import Experiment, Request
from explorer.settings import Declaration, InputError
from explorer.ui import link
from explorer.unlearning import METHODS, JitSettings, Method, Rule, default_rule

IN_SIGHT = ("sigma", "perturbations", "length", "eta")
NO_STOP = "never"


def request_of(experiment: Experiment) -> Request:
    """The run that the page's settings ask for. What does not go together raises InputError with a sentence."""
    _settle(experiment)
    method = _method()
    given = {name: st.session_state[_key(method, name)] for name in method.settings.declarations()}
    rule = default_rule(experiment.forget_set)
    if st.session_state["rule.stops"]:
        rule = rule.model_copy(update={"accuracy": st.session_state["rule.accuracy"]})
    else:
        rule = Rule(target="none", guard=0.0)
    settings = method.settings(**given)
    settings.check_shape(experiment.data.shape)
    return Request(experiment, method, settings, rule, int(st.session_state["noise_seed"]))


def usable(experiment: Experiment) -> Request | None:
    """`request_of`, or None where the settings do not go together."""
    try:
        return request_of(experiment)
    except InputError:
        return None


def asked(experiment: Experiment) -> Request | None:
    """`request_of`, or None with the sentence on the page where the settings do not go together."""
    try:
        return request_of(experiment)
    except InputError as error:
        st.error(str(error), icon=":material/error:")
        return None


def controls(experiment: Experiment, disabled: bool) -> None:
    """sigma, N, eta and when to stop in sight; the method, its presets and everything else behind More."""
    _settle(experiment)
    method = _method()
    settings = method.settings(
        **{name: st.session_state[_key(method, name)] for name in method.settings.declarations()}
    )
    shown = [found for name, found in settings.applying().items() if name in IN_SIGHT]
    places = st.columns(len(shown) + 1)
    for place, found in zip(places, shown, strict=False):
        with place:
            _widget(method, found, disabled)
    with places[-1]:
        stops = st.session_state["rule.stops"]
        st.select_slider(
            "Stop at forget accuracy", _percentages(st.session_state["rule.accuracy"]), key="rule.accuracy",
            format_func=lambda share: f"{100 * share:g} %", disabled=disabled or not stops, persist_state="session",
            help="The run ends as soon as the model gets no more than this share of the forget set right.",
        )  # fmt: skip
    with st.expander("More settings", key="more_settings"):
        left, right = st.columns(2)
        with left:
            names = list(METHODS)
            st.selectbox(
                "Method", names, key="method", format_func=lambda name: METHODS[name].title, disabled=disabled,
                on_change=_method_changed, args=(experiment,), help=method.help, persist_state="session",
            )  # fmt: skip
        with right:
            presets = {preset.name: preset.help for preset in method.presets}
            st.selectbox(
                "Preset", list(presets), key="preset", on_change=_apply_preset, args=(experiment,), disabled=disabled,
                help="\n".join(f"- {name}: {text}" for name, text in presets.items()), persist_state="session",
            )  # fmt: skip
        columns = st.columns(3)
        rest = [found for name, found in settings.applying().items() if name not in IN_SIGHT]
        for turn, found in enumerate(rest):
            with columns[turn % 3]:
                _widget(method, found, disabled)
        with columns[len(rest) % 3]:
            st.number_input(
                "Seed of the noise", 0, 2**31 - 1, step=1, key="noise_seed", disabled=disabled, persist_state="session"
            )
        st.toggle(
            "Stop when forgotten, and before a collapse", key="rule.stops", disabled=disabled, persist_state="session"
        )


def jit_settings(experiment: Experiment) -> JitSettings:
    """JiT's settings as they stand, whichever method is chosen."""
    _settle(experiment)
    jit = METHODS["jit"]
    for name, value in jit.configure(experiment.data.shape, jit.presets[0].name):
        st.session_state.setdefault(_key(jit, name), value)
    return JitSettings(**{name: st.session_state[_key(jit, name)] for name in JitSettings.model_fields})


def jit_controls(experiment: Experiment, names: tuple[str, ...]) -> JitSettings | None:
    """Widgets for these of JiT's settings, the Unlearn page's own; None, with a sentence, where they disagree."""
    declared = jit_settings(experiment).declarations()
    for place, name in zip(st.columns(len(names)), names, strict=True):
        with place:
            _widget(METHODS["jit"], declared[name], disabled=False)
    found = jit_settings(experiment)
    try:
        found.check_shape(experiment.data.shape)
    except InputError as error:
        st.error(str(error), icon=":material/error:")
        return None
    return found


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
    _seed(chosen, dataset.shape, forget)
    for parameter in set(arrived) & set(chosen.settings.declarations()):
        try:
            checked = chosen.configure(dataset.shape, preset, {parameter: arrived[parameter]})
            state[_key(chosen, parameter)] = getattr(checked, parameter)
        except InputError as error:
            link.drop(str(error))
    _adopt_rule(arrived)
    return known | set(chosen.settings.declarations())


def as_link(experiment: Experiment) -> dict[str, object]:
    """What differs from the default, as parameters of the link."""
    try:
        request = request_of(experiment)
    except InputError:
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


def _settle(experiment: Experiment) -> None:
    """Settings belong to one shape of input and one kind of forget set; for another the preset starts again."""
    state = st.session_state
    if state.get("settings.for") != (experiment.data.shape, experiment.forget_set.kind):
        state.setdefault("method", "jit")
        state.setdefault("preset", METHODS[state["method"]].presets[0].name)
        _seed(_method(), experiment.data.shape, experiment.forget_set)


def _seed(method: Method, shape: tuple[int, ...], forget: ForgetSet) -> None:
    state = st.session_state
    for name, value in method.configure(shape, state["preset"]):
        state[_key(method, name)] = value
    state["rule.stops"] = method.preset(state["preset"]).stops
    state["rule.accuracy"] = default_rule(forget).accuracy
    state.setdefault("noise_seed", 0)
    state["settings.for"] = (shape, forget.kind)


def _method_changed(experiment: Experiment) -> None:
    st.session_state["preset"] = _method().presets[0].name
    _apply_preset(experiment)


def _apply_preset(experiment: Experiment) -> None:
    _seed(_method(), experiment.data.shape, experiment.forget_set)


def _method() -> Method:
    return METHODS[st.session_state["method"]]


def _key(method: Method, name: str) -> str:
    return f"{method.name}.{name}"


def _widget(method: Method, found: Declaration, disabled: bool) -> None:
    key = _key(method, found.name)
    words = found.help[0].upper() + found.help[1:] + (f" ({found.unit})." if found.unit else ".")
    label = found.label or found.name.replace("_", " ").capitalize()
    shared: dict[str, Any] = {"key": key, "help": words, "disabled": disabled, "persist_state": "session"}
    if found.kind == "flag":
        st.toggle(label, **shared)
    elif found.kind == "choice":
        st.selectbox(label, found.choices, **shared)
    elif found.log:
        st.select_slider(label, ladder(found, st.session_state[key]), format_func=lambda value: f"{value:g}", **shared)
    elif found.kind == "int":
        st.slider(label, int(found.least or 0), int(found.most or 0), step=1, **shared)
    else:
        st.slider(label, float(found.least or 0), float(found.most or 0), **shared)


def ladder(found: Declaration, current: float) -> list[float]:
    """The stops of a logarithmic slider: 1, 1.5, 2, 3, 5, 7 in each decade of the range, and the current value."""
    steps = {factor * 10.0**power for power in range(-7, 5) for factor in (1, 1.5, 2, 3, 5, 7)}
    stops = {float(f"{step:.6g}") for step in steps if (found.least or 0) <= step <= (found.most or 0)} | {current}
    return sorted({round(stop) for stop in stops}) if found.kind == "int" else sorted(stops)


def _percentages(current: float) -> list[float]:
    return sorted({0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, current})

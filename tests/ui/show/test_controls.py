"""Controls and links set the request; the link written from the controls gives the same request again."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from explorer.unlearning import METHODS

PLANE = {"dataset": "moons:n=80", "model": "mlp", "forget": "near:8@4", "seed": "0"}
SETTINGS = [
    {},
    {"sigma": "0.123456", "perturbations": "17", "length": "0.05"},
    {"preset": "algorithm-1", "eta": "0.5"},
    {"preset": "algorithm-1", "stop_at": "0.05"},
    {"preset": "authors-code", "noise_seed": "7"},
    {"stop_at": "never"},
    {"stop_at": "0.33"},
    {"method": "mislabel", "eta": "0.1", "batch_size": "4"},
    {"update": "sample", "step": "gradient", "clamp": "True", "outputs": "logits"},
]


def page():
    import streamlit as st

    from explorer.ui.show import controls
    from explorer.ui.sidebar.sidebar import show_sidebar
    from explorer.ui.state import selection

    show_sidebar()
    experiment = selection.selected_experiment()
    st.session_state["request"] = controls.requested(experiment)
    controls.show_controls(experiment, disabled=False)


def opened(**link):
    app = AppTest.from_function(page, default_timeout=60)
    app.query_params.update(link)
    app.run()
    assert [*app.exception, *app.error, *app.warning] == []
    return app


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_a_link_gives_the_same_request_again(settings):
    app = opened(**PLANE, **settings)
    request = app.session_state["request"]
    assert app.run().session_state["request"] == request  # now from the controls alone
    assert dict(app.query_params) == PLANE | settings
    assert opened(**app.query_params).session_state["request"] == request


def test_a_link_reaches_the_request():
    request = opened(**PLANE, sigma="0.3", update="sample", stop_at="0.25", noise_seed="4").session_state["request"]
    assert (request.settings.sigma, request.settings.update) == (0.3, "sample")
    assert (request.rule.target, request.rule.accuracy, request.noise_seed) == ("accuracy", 0.25, 4)
    request = opened(**PLANE, stop_at="never").session_state["request"]
    assert (request.rule.target, request.rule.guard) == ("none", 0.0)


def test_the_controls_reach_the_request():
    app = opened(**PLANE)
    app.select_slider("jit.sigma").set_value(0.5).run()
    app.selectbox("jit.update").set_value("sample").run()
    app.toggle("rule.stops").set_value(False).run()
    request = app.session_state["request"]
    assert (request.settings.sigma, request.settings.update, request.rule.target) == (0.5, "sample", "none")


def test_a_preset_sets_every_control():
    app = opened(**PLANE, sigma="3.0")
    app.selectbox("preset").set_value("algorithm-1").run()
    assert app.session_state["request"].settings == METHODS["jit"].configure((2,), "algorithm-1")
    app.selectbox("preset").set_value("default").run()
    assert app.session_state["request"].settings == METHODS["jit"].configure((2,), "default")


def test_only_applicable_settings_are_drawn():
    app = opened(**PLANE)
    keys = {slider.key for slider in app.select_slider}
    assert "jit.length" in keys and "jit.eta" not in keys
    app.selectbox("jit.step").set_value("gradient").run()
    keys = {slider.key for slider in app.select_slider}
    assert "jit.eta" in keys and "jit.length" not in keys


@pytest.mark.parametrize("method", METHODS)
def test_every_setting_can_be_reached(method):
    app = opened(**PLANE, method=method)
    drawn = {element.key for element in [*app.select_slider, *app.slider, *app.selectbox, *app.toggle]}
    applying = METHODS[method].configure((2,), "default").applying()
    assert {f"{method}.{name}" for name in applying} <= drawn

"""Forget sets, methods, presets and settings; unusable values give one sentence."""

from __future__ import annotations

import pytest

from explorer.unlearning import METHODS
from tests.pages.conftest import PICTURES, PLANE, faults, headline, pictures

NO_FORGET_SETS = {
    "": "forgets nothing; a forget set has 1 to 55 samples.",
    ",".join(map(str, range(56))): "forgets every training sample; a forget set has 1 to 55 samples.",
    "4, 56": "moons:n=80 has no training sample 56; they are numbered 0 to 55.",
    "four": "'four' is not a list of sample numbers; write samples:4,17,90.",
}


def choose_samples(app, listed):
    if app.selectbox("forget.kind").value != "samples":
        app.selectbox("forget.kind").set_value("samples").run()
    return app.text_input("forget.listed").set_value(listed).run()


@pytest.mark.parametrize("page", ["information", "unlearn", "compare"])
def test_an_invalid_forget_set_ends_the_page_with_a_sentence(visit, page):
    app = visit(page, jobs_done=False, **PLANE)
    for listed, sentence in NO_FORGET_SETS.items():
        choose_samples(app, listed)
        assert [*app.exception, *app.warning] == []
        (error,) = app.error
        assert error.value.endswith(sentence)
        assert pictures(app) == []
    choose_samples(app, "4, 17")
    assert faults(app) == []
    assert app.query_params["forget"] == "samples:4,17"


@pytest.mark.parametrize("story", [PLANE, PICTURES], ids=["plane", "pictures"])
def test_every_preset_of_every_method_runs(visit, settle, story):
    app = visit("unlearn", **story)
    for method in METHODS.values():
        app.selectbox("method").set_value(method.name).run()
        for preset in method.presets:
            app.selectbox("preset").set_value(preset.name).run()
            settle(app.button("run button").click().run())
            assert [*app.exception, *app.error] == []
            assert headline(app).startswith("## Accuracy on the forget set (n = ")
            run = app.session_state["run"]
            assert run.request.method is method
            assert run.outcome.steps > 0
            assert (run.request.rule.target == "none") != preset.stops
            assert app.query_params.get("preset", method.presets[0].name) == preset.name
            assert ("noisy copies" in pictures(app)) == (method.name == "jit")


def test_smooth_noise_cannot_be_run_on_a_plane(visit):
    app = visit("unlearn", **PLANE)
    app.selectbox("jit.noise").set_value("smooth").run()
    assert [*app.exception, *app.warning] == []
    (error,) = app.error
    assert error.value == "noise must be gaussian for points of a plane; smooth noise needs pictures."
    assert app.button("run button").disabled
    assert "noisy copies" not in pictures(app)
    app.selectbox("jit.noise").set_value("gaussian").run()
    assert faults(app) == []
    assert not app.button("run button").disabled


def test_noise_without_copies_of_another_class_is_reported_before_the_run(visit):
    app = visit("unlearn", **PICTURES, sigma="0.01")
    (warning,) = app.warning
    assert warning.value.startswith("At least 90 % of the noisy copies are predicted as the label of their sample")
    assert any("original predicts the sample's label for **100 %** of the noisy" in text.value for text in app.markdown)
    app.select_slider("jit.sigma").set_value(2.0).run()
    assert faults(app) == []


def test_fewer_points_than_are_to_be_forgotten(visit):
    app = visit("overview", dataset="moons:n=200", forget="random:100@7")
    app.number_input("points.n").set_value(80).run()
    assert [*app.exception, *app.error] == []
    assert app.query_params["dataset"] == "moons:n=80"
    assert app.query_params["forget"] == "near:8@4"


def test_fewer_points_than_the_numbers_of_the_selected_samples(visit):
    app = visit("overview", dataset="moons:n=200", forget="samples:3,120")
    app.number_input("points.n").set_value(80).run()
    assert [*app.exception, *app.error] == []
    (warning,) = app.warning
    assert "no training sample 120" in warning.value and "Another forget set is selected." in warning.value
    assert app.query_params["forget"] == "near:8@4"


@pytest.mark.parametrize(
    ("forget", "sentence", "then"),
    [
        ("random:100@7", "100 samples cannot be forgotten here", "random:8@7"),
        ("near:8@130", "no training sample 130", "near:8@4"),
        ("random:20@7", "", "random:20@7"),
    ],
)
def test_fewer_points_than_the_number_in_a_hidden_picker(visit, forget, sentence, then):
    app = visit("overview", dataset="moons:n=200", forget=forget)
    app.selectbox("forget.kind").set_value("class").run()
    app.number_input("points.n").set_value(80).run()
    assert [*app.exception, *app.error] == [] and len(app.warning) == bool(sentence)
    assert all(sentence in text.value and "Another number is used" in text.value for text in app.warning)
    assert app.query_params["forget"] == "class:0"
    app.selectbox("forget.kind").set_value(forget.partition(":")[0]).run()
    assert faults(app) == []
    assert app.query_params["forget"] == then


@pytest.mark.parametrize("family", ["blobs", "circles", "spirals", "digits", "fashion-mini", "fashion-mini-coarse"])
def test_every_data_set_can_be_selected(visit, family):
    app = visit("overview", **PLANE, sigma="0.7")
    app.selectbox("family").set_value(family).run()
    assert faults(app) == []
    plane = family in ("blobs", "circles", "spirals")
    assert app.query_params["dataset"] == family
    assert app.query_params["model"] == ("mlp" if plane else "convnet")
    assert ("sigma" in app.query_params) == plane  # settings belong to inputs of one shape


def test_a_hidden_picker_keeps_its_value(visit):
    app = visit("overview", **PLANE | {"forget": "near:12@30"})
    app.selectbox("forget.kind").set_value("class").run()
    assert app.query_params["forget"] == "class:0"
    app.selectbox("forget.kind").set_value("near").run()
    assert app.query_params["forget"] == "near:12@30"

"""A link gives the same selection, settings and numbers again, and reports values that cannot be used."""

from __future__ import annotations

import pytest

from explorer.ui.state.selection import DEFAULTS
from tests.pages.conftest import PLANE, faults, headline, pictures, said

WHOLE = {
    "dataset": "moons:n=80,noise=0.3,seed=2",
    "model": "mlp",
    "forget": "samples:4,17,31",
    "seed": "1",
    "preset": "algorithm-1",
    "sigma": "0.7",
    "perturbations": "9",
    "eta": "0.02",
    "passes": "3",
    "noise_seed": "6",
    "stop_at": "0.3",
}
COMPARED = {
    "section": "membership",
    "margin": "0.2",
    "threshold": "0.0285",
    "input_noise": "0.5",
    "minus_log": "True",
    "map": "PCA",
    "map_of": "logits",
}
FIRST = {"model": "mlp", "forget": "near:8@4", "seed": "0"}
BROKEN = {
    "data set": ({"dataset": "moon"}, "there is no data set 'moon'; the data sets are ", DEFAULTS["dataset"]),
    "points": ({"dataset": "moons:n=2"}, "n must be a whole number from 20 to 4000, not '2'.", DEFAULTS["dataset"]),
    "options": ({"dataset": "moons:n=80,n=90"}, "an option is given twice in ", DEFAULTS["dataset"]),
    "model": ({"model": "vgg19"}, "there is no model 'vgg19' for moons:n=80; it may be mlp.", None),
    "forget set": ({"forget": "everybody"}, "'everybody' is not a forget set; write class:3, ", None),
    "class": ({"forget": "class:7"}, "moons:n=80 has no class '7'; write a number below 2 or A, B.", None),
    "sub-class": ({"forget": "subclass:sneaker"}, "moons:n=80 has no sub-classes; ", None),
    "nothing": ({"forget": "samples:"}, "'samples:' forgets nothing; a forget set has 1 to 55 samples.", None),
    "everything": ({"forget": "random:56@0"}, "56 samples cannot be forgotten here; write 1 to 55.", None),
    "sample": ({"forget": "samples:4,56"}, "moons:n=80 has no training sample 56; they are numbered 0 to 55.", None),
    "packed": ({"forget": "samples:~eNqbCQ"}, "the packed list of samples in this code is damaged ", None),
    "seed": ({"seed": "-1"}, "must be a whole number from 0 to 2147483647, not '-1'.", None),
    "seed of the noise": ({"noise_seed": "1.5"}, "must be a whole number from 0 to 2147483647, not '1.5'.", None),
    "method": ({"method": "amnesia"}, "there is no method 'amnesia'; the methods are jit, mislabel.", None),
    "preset": ({"preset": "best"}, "jit has no preset 'best'; its presets are default, ", None),
    "range": ({"sigma": "-1"}, "sigma must be a number from 0.001 to 10, not '-1'.", None),
    "number": ({"sigma": "abc"}, "sigma must be a number from 0.001 to 10, not 'abc'.", None),
    "not a number": ({"sigma": "nan"}, "sigma must be a number from 0.001 to 10, not 'nan'.", None),
    "infinity": ({"length": "inf"}, "length must be a number from 0.0001 to 1, not 'inf'.", None),
    "no copies": ({"perturbations": "0"}, "perturbations must be a whole number from 1 to 1000, not '0'.", None),
    "not a plane's": ({"noise": "smooth"}, "noise must be gaussian for points of a plane; ", None),
    "stopping": ({"stop_at": "2"}, "stop_at must be a number from 0 to 1, not '2'.", None),
    "section": ({"section": "numbres"}, "section must be one of entropies, selectivity, ", None),
    "margin": ({"margin": "2"}, "margin must be a number from 0.01 to 0.5, not '2'.", None),
    "threshold": ({"threshold": "-1"}, "threshold must be a number from 0 to 9, not '-1'.", None),
    "input noise": ({"input_noise": "loud"}, "input_noise must be a number from 0 to 2, not 'loud'.", None),
    "lesson": ({"lesson": "6"}, "lesson must be a whole number from 1 to 5, not '6'.", None),
    "unknown": ({"flavour": "red"}, "there is no parameter 'flavour'; it was left out.", None),
}


def test_a_link_gives_the_same_numbers_twice(visit, settle):
    found = []
    for _ in range(2):
        app = settle(visit("unlearn", **WHOLE).button("run button").click().run())
        assert faults(app) == []
        assert app.query_params.pop("live")  # which run it is
        assert dict(app.query_params) == WHOLE
        found.append([headline(app), *said(app.markdown), *pictures(app)])
    assert "Accuracy on the forget set (n = " in found[0][0]
    assert found[0] == found[1]


def test_a_link_sets_every_picker(visit):
    app = visit("unlearn", **WHOLE)
    assert app.selectbox("family").value == "moons"
    assert [app.number_input(f"points.{name}").value for name in ("n", "noise", "seed")] == [80, 0.3, 2]
    assert (app.selectbox("forget.kind").value, app.text_input("forget.listed").value) == ("samples", "4,17,31")
    assert (app.number_input("seed").value, app.number_input("noise_seed").value) == (1, 6)
    assert (app.selectbox("method").value, app.selectbox("preset").value) == ("jit", "algorithm-1")
    sliders = {slider.key: slider.value for slider in app.select_slider if not slider.key.startswith("moment")}
    assert sliders == {
        "jit.sigma": 0.7, "jit.perturbations": 9, "jit.eta": 0.02, "jit.passes": 3, "rule.accuracy": 0.3,
    }  # fmt: skip


def test_only_what_differs_from_the_default_is_in_the_link(visit):
    app = visit("unlearn", **PLANE)
    assert dict(app.query_params) == PLANE | {"seed": "0"}
    app.select_slider("jit.sigma").set_value(0.5).run()
    assert dict(app.query_params) == PLANE | {"seed": "0", "sigma": "0.5"}
    app.select_slider("jit.sigma").set_value(0.2).run()
    assert dict(app.query_params) == PLANE | {"seed": "0"}


def test_a_link_carries_how_compare_is_set(visit, settle):
    app = visit("compare", **PLANE, **COMPARED)
    assert faults(app) == [] and app.session_state["compare tabs"] == "Membership"
    assert dict(app.query_params) == PLANE | {"seed": "0"} | COMPARED
    assert app.select_slider("compare.threshold").value == 0.0285 and "membership" in pictures(app)
    assert (app.button_group("compare.map").value, app.button_group("compare.map_of").value) == ("PCA", "logits")
    app.session_state["compare tabs"] = "Entropy"
    settle(app.run())  # where the noise that the link asks for is measured
    settle(app)
    assert faults(app) == [] and "section" not in app.query_params
    assert "entropy under noise" in pictures(app) and app.select_slider("compare.input_noise").value == 0.5
    assert (app.slider("compare.margin").value, app.toggle("compare.minus_log").value) == (0.2, True)
    app.slider("compare.margin").set_value(0.1)
    app.toggle("compare.minus_log").set_value(False).run()
    assert {"margin", "minus_log"} & set(app.query_params) == set()


def test_the_default_threshold_of_the_page_is_not_in_the_link(visit):
    app = visit("compare", **PLANE, section="membership")
    default = app.select_slider("compare.threshold").value
    assert "threshold" not in app.query_params
    other = app.select_slider("compare.threshold").options[3]
    app.select_slider("compare.threshold").set_value(float(other)).run()
    assert float(app.query_params["threshold"]) == pytest.approx(float(other), rel=0.02)
    app.select_slider("compare.threshold").set_value(default).run()
    assert "threshold" not in app.query_params


def test_a_teacher_sends_a_link_to_a_step_of_the_lesson(visit):
    app = visit("overview", **PLANE, lesson="3")
    assert faults(app) == [] and app.query_params["lesson"] == "3"
    assert app.button_group("lesson.step").value == 2
    app.button("lesson next").click().run()
    assert app.query_params["lesson"] == "4"
    app.button_group("lesson.step").set_value(0).run()
    assert "lesson" not in app.query_params


def test_a_link_to_another_page_leaves_the_lesson_where_it_was(visit):
    app = visit("overview", **PLANE, lesson="3")
    app.query_params.clear()
    app.query_params.update(PLANE | {"seed": "1"})
    app.switch_page("pages/compare.py").run()
    assert app.query_params["lesson"] == "3" and app.query_params["seed"] == "1"


def test_a_link_opened_later_replaces_the_first(visit):
    app = visit("overview", **PLANE, sigma="0.5")
    app.query_params.clear()
    app.query_params["dataset"] = "circles:n=60"
    app.run()
    assert faults(app) == []
    assert dict(app.query_params) == {"dataset": "circles:n=60", **FIRST}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_link_is_reported_and_falls_back(visit, name):
    broken, sentence, dataset = BROKEN[name]
    app = visit("overview", **PLANE | broken)
    assert [*app.exception, *app.error] == []
    (warning,) = app.warning
    assert sentence in warning.value
    assert "\n" not in warning.value
    assert warning.value.startswith("From the link: ")
    expected = {"dataset": dataset or PLANE["dataset"], **FIRST}
    assert dict(app.query_params) == expected


def test_a_setting_of_another_method_is_reported(visit):
    app = visit("overview", **PLANE | {"method": "mislabel", "sigma": "3"})
    assert faults(app) == ["From the link: sigma is no setting of mislabel; it was left out."]
    assert dict(app.query_params) == {"dataset": PLANE["dataset"], **FIRST, "method": "mislabel"}


def test_messages_of_a_link_are_shown_until_the_selection_changes(visit):
    app = visit("overview", **PLANE | {"forget": "class:9"})
    app.switch_page("pages/unlearn.py").run()  # as a page does that runs again when its training has ended
    (warning,) = app.warning
    assert warning.value.startswith("From the link: moons:n=80 has no class '9'")
    app.number_input("forget.count").set_value(9).run()
    assert faults(app) == []


def test_each_unusable_value_is_reported(visit):
    app = visit("unlearn", **PLANE | {"forget": "class:9", "sigma": "0", "seed": "x", "length": "0.05"})
    assert len(app.warning) == 3
    assert [*app.exception, *app.error] == []
    assert dict(app.query_params) == PLANE | {"seed": "0", "length": "0.05"}
    assert "stage entropies" in pictures(app)

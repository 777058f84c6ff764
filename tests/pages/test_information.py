"""The Information page without a browser: measured, left out, chosen, forgotten, and set from a link."""

from __future__ import annotations

import pytest

from explorer.experiments import Experiment
from explorer.ui.state import information_view
from tests.pages.conftest import PICTURES, PLANE, faults, headline, pictures

FOUR = ["alpha profile", "information map", "information scatter"]
BALL = ["ball copies", "settling", "sides"]


def press(app, label):
    next(button for button in app.button if button.label.startswith(label)).click()
    return app.run()


@pytest.mark.parametrize("story", [PLANE, PICTURES], ids=["plane", "digits"])
def test_the_argument_stands_from_left_to_right(visit, story):
    app = visit("information", **story)
    assert faults(app) == []
    assert "carry little information" in headline(app)
    assert pictures(app) == FOUR + BALL
    said = [caption.value for caption in app.caption]
    assert any("Spearman's rho" in words and words.startswith("On this data set,") for words in said)


def test_the_truth_of_a_plane_is_trained_once_and_compared(visit, settle):
    app = visit("information", **PLANE)
    settle(press(app, "Compute information (trains 56 models)"))
    assert faults(app) == []
    assert {"information by alpha", "information by gradient"} <= set(pictures(app))
    assert sum("information (Spearman" in caption.value for caption in app.caption) == 2
    assert not any(button.label.startswith("Train 56") for button in app.button)
    press(app, "Most informative")
    assert app.dataframe[0].value.shape[0] == 1
    press(app, "Forget this sample")
    sample = int(app.dataframe[0].value["sample"].iloc[0])
    assert app.query_params["forget"] == f"samples:{sample}"


def test_pictures_are_retrained_without_for_a_few(visit, settle, prepared):
    app = visit("information", **PICTURES)
    assert any("Select up to 8 samples in a figure" in info.value for info in app.info)
    press(app, "Lowest alpha")
    settle(press(app, "Compute information (n = 1)"))
    assert faults(app) == [] and "information by alpha" in pictures(app)
    sample = int(app.dataframe[0].value["sample"].iloc[0])
    assert Experiment(PICTURES["dataset"], PICTURES["model"], 0, f"samples:{sample}").stored("retrained")


def test_one_sample_is_forgotten_three_ways_and_the_fields_are_shown(visit, settle):
    app = visit("information", **PLANE)
    app.session_state["information tabs"] = "Forget one sample"
    app.run()
    settle(press(app, "Forget sample"))
    assert [f"one sample {name}" for name in ("original", "jit", "mislabel", "retrained")] == pictures(app)[-4:]
    assert any("disagreement with retrained is" in text.value for text in app.markdown)
    app.session_state["information tabs"] = "Gradient norm"
    app.run()
    assert faults(app) == []
    assert pictures(app)[-4:] == ["field original", "field unlearned", "field retrained", "field Label homogeneity"]


def test_what_a_lasso_forgot_is_said_beside_it_and_at_the_side(visit, settle):
    app = visit("information", **PLANE)
    app.session_state[f"selected {PLANE['dataset']}"] = list(range(45))
    app.run()
    assert not any("the forget set now" in text.value for text in app.markdown)
    settle(press(app, "Forget these 45"))
    assert faults(app) == [] and app.query_params["forget"].startswith("samples:~")
    assert any(text.value == "These 45 samples are the forget set now." for text in app.markdown)
    assert app.button("forget chosen").disabled
    assert any(text.value.startswith("45 samples are selected, too many to list") for text in app.sidebar.caption)
    assert app.text_input("forget.listed").value == ""


def test_a_link_sets_the_view_and_says_what_it_could_not_use(visit):
    app = visit("information", **PLANE, tau="0.5", space="features", colour="class", gradient_of="loss", radius="-3")
    assert (
        app.session_state[information_view.key("space")] == "features"
        and app.session_state[information_view.key("tau")] == 0.5
    )
    assert "at least 50 % of the samples within" in headline(app)
    assert faults(app) == ["From the link: radius must be a number of at least 0, not '-3'."]
    assert app.query_params["colour"] == "class" and "radius" not in app.query_params

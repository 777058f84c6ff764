"""Compare, side by side: a slice through chosen pictures, samples chosen on the map, an earlier run in a place."""

from __future__ import annotations

import re
import shutil

import pytest

from explorer.experiments import Experiment, Request, history, unlearn
from explorer.ui.compare import earlier_runs
from explorer.ui.state import compare_view
from explorer.unlearning import METHODS, Rule, default_rule
from tests.pages.conftest import PICTURES, PLANE, faults, headline, pictures, said

SLICES = [f"slice {name}" for name in ("original", "unlearned", "retrained")]
CORNERS = compare_view.SLICE
NO_SLICES = {
    "4, 17": "A slice takes one or three sample numbers, as in 4, 17, 90, not '4, 17'.",
    "a b c": "A slice takes one or three sample numbers, as in 4, 17, 90, not 'a b c'.",
    "4, 17, 4": "A slice takes three different samples; one number is listed twice.",
    "4, 17, 1257": "There is no training sample 1257; samples are numbered 0 to 1256.",
}


def captions(app):
    return [caption.value for caption in app.caption]


def test_a_slice_goes_through_the_samples_that_are_typed_and_the_link_says_so(visit, settle):
    app = visit("compare", **PICTURES)
    assert [key for key in pictures(app) if key.startswith("slice")] == SLICES
    first = next(text for text in captions(app) if text.startswith("A: sample "))
    assert ", class 3, forget set. B: sample " in first and "slice" not in app.query_params
    assert any("This is one slice of many" in text.value for text in app.markdown)
    settle(app.text_input(CORNERS).set_value("4, 17, 90").run())
    assert faults(app) == []
    assert app.query_params["slice"] == "4,17,90"
    assert any(text.startswith("A: sample 4, ") and "B: sample 17, " in text for text in captions(app))
    again = visit("compare", **dict(app.query_params))
    assert again.text_input(CORNERS).value == "4,17,90" and faults(again) == []
    assert said(again.caption) == said(app.caption)


def test_what_spans_no_slice_is_said_in_one_sentence(visit):
    app = visit("compare", **PICTURES)
    for listed, sentence in NO_SLICES.items():
        app.text_input(CORNERS).set_value(listed).run()
        assert [*app.exception, *app.warning] == []
        assert [error.value for error in app.error] == [sentence]
        assert [key for key in pictures(app) if key.startswith("slice")] == []
        assert "map original" in pictures(app)


def test_a_plane_has_no_slice_but_itself(visit):
    app = visit("compare", **PLANE)
    assert not any(key.startswith("slice") for key in pictures(app))
    assert {"plane original", "plane unlearned", "plane retrained"} <= set(pictures(app))


@pytest.mark.parametrize("story", [PLANE, PICTURES], ids=["plane", "pictures"])
def test_chosen_samples_are_told_of_sliced_through_and_forgotten(visit, settle, story):
    app = visit("compare", **story)
    assert any("of the features of " in text and "trustworthiness" in text for text in captions(app))
    app.session_state[f"selected {story['dataset']}"] = [4, 17, 30]
    app.run()
    assert faults(app) == []
    table = next(text.value for text in app.markdown if text.value.startswith("**Sample 4, "))
    assert [line.split(" | ")[0] for line in table.splitlines()[-3:]] == ["| Original", "| Unlearned", "| Retrained"]
    assert all(re.search(r"\| [\d.]+\s% \| \d\.\d\d \|$", line) for line in table.splitlines()[-3:])
    if story is PICTURES:
        settle(app.button("slice chosen").click().run())
        assert app.query_params["slice"] == "4,17,30"
    settle(app.button("forget chosen").click().run())
    assert app.query_params["forget"] == "samples:4,17,30"


def test_the_map_of_logits_shows_what_a_run_of_the_last_layer_alone_does(visit, settle):
    app = visit("compare", **PICTURES)
    assert any("No sample moved" in text and "select the map of logits" in text for text in captions(app))
    app.session_state["compare.map_of"] = "logits"
    settle(app.run())
    assert faults(app) == []
    words = next(text for text in captions(app) if " of the logits of " in text)
    assert "rotated" not in words and "40 arrows from the original to the unlearned model" in words


def run_of(story, noise_seed, rule=None, **values):
    experiment, jit = Experiment(**story), METHODS["jit"]
    settings = jit.configure(experiment.data.shape, "default", values)
    return Request(experiment, jit, settings, rule or default_rule(experiment.forget_set), noise_seed)


@pytest.fixture
def ran_twice(prepared, tmp_path, monkeypatch, visit):
    """PLANE with a second, other run in its store; the code of that run."""
    shutil.copytree(prepared, tmp_path / "home")
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path / "home"))
    unlearn(run_of(PLANE, 5, sigma=0.3, passes=3))
    return history(Experiment(**PLANE))[0].code


def test_without_an_earlier_run_nothing_is_offered(visit):
    app = visit("compare", **(PLANE | {"forget": "near:6@9"}))  # of which no other test makes a run
    assert [box.key for box in app.selectbox if box.key == compare_view.RUN] == []


def test_an_earlier_run_stands_in_the_place_of_any_of_the_three(visit, settle, ran_twice):
    app = visit("compare", **PLANE)
    before = headline(app)
    assert app.info == [] or not any("earlier run" in info.value for info in app.info)
    settle(app.selectbox(compare_view.RUN).set_value(ran_twice).run())
    assert faults(app) == []
    run = "JiT, default with sigma 0.3, passes 3, noise seed 5: 3 steps"
    assert any(info.value.startswith(f"An earlier run replaces **unlearned**: {run}") for info in app.info)
    assert any(" nats). 3 steps in " in text for text in captions(app))
    assert app.query_params["run"] == ran_twice and "in_place_of" not in app.query_params
    for place, told in (
        ("retrained", "than the earlier run ("),
        ("original", "that of the earlier run"),
    ):
        app.session_state["compare.in_place_of"] = place
        settle(app.run())
        assert faults(app) == []
        assert app.query_params["in_place_of"] == place
        summary = " ".join([headline(app), *captions(app)])
        assert told in summary.replace("as the earlier", "than the earlier")
        assert any(f"On this page, “{place}” means that run." in info.value for info in app.info)
    again = visit("compare", **dict(app.query_params))
    assert headline(again) == headline(app)
    settle(app.selectbox(compare_view.RUN).set_value("").run())
    assert headline(app) == before and "run" not in app.query_params


def test_a_run_of_another_experiment_is_left_and_one_that_is_not_stored_is_said(visit, settle, ran_twice):
    app = visit("compare", **PLANE, run=ran_twice)
    assert app.selectbox(compare_view.RUN).value == ran_twice
    settle(app.number_input("forget.count").set_value(9).run())
    assert "run" not in app.query_params and [*app.exception, *app.warning] == []
    lost = visit("compare", **PLANE, run="0123456789ab")
    assert [*lost.exception, *lost.error] == []
    assert [warning.value for warning in lost.warning] == [
        "From the link: the earlier run 0123456789ab is not among the 50 newest stored runs of this experiment."
    ]
    assert "run" not in lost.query_params


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ({"run": "../../etc"}, "run must be 12 hexadecimal digits that name a stored run, not '../../etc'."),
        ({"in_place_of": "mine"}, "in_place_of must be one of original, unlearned, retrained, not 'mine'."),
        ({"slice": "4,17"}, "slice must be one or three sample numbers, as in 4,17,90, not '4,17'."),
    ],
)
def test_a_link_that_says_no_such_thing_is_told(visit, broken, sentence):
    app = visit("overview", **PLANE | broken)
    assert [warning.value for warning in app.warning] == [f"From the link: {sentence}"]


def test_a_run_in_words_says_what_differs_from_its_preset():
    experiment = Experiment(**PLANE)

    def words(request, steps=7, stopped=None):
        return earlier_runs.describe_run(earlier_runs.EarlierRun(request, steps, 0.1, stopped, 0.0))

    assert words(run_of(PLANE, 0), 1, "target") == "JiT, default: 1 step, target reached"
    never = run_of(PLANE, 0, Rule(target="none", guard=0), dropout=True)
    assert words(never) == "JiT, default with dropout on, no stopping rule: 7 steps, completed all passes"
    later = run_of(PLANE, 3, Rule(accuracy=0.4), sigma=0.5)
    assert words(later, stopped="guard") == (
        "JiT, default with sigma 0.5, stop at 40 %, noise seed 3: 7 steps, stopped by the collapse guard"
    )
    mislabel = METHODS["mislabel"]
    settings = mislabel.configure(experiment.data.shape, "default")
    assert words(Request(experiment, mislabel, settings, default_rule(experiment.forget_set))).startswith("Mislabel, ")

"""The headline of Compare is computed from the measures, whichever way they point."""

from __future__ import annotations

import dataclasses
import gc
import weakref
from types import SimpleNamespace

import pytest

from explorer.evaluation import Measures
from explorer.experiments import Experiment
from explorer.ui.compare.calibration import calibrations_of
from explorer.ui.compare.classes import class_accuracies_of
from explorer.ui.compare.entropies import _entropies, _sentence
from explorer.ui.compare.maps import pca_of
from explorer.ui.compare.selectivity import selectivities_of
from explorer.ui.compare.trio import StandIn, Trio, cached_on_trio, headline
from explorer.unlearning import Rule
from tests.ui.compare.conftest import trio as three_models

EXPERIMENT = Experiment("moons:n=40", "mlp", forget="samples:3,5,8")


ASKED = SimpleNamespace(rule=Rule(accuracy=0.2))


def measures(retain_test, entropy, forget=0.0):
    empty = dict.fromkeys((found.name for found in dataclasses.fields(Measures)), None)
    found = {"retain_test_accuracy": retain_test, "forget_entropy_mean": entropy, "forget_train_accuracy": forget}
    return Measures(**empty | found)


def trio_with(after, entropy, place=None, experiment=EXPERIMENT, forget=0.0):
    found = {
        "original": measures(0.95, 0.1),
        "unlearned": measures(after, entropy, forget),
        "retrained": measures(0.94, 0.5),
    }
    outcome = SimpleNamespace(network=None)
    return Trio(experiment, {}, found, ASKED, outcome, None if place is None else StandIn(place, outcome, None))


@pytest.mark.parametrize(
    ("after", "cost"),
    [(0.93, "cost the others 2.0 points"), (0.95, "cost the others nothing"), (0.97, "brought the others 2.0 points")],
)
@pytest.mark.parametrize(
    ("entropy", "surer"),
    [(0.50, "about as sure of them as"), (0.80, "less sure of them than"), (0.20, "surer of them than")],
)
def test_what_it_cost_and_how_sure_the_model_is(after, cost, entropy, surer):
    trio = trio_with(after, entropy)
    assert headline(trio) == (
        f"Forgetting these 3 samples {cost} of test accuracy; "
        f"on average the model is now {surer} one that never saw them"
    )


@pytest.mark.parametrize(
    ("after", "place", "sentence"),
    [
        (0.93, "unlearned", "Forgetting these 3 samples cost the others 2.0 points of test accuracy; "
                            "on average the model is now less sure of them than one that never saw them"),
        (0.93, "retrained", "Forgetting these 3 samples cost the others 2.0 points of test accuracy; "
                            "on average the model is now less sure of them than the earlier run"),
        (0.93, "original", "On test samples of the others, this unlearned model is 2.0 points below the earlier run; "
                           "on average the model is now less sure of the 3 forget samples than one that never "
                           "saw them"),
        (0.97, "original", "On test samples of the others, this unlearned model is 2.0 points above the earlier run; "
                           "on average the model is now less sure of the 3 forget samples than one that never "
                           "saw them"),
        (0.95, "original", "On test samples of the others, this unlearned model is as accurate as the earlier run; on "
                           "average the model is now less sure of the 3 forget samples than one that never saw them"),
    ],
)  # fmt: skip
def test_no_sentence_calls_an_earlier_run_the_original_or_one_that_never_saw_them(after, place, sentence):
    assert headline(trio_with(after, 0.8, place)) == sentence


def test_a_trio_says_whose_place_is_taken_and_whose_features_are_turned():
    three, ours, theirs = (trio_with(0.9, 0.5, place) for place in (None, "unlearned", "retrained"))
    assert [three.note(name) for name in ("original", "unlearned", "retrained")] == ["", "", ""]
    assert (ours.note("unlearned"), ours.note("original")) == ("an earlier run", "")
    assert theirs.note("retrained") == "replaced by an earlier run"
    assert (three.turned, ours.turned, theirs.turned) == (("retrained",), ("retrained",), ())
    assert len({trio.request_key for trio in (three, ours, theirs, trio_with(0.9, 0.5))}) == 4


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        (None, "Forgetting this sample cost the others 2.0 points of test accuracy; on average the model is now "
               "less sure of it than one that never saw it"),
        ("original", "On test samples of the others, this unlearned model is 2.0 points below the earlier run; on "
                     "average the model is now less sure of the 1 forget sample than one that never saw it"),
    ],
)  # fmt: skip
def test_one_sample_is_no_plural(place, sentence):
    assert headline(trio_with(0.93, 0.8, place, Experiment("moons:n=40", "mlp", forget="samples:3"))) == sentence


def test_what_is_still_right_is_not_called_forgotten():
    assert headline(trio_with(0.95, 0.5, forget=2 / 3)) == (
        "66.7 % of these 3 samples are still right, which is more than was aimed at; the run cost the others nothing "
        "of test accuracy; on average the model is now about as sure of them as one that never saw them"
    )
    one = Experiment("moons:n=40", "mlp", forget="samples:3")
    assert headline(trio_with(0.95, 0.5, experiment=one, forget=1.0)).startswith("This sample is still right, which is")
    assert headline(trio_with(0.95, 0.5, forget=0.2)).startswith("Forgetting these 3 samples")


def test_what_is_kept_of_three_models_does_not_keep_them_alive():
    asked = []

    @cached_on_trio
    def sentence(trio, margin):
        asked.append(margin)
        return f"{margin} of {len(trio.networks)}"

    trio = trio_with(0.9, 0.3)
    assert [sentence(trio, 0.1), sentence(trio, 0.2), sentence(trio, 0.1)] == ["0.1 of 0", "0.2 of 0", "0.1 of 0"]
    assert asked == [0.1, 0.2]
    assert sentence(trio_with(0.9, 0.3), 0.1) == "0.1 of 0" and asked == [0.1, 0.2, 0.1]
    alive = weakref.ref(trio)
    del trio
    assert alive() is None


def test_what_a_section_computed_lives_no_longer_than_the_models():
    found = three_models()
    class_accuracies_of(found), calibrations_of(found, "test"), selectivities_of(found, "retrained")
    _entropies(found, "forget"), _sentence(found, 0.05), pca_of(found, "features")
    alive = weakref.ref(found.networks["unlearned"])
    del found
    gc.collect()
    assert alive() is None

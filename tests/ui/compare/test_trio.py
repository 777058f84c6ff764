"""The headline of Compare is computed from the measures, in whichever direction they changed."""

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
from explorer.ui.compare.trio import StandIn, Trio, cached_on_trio, entropy_sentence, headline
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
        "original": measures(0.95, 0.1, forget=1.0),
        "unlearned": measures(after, entropy, forget),
        "retrained": measures(0.94, 0.5),
    }
    outcome = SimpleNamespace(network=None)
    return Trio(experiment, {}, found, ASKED, outcome, None if place is None else StandIn(place, outcome, None))


def summary(trio):
    """The headline, and the sentence below it."""
    sentence = entropy_sentence(trio).removesuffix(".")
    return "; ".join(filter(None, (headline(trio), sentence.replace("On the", "on the", 1))))


FALL = "retained test accuracy fell by 2.0 points"
FELL = "Accuracy on the forget set (n = 3) fell from 100.0 % to 0.0 %"
BESIDE = "Accuracy on the forget set (n = 3) is 0.0 % (100.0 % for the earlier run)"
UNCERTAIN = "on the forget set the unlearned model is less certain than the {} (mean entropy 0.80 against 0.50 nats)"


@pytest.mark.parametrize(
    ("after", "retained"), [(0.93, "fell by 2.0 points"), (0.95, "did not change"), (0.97, "rose by 2.0 points")]
)
@pytest.mark.parametrize(
    ("entropy", "compared"), [(0.50, "about as certain as"), (0.80, "less certain than"), (0.20, "more certain than")]
)
def test_the_headline_states_both_accuracies_and_the_entropy_beside_retrained(after, retained, entropy, compared):
    trio = trio_with(after, entropy)
    assert summary(trio) == (
        f"{FELL}; retained test accuracy {retained}; on the forget set the unlearned model is {compared} the retrained "
        f"model (mean entropy {entropy:.2f} against 0.50 nats)"
    )


def test_without_retained_test_samples_the_headline_leaves_their_accuracy_out():
    assert summary(trio_with(None, 0.8)) == f"{FELL}; {UNCERTAIN.format('retrained model')}"


@pytest.mark.parametrize(
    ("after", "place", "sentence"),
    [
        (0.93, "unlearned", f"{FELL}; {FALL}; {UNCERTAIN.format('retrained model')}"),
        (0.93, "retrained", f"{FELL}; {FALL}; {UNCERTAIN.format('earlier run')}"),
        (0.93, "original", f"{BESIDE}; retained test accuracy is 2.0 points lower than that of the earlier run; "
                           f"{UNCERTAIN.format('retrained model')}"),
        (0.97, "original", f"{BESIDE}; retained test accuracy is 2.0 points higher than that of the earlier run; "
                           f"{UNCERTAIN.format('retrained model')}"),
        (0.95, "original", f"{BESIDE}; retained test accuracy is equal to that of the earlier run; "
                           f"{UNCERTAIN.format('retrained model')}"),
    ],
)  # fmt: skip
def test_no_sentence_calls_an_earlier_run_the_original_or_retrained(after, place, sentence):
    assert summary(trio_with(after, 0.8, place)) == sentence


def test_a_trio_names_the_replaced_model_and_the_models_with_rotated_features():
    three, ours, theirs = (trio_with(0.9, 0.5, place) for place in (None, "unlearned", "retrained"))
    assert [three.note(name) for name in ("original", "unlearned", "retrained")] == ["", "", ""]
    assert (ours.note("unlearned"), ours.note("original")) == ("an earlier run", "")
    assert theirs.note("retrained") == "replaced by an earlier run"
    assert (three.rotated, ours.rotated, theirs.rotated) == (("retrained",), ("retrained",), ())
    assert len({trio.job_key for trio in (three, ours, theirs, trio_with(0.9, 0.5))}) == 4


def test_a_missed_target_is_stated():
    assert summary(trio_with(0.95, 0.5, forget=2 / 3)) == (
        "Accuracy on the forget set (n = 3) fell from 100.0 % to 66.7 %, above the target of 20 %; retained test "
        "accuracy did not change; on the forget set the unlearned model is about as certain as the retrained model "
        "(mean entropy 0.50 against 0.50 nats)"
    )
    single = Experiment("moons:n=40", "mlp", forget="samples:3")
    assert summary(trio_with(0.95, 0.5, experiment=single, forget=1.0)).startswith(
        "Accuracy on the forget set (n = 1) did not change from 100.0 %, above the target of 20 %; "
    )
    assert "target" not in summary(trio_with(0.95, 0.5, forget=0.2))


def test_an_entropy_that_is_undefined_is_left_out():
    assert summary(trio_with(0.95, None)) == f"{FELL}; retained test accuracy did not change"


def test_results_cached_on_a_trio_do_not_keep_it_alive():
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

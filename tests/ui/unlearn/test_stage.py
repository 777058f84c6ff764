"""The stage's headline follows the run, and what stands still in a network is named."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from explorer.experiments import Experiment, Request
from explorer.models import build_network
from explorer.ui.unlearn import stage
from explorer.unlearning import METHODS, Rule

EXPERIMENT = Experiment("moons:n=40", "mlp", forget="samples:3,5,8")


def run(*snapshots):
    return SimpleNamespace(
        active=False,
        snapshots=[
            SimpleNamespace(step=step, forget_accuracy=forget, retain_accuracy=retain)
            for step, (forget, retain) in enumerate(snapshots)
        ],
    )


@pytest.mark.parametrize("before", [None, run(), run((1.0, 0.9))], ids=["no run", "nothing yet", "the original"])
def test_before_the_first_step(before):
    snapshot = before.snapshots[-1] if before is not None and before.snapshots else None
    assert stage.headline(EXPERIMENT, before, snapshot) == "3 of 28 training samples are to be forgotten"


@pytest.mark.parametrize(
    ("retain", "others"),
    [
        (0.88, "accuracy on retained samples fell by 2.0 points"),
        (0.92, "accuracy on retained samples rose by 2.0 points"),
        (0.9, "accuracy on retained samples did not change"),
        (0.8996, "accuracy on retained samples did not change"),
    ],
)
def test_after_some_steps(retain, others):
    whole = run((1.0, 0.9), (0.6, 0.5), (1 / 3, retain))
    found = stage.headline(EXPERIMENT, whole, whole.snapshots[-1])
    expected = "Accuracy on the forget set (n = 3) fell from 100.0 % to 33.3 %; "
    assert found == expected + others


def test_at_an_earlier_moment():
    whole = run((1.0, 0.9), (0.6, 0.5), (1 / 3, 0.9))
    assert stage.headline(EXPERIMENT, whole, whole.snapshots[1]).startswith(
        "At step 1, accuracy on the forget set (n = 3) fell from 100.0 % to 60.0 %; "
    )


@pytest.mark.parametrize(
    ("model", "preset", "sentence"),
    [
        ("mlp", "default", ""),
        ("vgg-small", "default", "During unlearning, dropout is off."),
        ("vgg-small", "authors-code", "During unlearning, dropout stays on."),
        ("resnet-small", "default", "During unlearning, batch norm uses the running statistics of training."),
    ],
)
def test_what_stands_still(monkeypatch, model, preset, sentence):
    experiment = Experiment("digits", model, forget="class:3")
    untrained = build_network(model, experiment.data)
    monkeypatch.setattr(stage, "network_of", lambda experiment, which: untrained)
    jit = METHODS["jit"]
    settings = jit.configure(experiment.data.shape, preset)
    assert stage.frozen_sentence(Request(experiment, jit, settings, Rule())) == sentence

"""Stored measures are those of `evaluate`, and are measured once."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.evaluation import evaluate, logits
from explorer.experiments import Experiment, measured
from explorer.experiments.measured import answered, stored_logits, stored_measures, stored_slice


@pytest.mark.parametrize("forget", ["class:1", "samples:3,5"])
def test_they_are_measured_once(forget, monkeypatch):
    story = Experiment("moons:n=40", "mlp", 1, forget)
    expected = evaluate(story.original, story.partition)
    assert stored_measures(story, "original", story.original) == expected
    monkeypatch.setattr(measured, "evaluate", lambda *_: pytest.fail("measured again"))
    assert stored_measures(story, "original", story.original) == expected
    with pytest.raises(pytest.fail.Exception):
        stored_measures(story, "retrained", story.original)


def test_answers_are_asked_for_once():
    story, others = (Experiment("moons:n=40", "mlp", 1, forget) for forget in ("class:1", "samples:3,5"))
    network = story.original
    expected = logits(network, story.partition.forget.x)
    assert not answered(story, "original", "forget")
    assert torch.equal(stored_logits(story, "original", network, "forget"), expected)
    assert answered(story, "original", "forget") and not answered(others, "original", "forget")
    assert torch.equal(stored_logits(story, "original", torch.nn.Identity(), "forget"), expected)
    assert torch.equal(stored_logits(story, "original", network, "test"), logits(network, story.data.test.x))
    assert answered(others, "original", "test"), "the test set is the same whatever is forgotten"


def test_a_slice_is_cut_once_for_each_network_and_its_samples():
    story = Experiment("moons:n=40", "mlp", 1, "class:1")
    found = np.arange(12, dtype=np.float32).reshape(2, 3, 2)
    one, other = story.key("original"), story.key("retrained")
    assert np.array_equal(stored_slice(story, one, (1, 2, 3), lambda: found), found)
    assert np.array_equal(stored_slice(story, one, (1, 2, 3), lambda: pytest.fail("cut again")), found)
    for key, samples in ((other, (1, 2, 3)), (one, (3, 2, 1))):
        with pytest.raises(pytest.fail.Exception):
            stored_slice(story, key, samples, lambda: pytest.fail("cut again"))

"""Stored measures are those of `evaluate`, and are measured once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from explorer.evaluation import evaluate, logits
from explorer.experiments import Experiment
from explorer.experiments.derived import measures
from explorer.experiments.derived.measures import answered, stored_logits, stored_measures

PATIENCE = 60  # seconds


@pytest.mark.parametrize("forget", ["class:1", "samples:3,5"])
def test_they_are_measured_once(forget, monkeypatch):
    story = Experiment("moons:n=40", "mlp", 1, forget)
    expected = evaluate(story.original, story.partition)
    assert stored_measures(story, "original", story.original) == expected
    monkeypatch.setattr(measures, "evaluate", lambda *_: pytest.fail("measured again"))
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


def test_a_wait_for_answers_that_another_asks_for_can_be_ended(monkeypatch):
    story = Experiment("moons:n=40", "mlp", 1, "class:1")
    network = story.original

    class Enough(Exception):  # noqa: N818 (no error)
        pass

    def enough(share):
        raise Enough

    def asked_while_another_waits(asked, x):
        with ThreadPoolExecutor(1) as others, pytest.raises(Enough):
            others.submit(stored_logits, story, "original", network, "test", enough).result(PATIENCE)
        return logits(asked, x)

    monkeypatch.setattr(measures, "logits", asked_while_another_waits)
    assert torch.equal(stored_logits(story, "original", network, "test"), logits(network, story.data.test.x))

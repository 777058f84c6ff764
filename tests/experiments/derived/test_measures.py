"""Stored measures are those of `evaluate`, and are measured once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from explorer.background.progress import ignore_progress
from explorer.evaluation import evaluate, logits
from explorer.experiments import Experiment
from explorer.experiments.derived import measures
from explorer.experiments.derived.measures import LOGITS, MEASURES
from tests.experiments.conftest import never

PATIENCE = 60  # seconds


@pytest.mark.parametrize("forget", ["class:1", "samples:3,5"])
def test_they_are_measured_once(forget, monkeypatch):
    story = Experiment("moons:n=40", "mlp", 1, forget)
    expected = evaluate(story.original, story.partition)
    assert MEASURES.get(story, story.original, ignore_progress, "original") == expected
    monkeypatch.setattr(measures, "evaluate", lambda *_: pytest.fail("measured again"))
    assert MEASURES.get(story, story.original, ignore_progress, "original") == expected
    with pytest.raises(pytest.fail.Exception):
        MEASURES.get(story, story.original, ignore_progress, "retrained")


def test_answers_are_asked_for_once():
    story, others = (Experiment("moons:n=40", "mlp", 1, forget) for forget in ("class:1", "samples:3,5"))
    network = story.original
    expected = logits(network, story.partition.forget.x)
    assert not LOGITS.stored(story, "original", "forget")
    assert torch.equal(LOGITS.get(story, network, ignore_progress, "original", "forget"), expected)
    assert LOGITS.stored(story, "original", "forget") and not LOGITS.stored(others, "original", "forget")
    assert torch.equal(LOGITS.get(story, torch.nn.Identity(), never, "original", "forget"), expected)
    assert torch.equal(
        LOGITS.get(story, network, ignore_progress, "original", "test"), logits(network, story.data.test.x)
    )
    assert LOGITS.stored(others, "original", "test"), "the test set is the same whatever is forgotten"


def test_a_wait_for_answers_that_another_asks_for_can_be_ended(monkeypatch):
    story = Experiment("moons:n=40", "mlp", 1, "class:1")
    network = story.original

    class Enough(Exception):  # noqa: N818 (no error)
        pass

    def enough(share, doing):
        raise Enough

    def asked_while_another_waits(asked, x):
        with ThreadPoolExecutor(1) as others, pytest.raises(Enough):
            others.submit(LOGITS.get, story, network, enough, "original", "test").result(PATIENCE)
        return logits(asked, x)

    monkeypatch.setattr(measures, "logits", asked_while_another_waits)
    assert torch.equal(
        LOGITS.get(story, network, ignore_progress, "original", "test"), logits(network, story.data.test.x)
    )

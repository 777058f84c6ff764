"""Stored measures are those of `evaluate`, and are measured once."""

from __future__ import annotations

import pytest

from explorer.evaluation import evaluate
from explorer.experiments import Experiment, measured
from explorer.experiments.measured import stored_measures


@pytest.mark.parametrize("forget", ["class:1", "samples:3,5"])
def test_they_are_measured_once(forget, monkeypatch):
    story = Experiment("moons:n=40", "mlp", 1, forget)
    expected = evaluate(story.original, story.partition)
    assert stored_measures(story, "original", story.original) == expected
    monkeypatch.setattr(measured, "evaluate", lambda *_: pytest.fail("measured again"))
    assert stored_measures(story, "original", story.original) == expected
    with pytest.raises(pytest.fail.Exception):
        stored_measures(story, "retrained", story.original)

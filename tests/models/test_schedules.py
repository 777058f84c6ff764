"""What a training is said to take: by the network's time on one pass, and never nothing where nobody has timed it."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest
import torch

from explorer.data import Split, load_dataset
from explorer.models.architectures import MODELS
from explorer.models.schedules import SECONDS, in_words, minutes, schedule


@pytest.fixture(scope="module")
def large():
    train = Split(torch.zeros(1, 3, 32, 32).expand(50_000, 3, 32, 32), torch.arange(50_000) % 10)
    return replace(load_dataset("digits"), code="large", train=train)


@pytest.mark.parametrize("model", SECONDS)
def test_the_time_is_that_of_all_passes(large, model):
    passes = schedule(large, model).epochs
    assert minutes(large, model) == pytest.approx(passes * 50 * SECONDS[model] / 60)
    assert in_words(large, model).startswith(f"{passes} passes over 50,000 samples, about ")


@pytest.mark.parametrize("model", MODELS)
def test_no_large_training_is_said_to_take_no_time(large, model):
    assert minutes(large, model) > 1
    assert "about 0 minutes" not in in_words(large, model)


def test_what_is_left_out_takes_no_time_and_the_share_is_the_originals(large):
    words = in_words(large, "convnet", 5000)
    assert words.startswith(f"{schedule(large, 'convnet').epochs} passes over 45,000 samples")
    assert "test set" not in words


def test_one_that_was_not_timed(large, monkeypatch):
    monkeypatch.delitem(SECONDS, "convnet")
    assert minutes(large, "convnet") == inf
    assert "nobody has timed" in in_words(large, "convnet")


def test_points_take_seconds():
    assert minutes(load_dataset("moons"), "mlp") == 0.0

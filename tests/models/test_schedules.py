"""Estimates of the training time: from the measured time of one epoch, infinite for an untimed network."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest
import torch

from explorer.data import Split, load_dataset
from explorer.models.architectures import MODELS
from explorer.models.schedules import SECONDS_PER_1000, describe_training, minutes, schedule


@pytest.fixture(scope="module")
def large():
    train = Split(torch.zeros(1, 3, 32, 32).expand(50_000, 3, 32, 32), torch.arange(50_000) % 10)
    return replace(load_dataset("digits"), code="large", train=train)


@pytest.mark.parametrize("model", SECONDS_PER_1000)
def test_the_time_is_that_of_all_passes(large, model):
    passes = schedule(large, model).epochs
    assert minutes(large, model) == pytest.approx(passes * 50 * SECONDS_PER_1000[model] / 60)
    assert describe_training(large, model).startswith(f"{passes} epochs of 50,000 samples, about ")


@pytest.mark.parametrize("model", MODELS)
def test_no_large_training_has_an_estimate_of_zero(large, model):
    assert minutes(large, model) > 1
    assert "about 0 minutes" not in describe_training(large, model)


def test_left_out_samples_take_no_time_and_the_accuracy_is_the_originals(large):
    words = describe_training(large, "convnet", 5000)
    assert words.startswith(f"{schedule(large, 'convnet').epochs} epochs of 45,000 samples")
    assert "test accuracy" not in words


def test_an_untimed_network(large, monkeypatch):
    monkeypatch.delitem(SECONDS_PER_1000, "convnet")
    assert minutes(large, "convnet") == inf
    assert "the time for this network was not measured" in describe_training(large, "convnet")


def test_points_take_seconds():
    assert minutes(load_dataset("moons"), "mlp") == 0.0

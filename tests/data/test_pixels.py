"""Pixels: bytes that stand for a float32 tensor, the same numbers as standardising at once."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given
from torch import nn

from explorer.data import Split
from explorer.data.dataset import standardise
from explorer.data.pixels import Pixels, standard_pixels

STORED = torch.randint(256, (50, 3, 6, 5), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
STORED_TRAIN = STORED[:40]
TRAIN, TEST = standard_pixels(STORED_TRAIN, STORED[40:])
PLAIN_TRAIN, PLAIN_TEST, MEAN, DEVIATION = standardise(STORED[:40].float() / 255, STORED[40:].float() / 255)


def same(found, expected):
    assert found.dtype == torch.float32
    torch.testing.assert_close(found + 0, expected, rtol=1e-5, atol=1e-5)


def test_they_are_the_standardised_tensor():
    assert isinstance(TRAIN, torch.Tensor) and TRAIN.dtype == torch.float32
    assert TRAIN.shape == (40, 3, 6, 5) and len(TRAIN) == 40 and TRAIN.nbytes == PLAIN_TRAIN.nbytes
    same(TRAIN, PLAIN_TRAIN)
    same(TEST, PLAIN_TEST)  # with mean and deviation of training
    torch.testing.assert_close(TRAIN.centre, MEAN)
    torch.testing.assert_close(TRAIN.spread, DEVIATION)


@pytest.mark.parametrize(
    "chosen",
    [
        slice(3, 9), slice(None, None, 7), torch.tensor([4, 0, 4]), [1, 2], torch.arange(40) % 3 == 0,
        torch.tensor([], dtype=torch.int64),
    ],
)  # fmt: skip
def test_choosing_samples_stays_with_the_bytes(chosen):
    found = TRAIN[chosen]
    assert isinstance(found, Pixels) and found.stored is STORED_TRAIN  # nothing is copied
    same(found, PLAIN_TRAIN[chosen])


def test_a_choice_of_a_choice_is_a_choice():
    some = TRAIN[torch.arange(40) % 2 == 1][5:15][torch.tensor([3, 0])]
    assert isinstance(some, Pixels) and some.rows.tolist() == [17, 11]
    same(some, PLAIN_TRAIN[[17, 11]])
    same(some[1], PLAIN_TRAIN[11])


def test_parts_stay_with_the_bytes():
    parts = TRAIN.split(16)
    assert [len(part) for part in parts] == [16, 16, 8] and all(isinstance(part, Pixels) for part in parts)
    same(torch.cat(parts), PLAIN_TRAIN)


@given(st.integers(0, 39), st.integers(0, 2))
def test_anything_else_is_a_plain_tensor(sample, channel):
    for found, expected in (
        (TRAIN[sample], PLAIN_TRAIN[sample]),
        (TRAIN[:, channel], PLAIN_TRAIN[:, channel]),
        (TRAIN[sample, channel], PLAIN_TRAIN[sample, channel]),
        (TRAIN[torch.tensor([sample]), channel], PLAIN_TRAIN[torch.tensor([sample]), channel]),
        (TRAIN.flatten(1), PLAIN_TRAIN.flatten(1)),
        (TRAIN.min(), PLAIN_TRAIN.min()),
        (torch.cdist(TRAIN.flatten(1), TEST.flatten(1)), torch.cdist(PLAIN_TRAIN.flatten(1), PLAIN_TEST.flatten(1))),
    ):
        assert type(found) is torch.Tensor
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


def test_a_network_and_its_gradients_see_no_difference():
    torch_net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(2))
    gradients = []
    for x in (TRAIN[:8], PLAIN_TRAIN[:8]):
        torch_net.zero_grad()
        torch_net(x).square().sum().backward()
        gradients.append(torch.cat([parameter.grad.flatten() for parameter in torch_net.parameters()]))
    torch.testing.assert_close(*gradients, rtol=1e-4, atol=1e-4)


def test_one_sample_is_computed_alone(monkeypatch):
    computed, standardised = [], Pixels.standardised
    monkeypatch.setattr(Pixels, "standardised", lambda self: computed.append(self.shape) or standardised(self))
    torch.testing.assert_close(TRAIN[7], PLAIN_TRAIN[7], rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(TRAIN[-1, 1], PLAIN_TRAIN[-1, 1], rtol=1e-5, atol=1e-5)
    assert computed == [(1, 3, 6, 5)] * 2


def test_numbers_leave_as_numbers():
    assert np.allclose(TRAIN.numpy(), PLAIN_TRAIN.numpy(), atol=1e-5)
    assert np.allclose(TRAIN[:2].tolist(), PLAIN_TRAIN[:2].tolist(), atol=1e-5)
    assert repr(TRAIN) == "Pixels((40, 3, 6, 5))"


def test_a_split_of_them_is_chosen_from_like_any_other():
    split = Split(TRAIN, torch.arange(40))[torch.tensor([5, 7])]
    assert isinstance(split.x, Pixels) and split.y.tolist() == [5, 7]


def test_one_colour_everywhere_is_no_division_by_nothing():
    flat, _ = standard_pixels(torch.full((3, 1, 2, 2), 9, dtype=torch.uint8), STORED[:1, :1, :2, :2])
    assert flat.standardised().isfinite().all()

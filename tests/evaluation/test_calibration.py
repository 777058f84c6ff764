"""The expected calibration error against a plain loop, and two closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.evaluation import calibration
from explorer.settings import InputError


def drawn(n=300, classes=5, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return 2 * torch.randn(n, classes, generator=generator), torch.randint(0, classes, (n,), generator=generator)


@pytest.mark.parametrize("bins", [1, 10, 15])
def test_equals_a_plain_loop(bins):
    logits, y = drawn()
    found, expected = calibration(logits, y, bins), 0.0
    confidence, called = logits.double().softmax(1).max(1)
    for index in range(bins):
        held = [i for i in range(len(y)) if index / bins < confidence[i] <= (index + 1) / bins]
        assert found.counts[index] == len(held)
        if held:
            right = sum(float(called[i] == y[i]) for i in held) / len(held)
            says = sum(float(confidence[i]) for i in held) / len(held)
            assert found.accuracy[index] == pytest.approx(right) and found.confidence[index] == pytest.approx(says)
            expected += len(held) / len(y) * abs(right - says)
    assert found.error == pytest.approx(expected) and found.n == 300


def test_a_model_that_keeps_its_word_has_no_error():
    logits = torch.tensor([[math.log(3.0), 0.0]]).repeat(4, 1)  # says 75 %
    found = calibration(logits, torch.tensor([0, 0, 0, 1]))
    assert found.error == pytest.approx(0, abs=1e-7) and found.overconfidence == pytest.approx(0, abs=1e-7)


def test_certain_and_wrong_is_all_error():
    found = calibration(torch.tensor([[100.0, 0.0]] * 3), torch.tensor([1, 1, 1]))
    assert found.error == pytest.approx(1) and found.overconfidence == pytest.approx(1)
    assert found.counts.tolist() == [0] * 14 + [3]


@given(st.integers(0, 50), st.integers(1, 40))
def test_the_error_is_never_less_than_the_lean(seed, n):
    found = calibration(*drawn(n, seed=seed))
    accuracy = np.nansum(found.counts * np.nan_to_num(found.accuracy)) / n
    assert abs(found.overconfidence) <= found.error + 1e-9 <= 1 + 1e-9
    assert 0 <= accuracy <= 1 and found.n == n


@pytest.mark.parametrize(
    ("logits", "y", "bins", "says"),
    [
        (torch.empty(0, 3), torch.empty(0, dtype=torch.int64), 15, "no samples"),
        (torch.tensor([[float("nan"), 0.0]]), torch.tensor([0]), 15, "finite"),
        (torch.tensor([[0.0, 1.0]]), torch.tensor([0]), 0, "at least 1 bin"),
    ],
)
def test_bad_input_is_one_sentence(logits, y, bins, says):
    with pytest.raises(InputError, match=says):
        calibration(logits, y, bins)


def test_one_class_is_certain():
    assert calibration(torch.zeros(3, 1), torch.zeros(3, dtype=torch.int64)).error == 0

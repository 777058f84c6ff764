"""Paired entropies of two models against scipy, and sentences that do not claim too much."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import wasserstein_distance, wilcoxon

from explorer.evaluation import compare_entropies
from explorer.settings import InputError


def pair(n, shift, seed=0):
    draw = np.random.default_rng(seed)
    first = draw.exponential(0.4, n)
    return first, first + draw.normal(shift, 0.1, n)


@pytest.mark.parametrize(("n", "shift"), [(12, 0.0), (40, 0.05), (300, 0.0), (300, 0.3)])
def test_equals_scipy(n, shift):
    first, second = pair(n, shift)
    found = compare_entropies(first, second)
    assert found.n == found.differing == n
    assert found.p == pytest.approx(wilcoxon(first, second).pvalue)
    assert found.wasserstein == pytest.approx(wasserstein_distance(first, second))
    assert found.means == pytest.approx((first.mean(), second.mean()))


def test_a_difference_is_called_one():
    sentence = compare_entropies(*pair(300, 0.3), names=("JiT", "retrained")).sentence
    assert sentence.startswith("The entropies under JiT and retrained differ (n = 300 samples")
    assert "p < .001" in sentence


def test_no_difference_found_is_not_called_equal():
    found = compare_entropies(*pair(40, 0.0))
    assert found.p > 0.05
    assert "No difference" in found.sentence and "n = 40" in found.sentence
    assert "does not show that they are equal" in found.sentence


def test_models_that_agree_to_the_last_digit():
    same = np.array([0.1, 0.2, 0.3])
    found = compare_entropies(same, same)
    assert found.p is None and found.differing == 0 and found.wasserstein == 0
    assert "same to the last digit" in found.sentence


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_a_handful_can_show_nothing(n):
    found = compare_entropies(np.zeros(n), np.linspace(1, 2, n))
    assert found.p >= 0.05
    assert found.sentence.startswith("Too few samples")
    assert found.wasserstein == pytest.approx(np.linspace(1, 2, n).mean())


def test_six_can():
    assert compare_entropies(np.zeros(6), np.linspace(1, 2, 6)).p == pytest.approx(2 / 2**6)


def test_samples_that_do_not_differ_are_dropped_not_counted():
    first, second = pair(9, 0.1)
    found = compare_entropies(np.append(first, [0.5] * 20), np.append(second, [0.5] * 20))
    assert (found.n, found.differing) == (29, 9)
    assert found.p == pytest.approx(compare_entropies(first, second).p)


@pytest.mark.parametrize(
    ("a", "b", "sentence"),
    [([1.0], [1.0, 2.0], "same samples"), ([], [], "at least one"), ([np.nan], [1.0], "finite")],
)
def test_bad_input_is_one_sentence(a, b, sentence):
    with pytest.raises(InputError, match=sentence):
        compare_entropies(a, b)

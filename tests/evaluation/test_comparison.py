"""Paired entropies of two models against scipy, and sentences that do not claim too much."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ks_2samp, ttest_1samp, wasserstein_distance, wilcoxon

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
    assert sentence.startswith("The entropies under JiT and retrained differ significantly (n = 300 samples")
    assert "p < .001" in sentence


def test_no_difference_found_is_not_called_equal():
    found = compare_entropies(*pair(40, 0.0))
    assert found.p > 0.05
    assert "No significant difference" in found.sentence and "n = 40" in found.sentence
    assert "does not show that they are equal" in found.sentence


def test_models_that_agree_to_the_last_digit():
    same = np.array([0.1, 0.2, 0.3])
    found = compare_entropies(same, same)
    assert found.p is None and found.differing == 0 and found.wasserstein == 0
    assert "are identical (n = 3 samples)" in found.sentence


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


@pytest.mark.parametrize(("n", "shift", "margin"), [(12, 0.0, 0.1), (40, 0.05, 0.1), (300, 0.08, 0.1), (300, 0.3, 0.1)])
def test_tost_equals_two_one_sided_tests(n, shift, margin):
    first, second = pair(n, shift)
    found = compare_entropies(first, second, margin=margin).equivalence
    above = ttest_1samp(first - second, -margin, alternative="greater").pvalue
    below = ttest_1samp(first - second, margin, alternative="less").pvalue
    assert found.p == pytest.approx(max(above, below))
    ends = ttest_1samp(first - second, 0).confidence_interval(0.9)
    assert found.interval == pytest.approx(tuple(ends))
    assert found.equivalent == (-margin < ends.low and ends.high < margin)
    assert found.outside_margin == (ends.high < -margin or ends.low > margin)


def test_ks_distance_equals_scipy():
    first, second = pair(50, 0.1)
    assert compare_entropies(first, second).ks == pytest.approx(ks_2samp(first, second).statistic)
    ties = np.array([0.1, 0.1, 0.4, 0.4]), np.array([0.1, 0.4, 0.4, 0.4])
    assert compare_entropies(*ties).ks == pytest.approx(ks_2samp(*ties).statistic)


@pytest.mark.parametrize("values", [([0.1], [0.4]), ([0.1], [0.1]), ([0.1, 0.1], [0.1, 0.4])])
def test_ks_distance_of_one_or_two_samples(values):
    first, second = map(np.array, values)
    steps = [abs((first <= at).mean() - (second <= at).mean()) for at in np.append(first, second)]
    assert compare_entropies(first, second).ks == pytest.approx(max(steps))


def test_equivalent_is_said_only_of_means_and_only_if_shown():
    wide, narrow = (compare_entropies(*pair(300, 0.0), margin=margin).sentence for margin in (0.1, 0.001))
    assert "their means are equivalent within ±0.10 nats (TOST p" in wide
    assert "and it is not shown that their means are equivalent within ±0.00 nats" in narrow
    little = compare_entropies(*pair(300, 0.04), margin=0.1).sentence
    assert "differ significantly (" in little and "equivalent within ±0.10" in little and "is not shown" not in little
    assert "It is not shown" in compare_entropies(*pair(300, 0.3)).sentence


def test_a_handful_is_never_equivalent_and_no_spread_is_no_warning():
    assert compare_entropies(np.zeros(5), np.zeros(5) + 1e-9).equivalence is None
    shifted = compare_entropies(np.zeros(8), np.full(8, 0.25), margin=0.5).equivalence
    assert shifted.p == 0 and shifted.interval == (-0.25, -0.25)
    assert compare_entropies(np.zeros(8), np.full(8, 0.25), margin=0.25).equivalence.p == 1


@pytest.mark.parametrize("margin", [0.0, -1.0, float("nan")])
def test_a_margin_is_above_zero(margin):
    with pytest.raises(InputError, match="above 0"):
        compare_entropies([0.1], [0.2], margin=margin)

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap, spearmanr

from explorer.evaluation import rank_correlation
from explorer.evaluation.correlation import _rhos
from explorer.settings import InputError


@given(st.integers(0, 1000), st.integers(10, 60), st.integers(1, 30))
def test_rho_is_scipys_with_ties(seed, n, values):
    random = np.random.default_rng(seed)
    a, b = random.integers(0, values + 1, n), random.normal(size=n)
    found = rank_correlation(a, b, resamples=3)
    if np.ptp(a) == 0:
        assert found.rho is None and found.interval is None and found.sign == 0
    else:
        assert found.rho == pytest.approx(spearmanr(a, b).statistic, abs=1e-12)


@given(st.integers(0, 1000))
def test_a_weighted_resample_has_the_rho_of_the_samples_drawn(seed):
    random = np.random.default_rng(seed)
    a, b = random.integers(0, 6, 40).astype(float), random.normal(size=40)
    drawn = random.integers(0, 40, (5, 40))
    weights = np.stack([np.bincount(row, minlength=40) for row in drawn])
    expected = [spearmanr(a[row], b[row]).statistic for row in drawn]
    assert np.allclose(_rhos(a, b, weights), expected, atol=1e-12)


def test_the_interval_is_scipys_percentile_bootstrap():
    random = np.random.default_rng(1)
    a = random.normal(size=300)
    b = a + random.normal(size=300)
    found = rank_correlation(a, b, resamples=4000)
    theirs = bootstrap(
        (a, b), lambda x, y: spearmanr(x, y).statistic, paired=True, vectorized=False, n_resamples=2000,
        method="percentile", rng=random,
    ).confidence_interval  # fmt: skip
    assert found.interval == pytest.approx((theirs.low, theirs.high), abs=0.012)
    assert found.sign == 1
    assert rank_correlation(-a, b).sign == -1


def test_nothing_is_claimed_of_noise_of_few_or_of_what_is_unknown():
    random = np.random.default_rng(2)
    assert rank_correlation(random.normal(size=200), random.normal(size=200)).sign == 0
    assert rank_correlation([1, 2, 3], [1, 2, 3]) == rank_correlation([4, 5, 6], [1, 2, 3])
    a = np.append(np.arange(20.0), np.nan)
    found = rank_correlation(a, np.append(np.arange(20.0), 3))
    assert found.n == 20 and found.rho == pytest.approx(1)
    assert "n = 20" in found.description and "1.00" in found.description
    assert "no rank correlation" in rank_correlation([1, 2], [1, 2]).description


def test_same_seed_same_interval_and_readings_of_other_samples_are_refused():
    random = np.random.default_rng(3)
    a, b = random.normal(size=(2, 50))
    assert rank_correlation(a, b, seed=4) == rank_correlation(a, b, seed=4)
    assert rank_correlation(a, b, seed=4) != rank_correlation(a, b, seed=5)
    with pytest.raises(InputError, match="same samples"):
        rank_correlation(a, b[:-1])


def test_of_many_samples_the_interval_is_that_of_the_formula_and_near_the_resampled_one():
    draw = np.random.default_rng(0)
    a = draw.normal(size=10_001)
    b = a + 2 * draw.normal(size=10_001)
    by_formula, resampled = rank_correlation(a, b), rank_correlation(a[:-1], b[:-1])
    rho, n = by_formula.rho, len(a)
    ends = np.tanh(np.arctanh(rho) + np.array([-1.96, 1.96]) * np.sqrt((1 + rho**2 / 2) / (n - 3)))
    assert by_formula.interval == pytest.approx(tuple(ends), abs=1e-9)
    assert by_formula.interval == pytest.approx(resampled.interval, abs=0.005)
    assert rank_correlation(a, a).interval == pytest.approx((1, 1), abs=1e-6)

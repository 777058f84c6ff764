"""Spearman's rank correlation of two measures of the same samples, with a 95 % bootstrap interval.

A bootstrap resample is represented by a weight for each sample: the number of times it was drawn. The ranks in a
resample follow from the sorted order of all samples, so nothing is sorted again and the interval is fast enough for a
slider. For more than `MANY` samples the interval is that of Bonett and Wright (2000),
tanh(atanh rho +- 1.96 sqrt((1 + rho^2 / 2) / (n - 3))).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.settings import InputError

RESAMPLES = 200
FEWEST = 10  # samples; fewer give no useful interval
MANY = 10_000  # samples, above which a bootstrap is too slow for a slider
NUMBERS = 2**21  # in one array of resamples, which bounds its memory


@dataclass(frozen=True)
class RankCorrelation:
    """Spearman's rank correlation.

    Attributes:
        n: number of samples.
        rho: Spearman's rho; None if a measure is constant or n is below FEWEST.
        interval: 95 % interval of rho, None if rho is.
    """

    n: int
    rho: float | None
    interval: tuple[float, float] | None

    @property
    def sign(self) -> int:
        """1 or -1 if the interval excludes 0, else 0: no clear relation."""
        if self.interval is None or self.interval[0] <= 0 <= self.interval[1]:
            return 0
        return 1 if self.interval[0] > 0 else -1

    @property
    def description(self) -> str:
        """rho, interval and n, as a part of a sentence."""
        if self.rho is None:
            return f"no rank correlation can be computed, n = {self.n:,}"
        within = "" if self.interval is None else f", 95 % interval {self.interval[0]:.2f} to {self.interval[1]:.2f}"
        return f"Spearman's rho {self.rho:.2f}{within}, n = {self.n:,}"


def rank_correlation(a: Any, b: Any, seed: int = 0, resamples: int = RESAMPLES) -> RankCorrelation:
    """Spearman's rho of two measures, with a 95 % interval: a percentile bootstrap for up to MANY samples.

    Tied values have their mean rank. Samples for which either measure is NaN are left out.

    Args:
        a: first measure, (n,).
        b: second measure of the same samples, (n,).
        seed: seed of the bootstrap.
        resamples: number of bootstrap resamples.

    Raises:
        InputError: if the lengths differ.
    """
    first, second = (np.asarray(values, dtype=np.float64) for values in (a, b))
    if first.shape != second.shape or first.ndim != 1:
        raise InputError(
            f"A correlation needs two measures of the same samples, not of shapes {first.shape} and {second.shape}."
        )
    known = ~(np.isnan(first) | np.isnan(second))
    first, second = first[known], second[known]
    n = len(first)
    if n < FEWEST or np.ptp(first) == 0 or np.ptp(second) == 0:
        return RankCorrelation(n, None, None)
    (rho,) = _rhos(first, second, np.ones((1, n)))
    if n > MANY:
        reach = 1.96 * np.sqrt((1 + rho**2 / 2) / (n - 3))
        ends = np.tanh(np.arctanh(np.clip(rho, -1 + 1e-12, 1 - 1e-12)) + np.array([-reach, reach]))
        return RankCorrelation(n, float(rho), (float(ends[0]), float(ends[1])))
    random, parts = np.random.default_rng(seed), []
    for rows in np.array_split(np.arange(resamples), -(-resamples * n // NUMBERS)):
        drawn = random.integers(0, n, (len(rows), n)) + n * np.arange(len(rows))[:, None]
        weights = np.bincount(drawn.ravel(), minlength=len(rows) * n).reshape(len(rows), n)
        parts.append(_rhos(first, second, weights.astype(np.float32)))
    rhos = np.concatenate(parts)
    low, high = np.quantile(rhos[np.isfinite(rhos)], [0.025, 0.975])
    return RankCorrelation(n, float(rho), (float(low), float(high)))


def _rhos(a: np.ndarray, b: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Pearson correlation of the ranks in each resample (row of `weights`), (resamples,)."""
    mean = (weights.shape[1] + 1) / 2  # of the ranks, with or without ties
    left, right = (_ranks(values, weights) - mean for values in (a, b))
    weighted = weights * left
    squares = np.einsum("ij,ij->i", weighted, left), np.einsum("ij,ij->i", weights * right, right)
    with np.errstate(invalid="ignore", divide="ignore"):  # all values of a resample may be equal
        return np.einsum("ij,ij->i", weighted, right) / np.sqrt(squares[0] * squares[1])


def _ranks(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mean rank of each value within each resample, (resamples, n)."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    tied = weights[:, order]
    if len(starts) < len(values):
        tied = np.add.reduceat(tied, starts, axis=1)
    ranks = tied.cumsum(1) - (tied - 1) / 2
    group = np.empty(len(values), dtype=np.int64)
    group[order] = np.repeat(np.arange(len(starts)), np.diff([*starts, len(values)]))
    return ranks[:, group]

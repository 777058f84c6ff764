"""Spearman's rho of two readings of the same samples, with a bootstrap interval: do they go together?

A resample gives each sample a weight, the number of times that it was drawn, and the ranks of the resample follow from
the order of the whole: nothing is sorted again, so that the interval is there as fast as a slider moves. Of more than
`MANY` samples it is that of Bonett and Wright (2000), tanh(atanh rho +- 1.96 sqrt((1 + rho^2 / 2) / (n - 3))).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.settings import InputError

RESAMPLES = 200
FEWEST = 10  # samples, below which no interval is worth its name
MANY = 10_000  # samples, above which resampling would keep a slider waiting
NUMBERS = 2**21  # in one array of resamples


@dataclass(frozen=True)
class RankCorrelation:
    """Spearman's rho over n samples with its 95 % interval; None where a reading is constant or n is too small."""

    n: int
    rho: float | None
    interval: tuple[float, float] | None

    @property
    def sign(self) -> int:
        """1 or -1 where the interval leaves out 0, else 0: no clear relation."""
        if self.interval is None or self.interval[0] <= 0 <= self.interval[1]:
            return 0
        return 1 if self.interval[0] > 0 else -1

    @property
    def words(self) -> str:
        """The numbers as they stand in a sentence."""
        if self.rho is None:
            return f"no rank correlation can be told, n = {self.n:,}"
        within = "" if self.interval is None else f", 95 % interval {self.interval[0]:.2f} to {self.interval[1]:.2f}"
        return f"Spearman's rho {self.rho:.2f}{within}, n = {self.n:,}"


def rank_correlation(a: Any, b: Any, seed: int = 0, resamples: int = RESAMPLES) -> RankCorrelation:
    """Spearman's rho of a and b (n,), ties at their mean rank, and its interval: by bootstrap over up to MANY samples.

    Samples where either is NaN are left out. Raises InputError where the lengths differ.
    """
    first, second = (np.asarray(values, dtype=np.float64) for values in (a, b))
    if first.shape != second.shape or first.ndim != 1:
        raise InputError(f"Readings of the same samples go together, not {first.shape} and {second.shape}.")
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
    random, found = np.random.default_rng(seed), []
    for rows in np.array_split(np.arange(resamples), -(-resamples * n // NUMBERS)):
        drawn = random.integers(0, n, (len(rows), n)) + n * np.arange(len(rows))[:, None]
        weights = np.bincount(drawn.ravel(), minlength=len(rows) * n).reshape(len(rows), n)
        found.append(_rhos(first, second, weights.astype(np.float32)))
    sound = np.concatenate(found)
    low, high = np.quantile(sound[np.isfinite(sound)], [0.025, 0.975])
    return RankCorrelation(n, float(rho), (float(low), float(high)))


def _rhos(a: np.ndarray, b: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Pearson's correlation of the ranks in each resample (rows of `weights`): (resamples,)."""
    mean = (weights.shape[1] + 1) / 2  # of ranks, however many are tied
    left, right = (_ranks(values, weights) - mean for values in (a, b))
    weighted = weights * left
    squares = np.einsum("ij,ij->i", weighted, left), np.einsum("ij,ij->i", weights * right, right)
    with np.errstate(invalid="ignore", divide="ignore"):  # a resample may hold one value alone
        return np.einsum("ij,ij->i", weighted, right) / np.sqrt(squares[0] * squares[1])


def _ranks(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The mean rank of each value within each resample, (resamples, n)."""
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

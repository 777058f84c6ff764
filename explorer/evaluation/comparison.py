"""Comparison of the entropies of the same samples under two models: difference tests, equivalence test, distances.

The paper compares unlearned with retrained on D_f by a paired Wilcoxon test. A test without a significant result does
not show that two models are equal. TOST, two one-sided paired t tests (Schuirmann 1987), can: it tests whether the mean
difference lies within a margin that is fixed beforehand. The Wasserstein and Kolmogorov-Smirnov distances of the two
distributions need no test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import ks_2samp, ttest_1samp, wasserstein_distance, wilcoxon

from explorer.settings import InputError
from explorer.words import counted

LEVEL = 0.05
FEWEST = 6  # paired differences; with fewer, the exact two-sided p of Wilcoxon cannot fall below .05
MARGIN = 0.1  # nats: the entropy of a prediction that is 98 % certain between two classes
SIMILAR_ENTROPY = 0.05  # nats: mean entropies that differ by less are called similar
NO_SPREAD = 1e-14  # relative: differences that vary by less are constant, up to rounding


@dataclass(frozen=True)
class Equivalence:
    """TOST of the mean paired difference (first model minus second): is it within plus or minus the margin?

    Attributes:
        margin: equivalence margin in nats.
        difference: mean difference in nats.
        interval: its 90 % interval (1 - 2 LEVEL) in nats; it lies within the margin exactly if p < LEVEL.
        p: the larger of the two one-sided p values.
    """

    margin: float
    difference: float
    interval: tuple[float, float]
    p: float

    @property
    def equivalent(self) -> bool:
        """True if the means are equivalent within the margin."""
        return self.p < LEVEL

    @property
    def outside_margin(self) -> bool:
        """True if the whole interval lies outside the margin: the means differ by more than that."""
        return self.interval[0] > self.margin or self.interval[1] < -self.margin

    @property
    def description(self) -> str:
        """p value and interval, as a part of a sentence."""
        low, high = self.interval
        return f"TOST {_p(self.p)}, 90 % interval of the mean difference {low:.2f} to {high:.2f}"


@dataclass(frozen=True)
class Comparison:
    """Entropies of the same samples under two models.

    Attributes:
        names: names of the models.
        n: number of samples.
        differing: samples whose two entropies differ.
        means: mean entropies in nats.
        wasserstein: Wasserstein distance of the two distributions in nats.
        ks: Kolmogorov-Smirnov distance, the largest difference of the distribution functions, 0..1.
        p: two-sided p value of the paired Wilcoxon signed-rank test over the differing samples; None if there are none.
        equivalence: result of TOST; None for fewer than FEWEST samples.
    """

    names: tuple[str, str]
    n: int
    differing: int
    means: tuple[float, float]
    wasserstein: float
    ks: float
    p: float | None
    equivalence: Equivalence | None

    @property
    def sentence(self) -> str:
        """The result in words, with all numbers."""
        first, second = self.names
        samples = f"n = {counted(self.n)}"
        if self.p is None:
            return f"The entropies under {first} and {second} are identical ({samples})."
        means = f"mean {self.means[0]:.2f} against {self.means[1]:.2f} nats"
        if self.differing < FEWEST or self.equivalence is None:
            return f"Too few samples to detect a difference between {first} and {second} ({samples}, {means})."
        numbers = (
            f"{samples}, {means}, Wasserstein distance {self.wasserstein:.2f} nats, KS distance {self.ks:.2f}, "
            f"paired Wilcoxon {_p(self.p)}"
        )
        within, test = f"within ±{self.equivalence.margin:.2f} nats", self.equivalence.description
        if self.p < LEVEL:
            differ = f"The entropies under {first} and {second} differ significantly ({numbers})"
            if self.equivalence.equivalent:
                return f"{differ}, but their means are equivalent {within} ({test})."
            return f"{differ}. It is not shown that their means are equivalent {within} ({test})."
        similar = (
            f"No significant difference between {first} and {second} ({numbers}). This does not show that they are"
        )
        if self.equivalence.equivalent:
            return f"{similar} equal, but their means are equivalent {within} ({test})."
        return f"{similar} equal, and it is not shown that their means are equivalent {within} ({test})."


def compare_entropies(
    a: Any, b: Any, names: tuple[str, str] = ("unlearned", "retrained"), margin: float = MARGIN
) -> Comparison:
    """Compare the entropies of the same samples under two models.

    Samples whose entropies do not differ are left out of the Wilcoxon test, as Wilcoxon proposed. Its p value is exact
    for few samples.

    Args:
        a: entropies under the first model in nats, (n,).
        b: entropies under the second model in nats, (n,), samples in the same order.
        names: names of the models, for the sentence.
        margin: equivalence margin of TOST in nats.

    Raises:
        InputError: if the lengths differ, there are no samples, a value is not finite, or the margin is not above 0.
    """
    first, second = (np.asarray(values, dtype=np.float64) for values in (a, b))
    if first.shape != second.shape or first.ndim != 1:
        raise InputError(f"Entropies of the same samples have one shape (n,), not {first.shape} and {second.shape}.")
    if not len(first):
        raise InputError("There are no entropies to compare: at least one sample is needed.")
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise InputError("An entropy is not a finite number, so these models cannot be compared.")
    if not margin > 0:
        raise InputError(f"The margin of an equivalence test is a number of nats above 0, not {margin!r}.")
    differences = (first - second)[first != second]
    return Comparison(
        names=names,
        n=len(first),
        differing=len(differences),
        means=(float(first.mean()), float(second.mean())),
        wasserstein=float(wasserstein_distance(first, second)),
        ks=_ks_distance(first, second),
        p=float(wilcoxon(differences).pvalue) if len(differences) else None,
        equivalence=None if len(first) < FEWEST else _tost(first - second, margin),
    )


def _ks_distance(first: np.ndarray, second: np.ndarray) -> float:
    """Kolmogorov-Smirnov distance, without its p value, which holds for unpaired samples."""
    method = "asymp" if len(first) > 1 else "exact"  # only p depends on it; elsewhere scipy warns about that p
    return float(ks_2samp(first, second, method=method).statistic)


def _tost(differences: np.ndarray, margin: float) -> Equivalence:
    """Two one-sided t tests of paired differences (n,): mean > -margin and mean < margin."""
    mean = float(differences.mean())
    if np.ptp(differences) <= NO_SPREAD * abs(mean):  # zero variance, where scipy warns and its t is infinite or NaN
        return Equivalence(margin, mean, (mean, mean), 0.0 if abs(mean) < margin else 1.0)
    above = ttest_1samp(differences, -margin, alternative="greater")
    below = ttest_1samp(differences, margin, alternative="less")
    low, high = ttest_1samp(differences, 0.0).confidence_interval(1 - 2 * LEVEL)
    return Equivalence(margin, mean, (float(low), float(high)), float(max(above.pvalue, below.pvalue)))


def _p(value: float) -> str:
    return "p < .001" if value < 0.001 else f"p = {value:.3f}"

"""The entropies of the same samples under two models: are they found to differ, are they shown to match, how far apart?

The paper compares unlearned with retrained on D_f by a paired Wilcoxon test. A test that finds nothing does not show
that two models are equal: for that stands TOST, two one-sided paired t tests (Schuirmann 1987) of whether the mean
difference lies within a margin that is named beforehand. The distances of the two distributions, Wasserstein and
Kolmogorov-Smirnov, need no test; and the sentence says no more than the numbers do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import t, wasserstein_distance, wilcoxon

from explorer.settings import InputError
from explorer.words import counted

LEVEL = 0.05
FEWEST = 6  # paired differences; with fewer the exact two-sided p cannot fall below .05, whatever they are
MARGIN = 0.1  # nats: the entropy of an answer that is 98 % sure of one of two classes, where a certain one has 0
SIMILAR_ENTROPY = 0.05  # nats: mean entropies that differ by less are called similar


@dataclass(frozen=True)
class Equivalence:
    """TOST of the mean paired difference (first model minus second) in nats: is it within plus or minus `margin`?

    p: the larger of the two one-sided; interval: the one of 1 - 2 LEVEL = 90 %, which lies within the margin exactly
    where p < LEVEL.
    """

    margin: float
    difference: float
    interval: tuple[float, float]
    p: float

    @property
    def shown(self) -> bool:
        """Whether the means are equivalent within the margin."""
        return self.p < LEVEL

    @property
    def refuted(self) -> bool:
        """Whether the whole interval lies outside the margin: these means are further apart than that."""
        return self.interval[0] > self.margin or self.interval[1] < -self.margin

    @property
    def words(self) -> str:
        """The numbers as they stand in a sentence."""
        low, high = self.interval
        return f"TOST {_p(self.p)}, 90 % interval of the mean difference {low:.2f} to {high:.2f}"


@dataclass(frozen=True)
class Comparison:
    """Entropies of n samples under two models.

    names: of the models; means and wasserstein (distance of the two distributions) in nats; ks: the largest distance of
    their distribution functions, 0..1; p: two-sided, of the paired Wilcoxon signed-rank test over the `differing`
    samples, None where no sample differs and there is nothing to rank; equivalence: None below FEWEST samples.
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
        """What was found, in words that do not claim more than it."""
        first, second = self.names
        samples = f"n = {counted(self.n)}"
        if self.p is None:
            return f"The entropies under {first} and {second} are the same to the last digit in {samples}."
        means = f"mean {self.means[0]:.2f} against {self.means[1]:.2f} nats"
        if self.differing < FEWEST or self.equivalence is None:
            return f"Too few samples to find any difference between {first} and {second} ({samples}, {means})."
        found = f"{samples}, {means}, Wasserstein distance {self.wasserstein:.2f} nats, KS distance {self.ks:.2f}"
        found, within = f"{found}, paired Wilcoxon {_p(self.p)}", f"±{self.equivalence.margin:.2f} nats"
        test = self.equivalence.words
        if self.p < LEVEL:
            differ = f"The entropies under {first} and {second} differ ({found})"
            if self.equivalence.shown:
                return f"{differ}, yet on average by little: their means are equivalent within {within} ({test})."
            return f"{differ}; that their means are equivalent within {within} is not shown ({test})."
        nothing = f"No difference between {first} and {second} was found ({found}); that does not show"
        if self.equivalence.shown:
            return f"{nothing} that they are equal, but their means are equivalent within {within} ({test})."
        return f"{nothing} that they are equal, nor are their means shown to be equivalent within {within} ({test})."


def compare_entropies(
    a: Any, b: Any, names: tuple[str, str] = ("unlearned", "retrained"), margin: float = MARGIN
) -> Comparison:
    """Compare entropies a and b (n,) in nats of the same samples, in the same order, under two models.

    Samples that do not differ carry no sign and are dropped from the test, as Wilcoxon did; p is exact for few samples.
    Raises InputError for lengths that differ, no samples, values that are not finite, or a margin that is not above 0.
    """
    first, second = (np.asarray(values, dtype=np.float64) for values in (a, b))
    if first.shape != second.shape or first.ndim != 1:
        raise InputError(f"The same samples are compared under two models, not {first.shape} against {second.shape}.")
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
        ks=_largest_step(first, second),
        p=float(wilcoxon(differences).pvalue) if len(differences) else None,
        equivalence=None if len(first) < FEWEST else _equivalence(first - second, margin),
    )


def _equivalence(differences: np.ndarray, margin: float) -> Equivalence:
    mean, freedom = float(differences.mean()), len(differences) - 1
    error = float(differences.std(ddof=1)) / np.sqrt(len(differences))
    half = float(t.ppf(1 - LEVEL, freedom)) * error
    with np.errstate(divide="ignore", invalid="ignore"):  # without spread: infinite, or 0 / 0 at the edge
        distances = np.array([margin + mean, margin - mean]) / error
    p = float(np.nan_to_num(t.sf(distances, freedom), nan=1.0).max())
    return Equivalence(margin, mean, (mean - half, mean + half), p)


def _largest_step(first: np.ndarray, second: np.ndarray) -> float:
    """The Kolmogorov-Smirnov distance; scipy's would find a p for it too, which says nothing of paired samples."""
    both = np.concatenate([first, second])
    below = (np.searchsorted(np.sort(values), both, "right") / len(values) for values in (first, second))
    return float(np.abs(np.subtract(*below)).max())


def _p(value: float) -> str:
    return "p < .001" if value < 0.001 else f"p = {value:.3f}"

"""The entropies of the same samples under two models: are they found to differ (paired Wilcoxon test), and by how much?

The paper compares unlearned with retrained on D_f this way. A test that finds nothing does not show that two models are
equal, so the distance stands beside it, and the sentence says no more than the numbers do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import wasserstein_distance, wilcoxon

from explorer.settings import InputError

LEVEL = 0.05
FEWEST = 6  # paired differences; with fewer the exact two-sided p cannot fall below .05, whatever they are


@dataclass(frozen=True)
class Comparison:
    """Entropies of n samples under two models.

    names: of the models; means and wasserstein (distance of the two distributions) in nats; p: two-sided, of the paired
    Wilcoxon signed-rank test over the `differing` samples, None where no sample differs and there is nothing to rank.
    """

    names: tuple[str, str]
    n: int
    differing: int
    means: tuple[float, float]
    wasserstein: float
    p: float | None

    @property
    def sentence(self) -> str:
        """What was found, in words that do not claim more than it."""
        first, second = self.names
        samples = f"n = {self.n} sample{'' if self.n == 1 else 's'}"
        if self.p is None:
            return f"The entropies under {first} and {second} are the same to the last digit in {samples}."
        means = f"mean {self.means[0]:.2f} against {self.means[1]:.2f} nats"
        test = f"paired Wilcoxon p {'< .001' if self.p < 0.001 else f'= {self.p:.3f}'}"
        if self.differing < FEWEST:
            return f"Too few samples to find any difference between {first} and {second} ({samples}, {means})."
        if self.p < LEVEL:
            return f"The entropies under {first} and {second} differ ({samples}, {means}, {test})."
        return (
            f"No difference between {first} and {second} was found in {samples} ({means}, {test}); "
            "that does not show that they are equal."
        )


def compare_entropies(a: Any, b: Any, names: tuple[str, str] = ("unlearned", "retrained")) -> Comparison:
    """Compare entropies a and b (n,) in nats of the same samples, in the same order, under two models.

    Samples that do not differ carry no sign and are dropped from the test, as Wilcoxon did; p is exact for few samples.
    Raises InputError for lengths that differ, no samples, or values that are not finite.
    """
    first, second = (np.asarray(values, dtype=np.float64) for values in (a, b))
    if first.shape != second.shape or first.ndim != 1:
        raise InputError(f"The same samples are compared under two models, not {first.shape} against {second.shape}.")
    if not len(first):
        raise InputError("There are no entropies to compare: at least one sample is needed.")
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise InputError("An entropy is not a finite number, so these models cannot be compared.")
    differences = (first - second)[first != second]
    return Comparison(
        names=names,
        n=len(first),
        differing=len(differences),
        means=(float(first.mean()), float(second.mean())),
        wasserstein=float(wasserstein_distance(first, second)),
        p=float(wilcoxon(differences).pvalue) if len(differences) else None,
    )

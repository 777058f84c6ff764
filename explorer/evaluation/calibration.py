"""Is a model right as often as it says? Reliability diagram and expected calibration error (Guo et al. 2017)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from explorer.evaluation.predictions import probabilities
from explorer.settings import InputError

BINS = 15  # as in Guo et al.


@dataclass(frozen=True, eq=False)
class Calibration:
    """Samples in bins of equal width by confidence, the largest probability of each: arrays (bins,).

    counts: samples in each; confidence and accuracy: their mean in it, NaN where it is empty.
    """

    counts: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray

    @property
    def n(self) -> int:
        """How many samples there are."""
        return int(self.counts.sum())

    @property
    def error(self) -> float:
        """ECE = sum over bins of |B| / n |accuracy(B) - confidence(B)|, a share."""
        held = self.counts > 0
        gaps = np.abs(self.accuracy[held] - self.confidence[held])
        return float((self.counts[held] * gaps).sum() / self.n)

    @property
    def lean(self) -> float:
        """Mean confidence minus accuracy: above 0 the model says more than it keeps."""
        held = self.counts > 0
        return float((self.counts[held] * (self.confidence[held] - self.accuracy[held])).sum() / self.n)


def calibration(logits: Tensor, y: Tensor, bins: int = BINS) -> Calibration:
    """Calibration of logits (n, classes) against the labels y (n,).

    Raises InputError where there are no samples, an output is not finite, or there is no bin.
    """
    if bins < 1:
        raise InputError(f"A reliability diagram has at least 1 bin, not {bins}.")
    if not len(y):
        raise InputError("There are no samples to calibrate on.")
    if not logits.isfinite().all():
        raise InputError("An output is not a finite number, so there is no calibration of this model.")
    surest = probabilities(logits).max(1)
    confidence, right = surest.values.numpy(), (surest.indices == y).double().numpy()
    at = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)  # bins are open on the left
    counts = np.bincount(at, minlength=bins)
    means = [
        np.divide(np.bincount(at, values, bins), counts, out=np.full(bins, np.nan), where=counts > 0)
        for values in (confidence, right)
    ]
    return Calibration(counts, *means)

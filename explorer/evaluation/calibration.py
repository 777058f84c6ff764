"""Reliability diagram and expected calibration error (Guo et al. 2017): does confidence match accuracy?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from explorer.evaluation.predictions import probabilities
from explorer.settings import InputError

BINS = 15  # as in Guo et al.


@dataclass(frozen=True, eq=False)
class Calibration:
    """Samples in bins of equal width by confidence (the largest probability of a sample).

    Attributes:
        counts: samples in each bin, (bins,).
        confidence: mean confidence in each bin, (bins,); NaN in an empty bin.
        accuracy: accuracy in each bin, (bins,); NaN in an empty bin.
    """

    counts: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray

    @property
    def n(self) -> int:
        """Number of samples."""
        return int(self.counts.sum())

    @property
    def error(self) -> float:
        """ECE = sum over bins of |B| / n |accuracy(B) - confidence(B)|, a share."""
        filled = self.counts > 0
        gaps = np.abs(self.accuracy[filled] - self.confidence[filled])
        return float((self.counts[filled] * gaps).sum() / self.n)

    @property
    def overconfidence(self) -> float:
        """Mean confidence minus accuracy, a share: above 0 the model is overconfident, below 0 underconfident."""
        filled = self.counts > 0
        return float((self.counts[filled] * (self.confidence[filled] - self.accuracy[filled])).sum() / self.n)


def calibration(logits: Tensor, y: Tensor, bins: int = BINS) -> Calibration:
    """Calibration of a model on labelled samples.

    Args:
        logits: outputs of the model, (n, classes).
        y: labels, (n,).
        bins: number of bins of confidence.

    Raises:
        InputError: if there are no samples, a logit is not finite, or `bins` is below 1.
    """
    if bins < 1:
        raise InputError(f"A reliability diagram has at least 1 bin, not {bins}.")
    if not len(y):
        raise InputError("Calibration needs at least one sample, and there are no samples.")
    if not logits.isfinite().all():
        raise InputError("An output is not a finite number, so this model has no calibration.")
    largest = probabilities(logits).max(1)
    confidence, correct = largest.values.numpy(), (largest.indices == y).double().numpy()
    index = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)  # bins are open on the left
    counts = np.bincount(index, minlength=bins)
    means = [
        np.divide(np.bincount(index, values, bins), counts, out=np.full(bins, np.nan), where=counts > 0)
        for values in (confidence, correct)
    ]
    return Calibration(counts, *means)

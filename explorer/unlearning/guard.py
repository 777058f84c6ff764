"""Collapse guard: detects, without retained samples, that a model no longer distinguishes its inputs.

The guard feeds noise to the model and compares its predictions with those of the original. Noise needs no data, so a
zero-shot method stays zero-shot. The threshold (`Rule.guard`) was set by looking at runs that were driven into a
collapse. The agreement is a warning sign, not a measure of retained accuracy.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from explorer.data import Split
from explorer.evaluation.predictions import logits
from explorer.geometry.noise import gaussian_noise, smooth_noise
from explorer.settings import Shape

PROBES = 256


class Guard:
    """Predictions of the original model on noise inputs, to compare later models with.

    Args:
        original: network before unlearning.
        forget: D_f, whose classes are not tracked.

    Attributes:
        probes: noise inputs, (PROBES, *shape).
        predictions: class that the original predicts for each of them, (PROBES,).
        tracked: predicted classes that are not in D_f; all predicted classes if there are no others.
    """

    def __init__(self, original: nn.Module, forget: Split) -> None:
        self.probes = probes(tuple(forget.x.shape[1:]))
        self.predictions = logits(original, self.probes).argmax(1)
        classes = self.predictions.unique()
        retained = classes[~torch.isin(classes, forget.y.cpu())]
        self.tracked = retained if len(retained) else classes

    def agreement(self, network: nn.Module) -> float:
        """Share of noise inputs, 0..1, on which a network predicts the class that the original predicted.

        Averaged per tracked class: a model that always predicts one class scores 1 / classes, however common that
        class is.
        """
        same = (logits(network, self.probes).argmax(1) == self.predictions).double()
        return float(torch.stack([same[self.predictions == label].mean() for label in self.tracked]).mean())


def probes(shape: Shape) -> Tensor:
    """Noise inputs (PROBES, *shape), always the same: white noise; for pictures, half of it is smooth instead."""
    generator = torch.Generator().manual_seed(0)
    if len(shape) != 3:
        return gaussian_noise((PROBES, *shape), 1.5, generator)  # wide enough to surround points of a plane
    half = (PROBES // 2, *shape)
    width = 2 * round(0.14 * shape[-1]) + 1
    return torch.cat([smooth_noise(half, 1.0, width, generator), gaussian_noise(half, 1.0, generator)])

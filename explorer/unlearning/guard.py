"""The collapse guard: notice, without any retained sample, that a model no longer tells inputs apart.

It shows the model noise and compares what it calls each draw with what the original called it. Noise costs nothing
and needs no data, so a zero-shot method stays zero-shot. How little agreement counts as a collapse is a choice
(`Rule.guard`), made by looking at runs that were driven into one; it is a sign, not a measure of retained accuracy.
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
    """What the original calls `PROBES` draws of noise; those that it calls a forgotten class are left out."""

    def __init__(self, original: nn.Module, forget: Split) -> None:
        self.probes = probes(tuple(forget.x.shape[1:]))
        self.names = logits(original, self.probes).argmax(1)
        called = self.names.unique()
        kept = called[~torch.isin(called, forget.y.cpu())]
        self.tracked = kept if len(kept) else called

    def agreement(self, network: nn.Module) -> float:
        """Share of draws, 0..1, that the network still calls what the original called them.

        The mean over the watched classes, so that falling onto one of them, however common, leaves 1 / their number.
        """
        same = (logits(network, self.probes).argmax(1) == self.names).double()
        return float(torch.stack([same[self.names == name].mean() for name in self.tracked]).mean())


def probes(shape: Shape) -> Tensor:
    """Noise inputs of this shape: on the plane spread around the data, of pictures half of it fine, half blotchy."""
    generator = torch.Generator().manual_seed(0)
    if len(shape) != 3:
        return gaussian_noise((PROBES, *shape), 1.5, generator)
    half = (PROBES // 2, *shape)
    width = 2 * round(0.14 * shape[-1]) + 1
    return torch.cat([smooth_noise(half, 1.0, width, generator), gaussian_noise(half, 1.0, generator)])

"""Data sets D = {(x, y)}, their training and test splits, standardisation, and conversion of inputs to pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Split:
    """Samples with labels.

    Attributes:
        x: inputs, float32 (n, *shape), standardised.
        y: classes, int64 (n,).
        fine: sub-classes, int64 (n,); None for data sets without sub-classes.
    """

    x: Tensor
    y: Tensor
    fine: Tensor | None = None

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, index: Any) -> Split:
        """The samples selected by an index tensor, mask or slice, as a Split."""
        return Split(self.x[index], self.y[index], None if self.fine is None else self.fine[index])


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set with its splits and class names. Shared between users: do not write into its tensors.

    Distances, radii and sigma are in standardised units, because the inputs are standardised per channel.

    Attributes:
        code: canonical name with options, such as "moons:n=200".
        kind: "plane" for two coordinates, or "image".
        title: name shown on pages.
        train: training samples.
        test: test samples.
        classes: names of the classes, indexed by `Split.y`.
        mean: mean per channel of the training inputs before standardisation.
        deviation: standard deviation per channel of the training inputs before standardisation.
        subclasses: names of the sub-classes, indexed by `Split.fine`; may be empty.
    """

    code: str
    kind: Literal["plane", "image"]
    title: str
    train: Split
    test: Split
    classes: tuple[str, ...]
    mean: Tensor
    deviation: Tensor
    subclasses: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one input, without the sample axis."""
        return tuple(self.train.x.shape[1:])

    def original(self, x: Tensor) -> Tensor:
        """Inputs (n, *shape) in their original units: coordinates of planes, brightness 0 to 1 of images."""
        return x * self.deviation + self.mean

    def picture(self, x: Tensor) -> np.ndarray:
        """Pictures of inputs (n, channels, h, w): uint8 (n, h, w) for one channel, else (n, h, w, 3)."""
        pixels = (self.original(x).clamp(0, 1) * 255).round().to(torch.uint8).movedim(1, -1).numpy()
        return pixels[..., 0] if pixels.shape[-1] == 1 else pixels


def standardise(train: Tensor, test: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Inputs standardised to mean 0 and standard deviation 1 per channel of the training inputs.

    Args:
        train: training inputs, (n, channels, ...).
        test: test inputs, (m, channels, ...).

    Returns:
        Standardised training inputs and test inputs, and the mean and the standard deviation, each (channels, 1, ...).
    """
    axes = [0, *range(2, train.ndim)]
    mean = train.mean(axes, keepdim=True)
    deviation = train.std(axes, keepdim=True)
    return (train - mean) / deviation, (test - mean) / deviation, mean[0], deviation[0]

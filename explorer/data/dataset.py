"""D = {(x, y)}: a data set, its split into training and test samples, and how an input becomes a picture again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Split:
    """Samples with labels.

    x: float32 (n, *shape), standardised; y: int64 (n,), the class that a model predicts; fine: int64 (n,) or None, the
    sub-class within that class.
    """

    x: Tensor
    y: Tensor
    fine: Tensor | None = None

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, chosen: Any) -> Split:
        """The samples that an index tensor, mask or slice chooses, as a Split."""
        return Split(self.x[chosen], self.y[chosen], None if self.fine is None else self.fine[chosen])


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set as one story uses it; shared between users, so nothing may write into its tensors.

    code names it and its options ("moons:n=200"); kind is "plane" (two coordinates) or "image"; classes are what a
    model predicts, subclasses (maybe none) what `Split.fine` counts. Inputs are standardised with mean and deviation,
    one each a channel, so distances, radii and sigma share these units.
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
        """The shape of one input, without the sample axis."""
        return tuple(self.train.x.shape[1:])

    def original(self, x: Tensor) -> Tensor:
        """Inputs in the units that they were measured in; planes: coordinates, images: brightness 0 to 1."""
        return x * self.deviation + self.mean

    def picture(self, x: Tensor) -> np.ndarray:
        """Images of inputs (n, channels, h, w): uint8 (n, h, w) for one channel, else (n, h, w, 3)."""
        shown = (self.original(x).clamp(0, 1) * 255).round().to(torch.uint8).movedim(1, -1).numpy()
        return shown[..., 0] if shown.shape[-1] == 1 else shown


def standardise(train: Tensor, test: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Training and test inputs, with mean 0 and deviation 1 per channel of training; then that mean and deviation."""
    axes = [0, *range(2, train.ndim)]
    mean = train.mean(axes, keepdim=True)
    deviation = train.std(axes, keepdim=True)
    return (train - mean) / deviation, (test - mean) / deviation, mean[0], deviation[0]

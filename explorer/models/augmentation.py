"""Data augmentation: random shifts and horizontal flips of training pictures."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

Augmentation = Literal["none", "shifts", "shifts-and-flips"]


def augment(x: Tensor, augmentation: Augmentation, generator: torch.Generator) -> Tensor:
    """Randomly shifted and flipped copies of pictures.

    A shift is at most an eighth of the width, in both directions. Pixels from outside the picture are 0, the mean of
    standardised pictures. A flip has probability 1/2.

    Args:
        x: pictures, (n, channels, height, width).
        augmentation: "none" returns x itself.
        generator: a CPU generator.

    Returns:
        Pictures of the shape of x, on its device.
    """
    if augmentation == "none":
        return x
    n, _, height, width = x.shape
    reach = max(1, width // 8)
    down, right = (torch.randint(2 * reach + 1, (n, 1), generator=generator) for _ in range(2))
    columns = torch.arange(width).expand(n, width)
    if augmentation == "shifts-and-flips":
        mirrored = torch.rand((n, 1), generator=generator) < 0.5
        columns = torch.where(mirrored, columns.flip(1), columns)
    rows, columns = (torch.arange(height) + down).to(x.device), (columns + right).to(x.device)
    padded = torch.nn.functional.pad(x, (reach,) * 4)
    picture = torch.arange(n, device=x.device)
    # Indexing with three tensors is simplest when the channels are the last axis.
    return padded.movedim(1, -1)[picture[:, None, None], rows[:, :, None], columns[:, None, :]].movedim(-1, 1)

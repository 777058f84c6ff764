"""Augmentation: pictures shifted and mirrored at random while training, so that a network meets each in many places."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

Augmentation = Literal["none", "shifts", "shifts-and-flips"]


def augmented(x: Tensor, how: Augmentation, generator: torch.Generator) -> Tensor:
    """Pictures x (n, channels, h, w), each moved by up to an eighth of its side and, if asked, mirrored half the time.

    What comes in from outside is 0, the mean of the training pictures. Draws are made on the CPU.
    """
    if how == "none":
        return x
    n, _, height, width = x.shape
    reach = max(1, width // 8)
    down, right = (torch.randint(2 * reach + 1, (n, 1), generator=generator) for _ in range(2))
    columns = torch.arange(width).expand(n, width)
    if how == "shifts-and-flips":
        mirrored = torch.rand((n, 1), generator=generator) < 0.5
        columns = torch.where(mirrored, columns.flip(1), columns)
    rows, columns = (torch.arange(height) + down).to(x.device), (columns + right).to(x.device)
    wide = torch.nn.functional.pad(x, (reach,) * 4)
    picture = torch.arange(n, device=x.device)
    # The indexed axes come first, the channels last.
    return wide.movedim(1, -1)[picture[:, None, None], rows[:, :, None], columns[:, None, :]].movedim(-1, 1)

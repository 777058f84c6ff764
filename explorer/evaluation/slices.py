"""A decision-boundary slice: what a model says of every point of a plane, on a grid that several models share.

Where inputs are points of a plane, it is that plane. Through the space of pictures goes the plane of three samples,
x_0 + s (x_1 - x_0) + t (x_2 - x_0), drawn so that the three are the corners of a triangle of equal sides: these
coordinates are affine, and their lengths are not those of input space.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from explorer.data import Split
from explorer.evaluation.predictions import logits, probabilities
from explorer.settings import InputError

CORNERS = np.array([[0, 0], [1, 0], [0.5, 0.75**0.5]], dtype=np.float32)
"""Where three samples stand on the slice through them, (3, 2)."""
FLAT = 1e-3  # sine of the least angle between the sides of three samples at the first that still span a plane


class PlaneGrid(NamedTuple):
    """The grid's lines, float32 xs (w,) and ys (h,), and the inputs there (h * w, *shape), row by row, lowest y first.

    xs and ys have one length where the grid is that of `plane_grid`.
    """

    xs: np.ndarray
    ys: np.ndarray
    points: Tensor


def plane_grid(split: Split, size: int = 100, margin: float = 0.15) -> PlaneGrid:
    """size x size points over the extent of a plane's samples, widened on every side by `margin` times that extent.

    Raises InputError for samples that are not points of a plane, and for a size below 2.
    """
    if split.x.ndim != 2 or split.x.shape[1] != 2 or not len(split):
        raise InputError("A boundary slice needs samples with two coordinates each.")
    if size < 2:
        raise InputError(f"A grid has at least 2 lines a side, not {size}.")
    low, high = split.x.min(0).values, split.x.max(0).values
    extent = torch.where(high > low, high - low, 1.0)
    xs, ys = (
        torch.linspace(start, end, size)
        for start, end in zip((low - margin * extent).tolist(), (high + margin * extent).tolist(), strict=True)
    )
    return PlaneGrid(xs.numpy(), ys.numpy(), torch.cartesian_prod(ys, xs).flip(1))


def grid_through(samples: Tensor, size: int = 60, margin: float = 0.34) -> PlaneGrid:
    """The plane through three samples (3, *shape), which stand at `CORNERS`, and a margin on every side of them.

    size: lines across; as many along as leave the cells square, which is 56 for 60. Raises InputError where the three
    lie on one line, or are not three.
    """
    if len(samples) != 3:
        raise InputError(f"A slice goes through three samples, not {len(samples)}.")
    if size < 2:
        raise InputError(f"A grid has at least 2 lines a side, not {size}.")
    flat = samples.flatten(1).double()
    sides = flat[1:] - flat[0]
    lengths = sides.norm(dim=1)
    area = (lengths.square().prod() - (sides[0] @ sides[1]).square()).clamp(min=0).sqrt()
    if not area > FLAT * lengths.prod() or not area > 0:
        raise InputError("These three samples lie on one line, or two are the same picture: choose three that differ.")
    (left, bottom), (right, top) = CORNERS.min(0) - margin, CORNERS.max(0) + margin
    xs = np.linspace(left, right, size, dtype=np.float32)
    ys = np.linspace(bottom, top, max(2, round(size * float((top - bottom) / (right - left)))), dtype=np.float32)
    across, along = np.meshgrid(xs, ys)
    t = along / CORNERS[2, 1]
    weights = torch.from_numpy(np.stack([across - t * CORNERS[2, 0], t], -1).reshape(-1, 2))
    points = flat[0].float() + weights @ sides.float()
    return PlaneGrid(xs, ys, points.view(-1, *samples.shape[1:]))


def telling_corners(split: Split, sample: int) -> tuple[int, int, int]:
    """A sample, its nearest of the same class and its nearest of another, in input space; equal inputs do not count.

    Where its class has no other, the two nearest of other classes. Raises InputError where there are not three inputs.
    """
    own = split.x[[sample]].flatten(1)
    parts = (part.flatten(1) for part in split.x.split(1024))  # large sets are large only all together
    far = torch.cat([torch.where((part == own).all(1), torch.inf, (part - own).norm(dim=1)) for part in parts])
    same = split.y == split.y[sample]
    found: list[int] = []
    for allowed in (same, ~same, torch.ones_like(same)):
        distances = far.masked_fill(~allowed, torch.inf)
        distances[found] = torch.inf
        if len(found) < 2 and distances.isfinite().any():
            found.append(int(distances.argmin()))
    if len(found) < 2:
        raise InputError("A slice needs three samples that differ, and this set does not have them.")
    return sample, found[0], found[1]


def boundary_slice(net: nn.Module, grid: PlaneGrid) -> np.ndarray:
    """softmax f at every point of the grid: float32 (size, size, classes), first axis along ys, second along xs."""
    found = probabilities(logits(net, grid.points)).float()
    return found.reshape(len(grid.ys), len(grid.xs), -1).numpy()


def disagreement(a: np.ndarray, b: np.ndarray) -> float:
    """Share of the plane that changes side: where the classes that two slices (h, w, classes) predict differ."""
    if a.shape != b.shape:
        raise InputError(f"Slices of one grid are compared, not {a.shape} with {b.shape}.")
    return float((a.argmax(-1) != b.argmax(-1)).mean())

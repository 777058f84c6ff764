"""Decision-boundary slices: predictions of a model on a grid in a plane; several models share one grid.

For 2-D inputs the plane is the input space. For pictures it is the plane through three samples,
x_0 + s (x_1 - x_0) + t (x_2 - x_0), drawn with the samples at the corners of an equilateral triangle. These coordinates
are affine: lengths in the slice are not lengths in input space.
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
"""Coordinates of the three samples in the slice through them, (3, 2)."""
FLAT = 1e-3  # sine of the smallest angle at the first of three samples that still span a plane


class PlaneGrid(NamedTuple):
    """A grid in a plane; w = h for `plane_grid`.

    Attributes:
        xs: x coordinates of the columns, float32 (w,).
        ys: y coordinates of the rows, float32 (h,), increasing.
        points: inputs at the grid points, (h * w, *shape), row by row, lowest y first.
    """

    xs: np.ndarray
    ys: np.ndarray
    points: Tensor


def plane_grid(split: Split, size: int = 100, margin: float = 0.15) -> PlaneGrid:
    """Grid over 2-D samples.

    Args:
        split: samples, (n, 2).
        size: number of rows and of columns.
        margin: width added on every side, as a share of the samples' extent.

    Raises:
        InputError: if samples are not 2-D or the size is below 2.
    """
    if split.x.ndim != 2 or split.x.shape[1] != 2 or not len(split):
        raise InputError("A boundary slice of the input space needs samples with two coordinates each.")
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
    """Grid in the plane through three samples, with the samples at `CORNERS`.

    Args:
        samples: (3, *shape).
        size: number of columns; the number of rows makes the cells square (56 for 60 columns).
        margin: width added on every side, in units of the triangle's side.

    Raises:
        InputError: if there are not three samples, or they lie on one line.
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
        raise InputError("These three samples lie on one line, or two are identical: select three different samples.")
    (left, bottom), (right, top) = CORNERS.min(0) - margin, CORNERS.max(0) + margin
    xs = np.linspace(left, right, size, dtype=np.float32)
    ys = np.linspace(bottom, top, max(2, round(size * float((top - bottom) / (right - left)))), dtype=np.float32)
    across, along = np.meshgrid(xs, ys)
    t = along / CORNERS[2, 1]
    weights = torch.from_numpy(np.stack([across - t * CORNERS[2, 0], t], -1).reshape(-1, 2))
    points = flat[0].float() + weights @ sides.float()
    return PlaneGrid(xs, ys, points.view(-1, *samples.shape[1:]))


def nearest_corners(split: Split, sample: int) -> tuple[int, int, int]:
    """Corners of a slice: a sample, its nearest neighbour of the same class and its nearest of another class.

    Distances are Euclidean in input space; neighbours identical to the sample are skipped. If one of the two does not
    exist, the next nearest sample of any class replaces it.

    Args:
        split: samples and labels.
        sample: position of the sample.

    Returns:
        Positions of the three samples.

    Raises:
        InputError: if there are fewer than three different inputs.
    """
    anchor = split.x[[sample]].flatten(1)
    parts = (part.flatten(1) for part in split.x.split(1024))  # in parts, which bounds memory for large sets
    all_distances = torch.cat(
        [torch.where((part == anchor).all(1), torch.inf, (part - anchor).norm(dim=1)) for part in parts]
    )
    same = split.y == split.y[sample]
    neighbours: list[int] = []
    for allowed in (same, ~same, torch.ones_like(same)):
        distances = all_distances.masked_fill(~allowed, torch.inf)
        distances[neighbours] = torch.inf
        if len(neighbours) < 2 and distances.isfinite().any():
            neighbours.append(int(distances.argmin()))
    if len(neighbours) < 2:
        raise InputError("A slice needs three different samples, and this data set has fewer.")
    return sample, neighbours[0], neighbours[1]


def boundary_slice(net: nn.Module, grid: PlaneGrid) -> np.ndarray:
    """Softmax output of a network at every point of the grid: float32 (h, w, classes), rows along ys."""
    outputs = probabilities(logits(net, grid.points)).float()
    return outputs.reshape(len(grid.ys), len(grid.xs), -1).numpy()


def disagreement(a: np.ndarray, b: np.ndarray) -> float:
    """Share of the plane, 0..1, on which the predictions of two slices (h, w, classes) differ.

    Raises:
        InputError: if the slices have different grids.
    """
    if a.shape != b.shape:
        raise InputError(f"Disagreement needs two slices of one grid, not of shapes {a.shape} and {b.shape}.")
    return float((a.argmax(-1) != b.argmax(-1)).mean())

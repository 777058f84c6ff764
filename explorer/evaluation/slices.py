"""A decision-boundary slice: what a model says of every point of a plane, on a grid that several models share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from explorer.data import Split
from explorer.evaluation.predictions import logits, probabilities
from explorer.settings import InputError


class PlaneGrid(NamedTuple):
    """xs and ys: float32 (size,), the grid's lines; points: float32 (size * size, 2), row by row from the lowest y."""

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


def boundary_slice(net: nn.Module, grid: PlaneGrid) -> np.ndarray:
    """softmax f at every point of the grid: float32 (size, size, classes), first axis along ys, second along xs."""
    found = probabilities(logits(net, grid.points)).float()
    return found.reshape(len(grid.ys), len(grid.xs), -1).numpy()


def disagreement(a: np.ndarray, b: np.ndarray) -> float:
    """Share of the plane that changes side: where the classes that two slices (h, w, classes) predict differ."""
    if a.shape != b.shape:
        raise InputError(f"Slices of one grid are compared, not {a.shape} with {b.shape}.")
    return float((a.argmax(-1) != b.argmax(-1)).mean())

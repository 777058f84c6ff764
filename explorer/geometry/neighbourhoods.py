"""Label homogeneity alpha(x) = |B_r(x)|^-1 sum_{z in B_r(x)} 1[c(z) = c(x)] (the paper's Definitions 4.1 and 4.2).

B_r(x) = {z : ||z - x|| <= r} is a closed ball, so it contains x. All radii are computed in one pass over pairs of
blocks of samples, each pair of blocks once. Each pair of samples is counted, for both samples, in the ring between two
radii that contains its distance (rings.py). Cumulative sums over the rings give the balls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from explorer.geometry.rings import Rings
from explorer.settings import InputError

BLOCK_SAMPLES = 1024  # per block: smaller products are slower, larger blocks waste half of each diagonal block
BLOCK_NUMBERS = 2**22  # numbers in a block, 16 MB in float32
MIN_BLOCK = 32  # samples in a block, also if these have more than BLOCK_NUMBERS
ORIGIN_SAMPLES = 256  # approximate number of samples whose mean is the origin
COMPILE_PAIRS = 2**24  # pairs from which compiling saves time
STRIP_BLOCKS = 8  # blocks whose centred copies stay in memory


class Neighbourhoods(NamedTuple):
    """Homogeneity and size of the balls; rows are samples (or queries), columns radii.

    Attributes:
        alpha: share of samples with the centre's label, float64; NaN for an empty ball.
        counts: number of samples, int64.
    """

    alpha: np.ndarray
    counts: np.ndarray


def neighbourhoods(
    x: Any,
    y: Any,
    radii: Any,
    queries: Any = None,
    query_labels: Any = None,
    progress: Callable[[float], None] | None = None,
) -> Neighbourhoods:
    """Homogeneity alpha(x) of every sample at several radii (Definition 4.1).

    Counts equal those of scikit-learn's radius_neighbors, including ties and the sample itself. With more than 1,024
    numbers per sample, pairs whose distance agrees with a radius within a relative 1e-5 may differ. Runs on the device
    of x; for many pairs on the CPU, numba compiles for some seconds first. Memory: 1.5 times the result and 400 MB.

    Args:
        x: samples, (n, *shape), tensor or array.
        y: labels, (n,).
        radii: increasing, (m,), in the units of x, or one number.
        queries: centres of the balls, (q, *shape), if not the samples themselves; their balls may be empty.
        query_labels: labels of the queries, (q,).
        progress: called after each pair of blocks with the share of the pairs that is done; may raise to stop.

    Returns:
        alpha and counts, each (n, m) or (q, m).

    Raises:
        InputError: if a radius is negative or NaN, radii do not increase, inputs are empty or not finite, or shapes do
            not match.

    Example:
        >>> alpha, counts = neighbourhoods(x, y, radii=[0.5, 1.0])
        >>> low_information(alpha[:, 1], tau=0.8)  # at radius 1.0
    """
    points, labels = _samples(x, y)
    if (queries is None) != (query_labels is None):
        raise InputError("Queries and their labels must be given together.")
    centres, centre_labels = (points, labels) if queries is None else _samples(queries, query_labels)
    if centres.shape[1] != points.shape[1]:
        raise InputError(
            f"Queries have {centres.shape[1]} numbers each and must have {points.shape[1]} like the samples."
        )
    centres, centre_labels = centres.to(points.device), centre_labels.to(points.device)
    grid = _grid(radii, points.device)

    origin = points[:: max(1, len(points) // ORIGIN_SAMPLES)].mean(0, dtype=torch.float64)
    reach = max(_reach(points, origin), _reach(centres, origin) if queries is not None else 0.0)
    symmetric = queries is None
    done, total = 0, len(points) * (len(points) + 1) // 2 if symmetric else len(centres) * len(points)
    compiled = points.is_cpu and total >= COMPILE_PAIRS
    ring_table = Rings(grid, origin, reach or 1.0, compiled)  # 1: all samples coincide
    slots = len(grid) + 1
    tally = torch.zeros(len(centres), 2 * slots, dtype=torch.int32, device=points.device)  # other, same label
    side = min(BLOCK_SAMPLES, max(MIN_BLOCK, BLOCK_NUMBERS // max(1, points.shape[1])))
    centre = lru_cache(STRIP_BLOCKS + 1)(lambda start: ring_table.block(centres[start : start + side]))
    point = centre if symmetric else lru_cache(1)(lambda start: ring_table.block(points[start : start + side]))
    count = _count_compiled if compiled else _count
    for row, column in _block_pairs(len(centres), len(points), side, symmetric):
        a, b, diagonal = centre(row), point(column), symmetric and row == column
        rows, columns = slice(row, row + side), slice(column, column + side)
        ring, mirrored = ring_table.between(a, b), symmetric and not diagonal
        count(ring, centre_labels[rows], labels[columns], tally[rows], tally[columns], mirrored)
        size = len(a.inputs)
        done += size * (size + 1) // 2 if diagonal else size * len(b.inputs)
        if progress is not None:
            progress(done / total)
    return _balls(tally.view(-1, 2, slots).cpu().numpy())


def low_information(alpha: np.ndarray, tau: float) -> np.ndarray:
    """Whether samples have low information, alpha >= tau (Definition 4.2); False for an empty ball (NaN).

    Args:
        alpha: homogeneity, any shape.
        tau: threshold from 0 to 1.

    Raises:
        InputError: if tau is out of range.
    """
    if not 0 <= tau <= 1:
        raise InputError(f"The threshold tau must be from 0 to 1, not {tau!r}.")
    return np.asarray(alpha) >= tau


def alone(counts: np.ndarray) -> np.ndarray:
    """Whether samples have no neighbours within r; alpha is 1 there without any evidence.

    Args:
        counts: samples within r, the sample itself included, int (n,) or (n, m).

    Returns:
        bool, of the same shape.
    """
    return np.asarray(counts) == 1


def radius_grid(
    x: Any, count: int = 100, queries: int = 256, seed: int = 0, progress: Callable[[float], None] | None = None
) -> np.ndarray:
    """Equally spaced radii for a slider, from nearly empty balls to balls with half of all pairs.

    The first radius is the 5 % quantile of the distance to the nearest other sample, the last one the median distance
    of a pair. From 0 to 1 if all samples coincide.

    Args:
        x: samples, (n, *shape).
        count: number of radii.
        queries: number of random samples whose distances to all samples are used.
        seed: seed of their selection.
        progress: called with the share of x that is done; may raise to stop.

    Returns:
        Radii, (count,), increasing.
    """
    points, _ = _samples(x, np.zeros(len(x), dtype=np.int64))
    selected = np.random.default_rng(seed).permutation(len(points))[:queries]
    indices = torch.from_numpy(selected).to(points.device)
    near, origin = points[indices].double(), points.mean(0, dtype=torch.float64)
    blocks = points.split(max(1, BLOCK_NUMBERS // max(1, points.shape[1])))
    parts: list[Tensor] = []
    for turn, block in enumerate(blocks):
        if progress is not None:
            progress(turn / len(blocks))
        parts.append(_squares(near - origin, block.double() - origin))
    squares = torch.cat(parts, 1)
    distances = squares.clamp(min=0).sqrt()
    apart = distances > 1e-6 * distances.max()  # excludes the sample itself and copies of it
    if not apart.any():
        return np.linspace(0.0, 1.0, count)
    nearest = torch.where(apart, distances, torch.inf).min(1).values
    first, last = nearest[nearest.isfinite()].quantile(0.05).item(), distances[apart].median().item()
    return np.linspace(first if first < last else 0.0, last, count)


def _samples(x: Any, y: Any) -> tuple[Tensor, Tensor]:
    """Inputs (n, d) and labels (n,) as tensors on the inputs' device, checked."""
    points, labels = _tensor(x), _tensor(y)
    if points.ndim < 1 or not len(points):
        raise InputError("There are no samples; at least one is needed.")
    if labels.shape != points.shape[:1]:
        raise InputError(f"{len(points)} samples need {len(points)} labels, not labels of shape {tuple(labels.shape)}.")
    points = points.reshape(len(points), -1)
    if points.numel() and not torch.stack(points.aminmax()).isfinite().all():
        raise InputError("The inputs contain NaN or infinity; they must be finite.")
    return points, labels.to(points.device)


def _tensor(values: Any) -> Tensor:
    """A tensor without a gradient; read-only or non-contiguous arrays are copied, as torch cannot share them."""
    return (
        values.detach() if isinstance(values, Tensor) else torch.from_numpy(np.require(values, requirements=["C", "W"]))
    )


def _grid(radii: Any, device: torch.device) -> Tensor:
    """Radii as float64 (m,), checked."""
    grid = np.atleast_1d(np.asarray(radii, dtype=np.float64))
    if grid.ndim != 1 or not len(grid):
        raise InputError("Radii must be a list of at least one number.")
    if not (grid >= 0).all():
        raise InputError("A radius must be at least 0.")
    if not (np.diff(grid) > 0).all():
        raise InputError("Radii must increase.")
    return torch.from_numpy(grid).to(device)


def _reach(points: Tensor, origin: Tensor) -> float:
    """The largest ||x - origin||."""
    working = torch.float32 if points.dtype == torch.float32 else torch.float64
    blocks = points.split(max(1, BLOCK_NUMBERS // max(1, points.shape[1])))
    moved = (block - origin.to(working) for block in blocks)
    return max(torch.linalg.vector_norm(block, dim=1, dtype=torch.float64).max().item() for block in moved)


def _block_pairs(centres: int, points: int, side: int, symmetric: bool) -> Iterator[tuple[int, int]]:
    """Start indices of pairs of blocks, (centres, points); if symmetric, only pairs with row <= column."""
    for first in range(0, centres, STRIP_BLOCKS * side):
        strip = range(first, min(first + STRIP_BLOCKS * side, centres), side)
        for column in range(first if symmetric else 0, points, side):
            yield from ((row, column) for row in strip if row <= column or not symmetric)


def _count(ring: Tensor, centre_labels: Tensor, labels: Tensor, tally: Tensor, other: Tensor, symmetric: bool) -> None:
    """tally[i, slot of (i, j)] += 1 and, if symmetric, other[j, slot of (i, j)] += 1, for all i, j."""
    slot = ring + (centre_labels[:, None] == labels) * (tally.shape[1] // 2)
    _increment(tally, slot)
    if symmetric:
        _increment(other, slot.T)


def _increment(tally: Tensor, slot: Tensor) -> None:
    """tally[i, slot[i, j]] += 1 for all i, j."""
    flat = slot + tally.shape[1] * torch.arange(len(tally), device=slot.device)[:, None]
    tally.view(-1).scatter_add_(0, flat.flatten(), tally.new_ones(flat.numel()))


def _count_compiled(
    ring: Tensor, centre_labels: Tensor, labels: Tensor, tally: Tensor, other: Tensor, symmetric: bool
) -> None:
    """`_count` compiled by numba, for tensors on the CPU."""
    from explorer.geometry.compiled import count_pairs

    count_pairs(ring.numpy(), centre_labels.numpy(), labels.numpy(), tally.numpy(), other.numpy(), symmetric)


def _balls(tally: np.ndarray) -> Neighbourhoods:
    """Balls from rings: tally is (n, 2, m + 1), with a last slot for pairs beyond every radius."""
    counts, alpha = (np.empty((len(tally), tally.shape[2] - 1), dtype=kind) for kind in (np.int64, np.float64))
    for start in range(0, len(tally), BLOCK_SAMPLES):
        rows = slice(start, start + BLOCK_SAMPLES)
        other, alike = np.moveaxis(tally[rows, :, :-1].cumsum(2, dtype=np.int64), 1, 0)
        counts[rows] = other + alike
        with np.errstate(invalid="ignore"):  # 0 / 0 for an empty ball
            alpha[rows] = alike / counts[rows]
    return Neighbourhoods(alpha, counts)


def _squares(a: Tensor, b: Tensor) -> Tensor:
    """Squared distances ||a_i - b_j||^2, (rows of a, rows of b), up to rounding."""
    return torch.addmm(a.square().sum(1)[:, None] + b.square().sum(1), a, b.T, alpha=-2)

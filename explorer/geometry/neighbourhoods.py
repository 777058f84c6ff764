"""alpha(x) = |B_r(x)|^-1 sum_{z in B_r(x)} 1[c(z) = c(x)]: do the neighbours tell the label (Definitions 4.1, 4.2)?

B_r(x) = {z : ||z - x|| <= r} is a closed ball, so x lies in its own. All radii are answered in one streamed pass: the
samples meet block by block, every two blocks once, and each pair is tallied, for both of its samples, in the ring
between two radii in which it lies (rings.py). Sums over the rings then are the balls.
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

SIDE = 1024  # samples in a block: smaller products are slower, larger blocks meet themselves, twice, for longer
NUMBERS = 2**22  # inputs in a block, hence 16 MB in float32, but for blocks of LEAST samples
LEAST = 32
SOME = 256  # samples, more or less, whose mean is near enough to the middle of all
MANY = 2**24  # pairs, for which it pays to compile
STRIP = 8  # blocks that are kept ready for products, while all others pass by


class Neighbourhoods(NamedTuple):
    """alpha float64 and counts int64, each (queries or n, len(radii)); alpha of an empty ball is NaN."""

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
    """Label homogeneity and size of the ball around every sample, for every radius.

    x: (n, *shape) tensor or array; y: (n,) labels; radii: (m,), increasing, in the units of x, or one number.
    Balls are taken in x around every sample of x, which is counted in its own ball (as scikit-learn's radius_neighbors
    does), or around queries (q, *shape) with query_labels (q,): points of their own, whose ball may be empty.
    A count is what scikit-learn's is, ties included; beyond 1,024 numbers a sample, but for pairs whose distance agrees
    with the radius within 1e-5 of it. The work is done where x is, on CPU or GPU; for many pairs on the CPU numba
    compiles for some seconds first. progress is called after every two blocks with the share of the pairs that is done;
    what it raises stops the pass. Memory: the answer, half as much again for the tally, and about 400 MB, whatever n.
    Raises InputError for radii that are negative, NaN or do not increase, for inputs that are empty or not finite, and
    for shapes that do not fit.
    """
    points, labels = _samples(x, y)
    if (queries is None) != (query_labels is None):
        raise InputError("Queries and their labels are given together or not at all.")
    centres, own = (points, labels) if queries is None else _samples(queries, query_labels)
    if centres.shape[1] != points.shape[1]:
        raise InputError(f"Queries have {centres.shape[1]} numbers each, but the samples have {points.shape[1]}.")
    centres, own = centres.to(points.device), own.to(points.device)
    grid = _grid(radii, points.device)

    origin = points[:: max(1, len(points) // SOME)].mean(0, dtype=torch.float64)
    reach = max(_reach(points, origin), _reach(centres, origin) if queries is not None else 0.0)
    once = queries is None
    done, total = 0, len(points) * (len(points) + 1) // 2 if once else len(centres) * len(points)
    compiled = points.is_cpu and total >= MANY
    rings = Rings(grid, origin, reach or 1.0, compiled)  # 1: all samples coincide
    slots = len(grid) + 1
    tally = torch.zeros(len(centres), 2 * slots, dtype=torch.int32, device=points.device)  # other labels', own label's
    side = min(SIDE, max(LEAST, NUMBERS // max(1, points.shape[1])))
    centre = lru_cache(STRIP + 1)(lambda start: rings.block(centres[start : start + side]))
    point = centre if once else lru_cache(1)(lambda start: rings.block(points[start : start + side]))
    for row, column in _meetings(len(centres), len(points), side, once):
        a, b, twice = centre(row), point(column), once and row == column
        rows, columns = slice(row, row + side), slice(column, column + side)
        ends = own[rows], labels[columns], tally[rows], tally[columns], once and not twice
        (_count_compiled if compiled else _count)(rings.between(a, b), *ends)
        size = len(a.inputs)
        done += size * (size + 1) // 2 if twice else size * len(b.inputs)
        if progress is not None:
            progress(done / total)
    return _balls(tally.view(-1, 2, slots).cpu().numpy())


def low_information(alpha: np.ndarray, tau: float) -> np.ndarray:
    """Definition 4.2: alpha >= tau, the neighbours already tell the label. An empty ball (NaN) is not low."""
    if not 0 <= tau <= 1:
        raise InputError(f"tau is a share from 0 to 1, not {tau!r}.")
    return np.asarray(alpha) >= tau


def alone(counts: np.ndarray) -> np.ndarray:
    """Samples that are alone in their own ball: alpha is 1 there although nothing was inferred, so show them apart."""
    return np.asarray(counts) == 1


def radius_grid(
    x: Any, count: int = 100, queries: int = 256, seed: int = 0, progress: Callable[[float], None] | None = None
) -> np.ndarray:
    """Radii (count,) worth a slider: even steps from where the first balls fill to where they hold half of all pairs.

    From the 5 % quantile of the distances to the nearest other sample to the median distance of a pair, both of
    `queries` samples drawn with `seed` against all of x. Where all samples coincide: from 0 to 1. progress is called
    with the share of x that is done; what it raises stops the work.
    """
    points, _ = _samples(x, np.zeros(len(x), dtype=np.int64))
    drawn = np.random.default_rng(seed).permutation(len(points))[:queries]
    chosen = torch.from_numpy(drawn).to(points.device)
    near, origin = points[chosen].double(), points.mean(0, dtype=torch.float64)
    blocks = points.split(max(1, NUMBERS // max(1, points.shape[1])))
    found: list[Tensor] = []
    for turn, block in enumerate(blocks):
        if progress is not None:
            progress(turn / len(blocks))
        found.append(_squares(near - origin, block.double() - origin))
    squares = torch.cat(found, 1)
    distances = squares.clamp(min=0).sqrt()
    apart = distances > 1e-6 * distances.max()  # neither the sample itself nor a copy of it
    if not apart.any():
        return np.linspace(0.0, 1.0, count)
    nearest = torch.where(apart, distances, torch.inf).min(1).values
    first, last = nearest[nearest.isfinite()].quantile(0.05).item(), distances[apart].median().item()
    return np.linspace(first if first < last else 0.0, last, count)


def _samples(x: Any, y: Any) -> tuple[Tensor, Tensor]:
    """Inputs (n, d) and labels (n,) as tensors on the inputs' device, checked."""
    points, labels = _tensor(x), _tensor(y)
    if points.ndim < 1 or not len(points):
        raise InputError("There are no samples: at least one is needed.")
    if labels.shape != points.shape[:1]:
        raise InputError(f"{len(points)} samples need {len(points)} labels, not labels of shape {tuple(labels.shape)}.")
    points = points.reshape(len(points), -1)
    if points.numel() and not torch.stack(points.aminmax()).isfinite().all():
        raise InputError("The inputs hold NaN or infinity; distances need finite numbers.")
    return points, labels.to(points.device)


def _tensor(values: Any) -> Tensor:
    """A tensor without a gradient; arrays are copied where torch could not share them quietly."""
    return (
        values.detach() if isinstance(values, Tensor) else torch.from_numpy(np.require(values, requirements=["C", "W"]))
    )


def _grid(radii: Any, device: torch.device) -> Tensor:
    """Radii as float64 (m,), checked."""
    grid = np.atleast_1d(np.asarray(radii, dtype=np.float64))
    if grid.ndim != 1 or not len(grid):
        raise InputError("Radii are a list of at least one number.")
    if not (grid >= 0).all():
        raise InputError("A radius is a number of at least 0.")
    if not (np.diff(grid) > 0).all():
        raise InputError("Radii must increase from each to the next.")
    return torch.from_numpy(grid).to(device)


def _reach(points: Tensor, origin: Tensor) -> float:
    """The largest ||x - origin||."""
    working = torch.float32 if points.dtype == torch.float32 else torch.float64
    blocks = points.split(max(1, NUMBERS // max(1, points.shape[1])))
    moved = (block - origin.to(working) for block in blocks)
    return max(torch.linalg.vector_norm(block, dim=1, dtype=torch.float64).max().item() for block in moved)


def _meetings(centres: int, points: int, side: int, once: bool) -> Iterator[tuple[int, int]]:
    """Where the blocks start that meet, (of centres, of points); once: they are the same, and I meets J >= I alone."""
    for first in range(0, centres, STRIP * side):
        strip = range(first, min(first + STRIP * side, centres), side)
        for column in range(first if once else 0, points, side):
            yield from ((row, column) for row in strip if row <= column or not once)


def _count(ring: Tensor, own: Tensor, labels: Tensor, tally: Tensor, other: Tensor, both: bool) -> None:
    """tally[i, slot of (i, j)] += 1 and, where both, other[j, slot of (i, j)] += 1, for all i, j."""
    slot = ring + (own[:, None] == labels) * (tally.shape[1] // 2)
    for ends, cells in ((tally, slot), (other, slot.T))[: 1 + both]:
        flat = cells + tally.shape[1] * torch.arange(len(ends), device=ring.device)[:, None]
        ends.view(-1).scatter_add_(0, flat.flatten(), ends.new_ones(flat.numel()))


def _count_compiled(ring: Tensor, own: Tensor, labels: Tensor, tally: Tensor, other: Tensor, both: bool) -> None:
    """The same, faster; all on the CPU."""
    from explorer.geometry.compiled import count

    count(ring.numpy(), own.numpy(), labels.numpy(), tally.numpy(), other.numpy(), both)


def _balls(tally: np.ndarray) -> Neighbourhoods:
    """From rings to balls: tally (n, 2, m + 1), the last slot for what lies beyond every radius."""
    counts, alpha = (np.empty((len(tally), tally.shape[2] - 1), dtype=kind) for kind in (np.int64, np.float64))
    for start in range(0, len(tally), SIDE):
        rows = slice(start, start + SIDE)
        other, alike = np.moveaxis(tally[rows, :, :-1].cumsum(2, dtype=np.int64), 1, 0)
        counts[rows] = other + alike
        with np.errstate(invalid="ignore"):  # an empty ball is 0 / 0
            alpha[rows] = alike / counts[rows]
    return Neighbourhoods(alpha, counts)


def _squares(a: Tensor, b: Tensor) -> Tensor:
    """||a_i - b_j||^2 (rows of a, rows of b), up to rounding."""
    return torch.addmm(a.square().sum(1)[:, None] + b.square().sum(1), a, b.T, alpha=-2)

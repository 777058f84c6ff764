"""alpha(x) = |B_r(x)|^-1 sum_{z in B_r(x)} 1[c(z) = c(x)]: do the neighbours tell the label (Definitions 4.1, 4.2)?

B_r(x) = {z : ||z - x|| <= r} is a closed ball, so x lies in its own. All radii are answered in one streamed pass over
the pairs: blocked matrix products give ||a - b||^2 = ||a||^2 + ||b||^2 - 2 a.b in float64, and the few pairs that lie
within the rounding error of a radius are measured again from their difference. So ties (integers, copies) are exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from explorer.settings import InputError

ROWS = 512
NUMBERS = 2**22  # in one block of float64, hence 32 MB


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
    progress is called with the share of the pairs that is done; what it raises stops the pass. Memory: the answer, and
    about 200 MB, whatever n. Raises InputError for radii that are negative, NaN or do not increase, for inputs that are
    empty or not finite, and for shapes that do not fit.
    """
    points, labels = _samples(x, y)
    if (queries is None) != (query_labels is None):
        raise InputError("Queries and their labels are given together or not at all.")
    centres, own = (points, labels) if queries is None else _samples(queries, query_labels)
    if centres.shape[1] != points.shape[1]:
        raise InputError(f"Queries have {centres.shape[1]} numbers each, but the samples have {points.shape[1]}.")
    centres, own = centres.to(points.device), own.to(points.device)
    grid = _grid(radii, points.device)

    origin = points.mean(0, dtype=torch.float64)  # centred inputs lose least in the matrix product
    alpha, counts = (torch.empty(len(centres), len(grid), dtype=kind) for kind in (torch.float64, torch.int64))
    done = 0
    for rows in _blocks(len(centres), ROWS):
        near, label = centres[rows].double(), own[rows]
        tally = torch.zeros(len(near) * 2 * (len(grid) + 1), dtype=torch.int64, device=points.device)
        cell = 2 * torch.arange(len(near), device=points.device)[:, None]
        for columns in _blocks(len(points), _columns(points.shape[1])):
            ring = _rings(near, points[columns].double(), origin, grid)
            same = (label[:, None] == labels[columns]).long()
            tally += torch.bincount(((cell + same) * (len(grid) + 1) + ring).flatten(), minlength=len(tally))
            done += ring.numel()
            if progress is not None:
                progress(done / (len(centres) * len(points)))
        other, alike = tally.view(len(near), 2, len(grid) + 1).cumsum(2)[..., :-1].unbind(1)
        counts[rows] = (other + alike).cpu()
        alpha[rows] = (alike.double() / (other + alike)).cpu()
    return Neighbourhoods(alpha.numpy(), counts.numpy())


def low_information(alpha: np.ndarray, tau: float) -> np.ndarray:
    """Definition 4.2: alpha >= tau, the neighbours already tell the label. An empty ball (NaN) is not low."""
    if not 0 <= tau <= 1:
        raise InputError(f"tau is a share from 0 to 1, not {tau!r}.")
    return np.asarray(alpha) >= tau


def alone(counts: np.ndarray) -> np.ndarray:
    """Samples that are alone in their own ball: alpha is 1 there although nothing was inferred, so show them apart."""
    return np.asarray(counts) == 1


def radius_grid(x: Any, count: int = 100, queries: int = 256, seed: int = 0) -> np.ndarray:
    """Radii (count,) worth a slider: even steps from where the first balls fill to where they hold half of all pairs.

    From the 5 % quantile of the distances to the nearest other sample to the median distance of a pair, both of
    `queries` samples drawn with `seed` against all of x. Where all samples coincide: from 0 to 1.
    """
    points, _ = _samples(x, np.zeros(len(x), dtype=np.int64))
    drawn = np.random.default_rng(seed).permutation(len(points))[:queries]
    chosen = torch.from_numpy(drawn).to(points.device)
    near, origin = points[chosen].double(), points.mean(0, dtype=torch.float64)
    blocks = _blocks(len(points), _columns(points.shape[1]))
    squares = torch.cat([_squares(near - origin, points[block].double() - origin) for block in blocks], 1)
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
    if not points.isfinite().all():
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


def _blocks(total: int, size: int) -> Iterator[slice]:
    return (slice(start, start + size) for start in range(0, total, size))


def _columns(width: int) -> int:
    """Samples in a block, such that neither their inputs nor their distances to ROWS others exceed NUMBERS."""
    return max(1, NUMBERS // max(width, ROWS))


def _squares(a: Tensor, b: Tensor) -> Tensor:
    """||a_i - b_j||^2 (rows of a, rows of b), up to rounding."""
    return torch.addmm(a.square().sum(1)[:, None] + b.square().sum(1), a, b.T, alpha=-2)


def _rings(a: Tensor, b: Tensor, origin: Tensor, radii: Tensor) -> Tensor:
    """Index of the first radius whose ball around a_i holds b_j, len(radii) if none does: (rows of a, rows of b)."""
    from_a, from_b = a - origin, b - origin
    largest = from_a.square().sum(1).max() + from_b.square().sum(1).max()
    doubt = 8 * (a.shape[1] + 8) * torch.finfo(torch.float64).eps * largest  # bounds the rounding error of `_squares`
    # Between an even and the next odd edge lies a radius that a square may be on either side of.
    edges = (radii.square()[:, None] + torch.stack([-doubt, doubt])).flatten().cummax(0).values
    place = torch.searchsorted(edges, _squares(from_a, from_b))
    ring = place // 2
    for pairs in (place % 2).nonzero().split(max(1, NUMBERS // a.shape[1])):
        i, j = pairs.unbind(1)
        ring[i, j] = torch.searchsorted(radii, (a[i] - b[j]).square().sum(1).sqrt())
    return ring

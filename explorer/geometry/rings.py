"""Ring of every pair of samples of two blocks: the index of the first radius r_k with ||a - b|| <= r_k.

Matrix products of centred inputs give ||a - b||^2 = ||a||^2 + ||b||^2 - 2 a.b, with a rounding error of at most `error`
times ||a||^2 + ||b||^2. Pairs that are this close to a radius are computed again from their difference in float64.

- Up to `FLOAT64_WIDTH` numbers per sample, products are in float64 with error = 8 (d + 8) eps, a bound for any order of
  summation. All rings are exact, including ties (integers, copies).
- Above, products are in float32, which is faster, with error = (sqrt(d) + 96) eps / 2, 9.0e-6 at d = 3,072. This covers
  a sum of independent roundings, sqrt(d), and up to 96 successive additions whose roundings all have the same sign, as
  in rows of one repeated number (processors differ: with 16 in place of 96, one AVX-512 processor exceeded the bound
  by a factor of 1.8). `python -m benchmarks.bench_neighbourhoods` prints the largest error beside this bound. Errors
  below `TIE` of the square are accepted: a ring is exact unless distance and radius agree within 1e-5. Distances that
  are small against the norms, as of near copies, are computed again, so copies have distance exactly 0. A block with
  many such pairs is computed in float64.

Radii are looked up in a table: squared distances fall into cells of equal width, and only pairs in a cell that contains
a radius (within the largest error) need a search.
"""

from __future__ import annotations

from math import sqrt

import torch
from torch import Tensor

FLOAT64_WIDTH = 1024
TIE = 2e-5  # relative to a squared distance: 1e-5 of a distance
CELLS = 2**16
MAX_RECHECKED = 1 / 32  # share of a block's pairs above which float64 products are faster
CHUNK_NUMBERS = 2**17  # input numbers compared at a time, so that they stay in the processor's cache


class Rings:
    """Ring lookup for given radii.

    Args:
        radii: increasing, (m,), float64.
        origin: centre of the inputs, (d,), float64.
        reach: at least the largest ||x - origin||, positive. Inputs are divided by it, so that no square overflows.
        compiled: whether numba does the lookup; requires tensors on the CPU.
    """

    def __init__(self, radii: Tensor, origin: Tensor, reach: float, compiled: bool) -> None:
        self.radii, self.origin, self.reach = radii, origin, reach
        kinds = (torch.float64,) if len(origin) <= FLOAT64_WIDTH else (torch.float32, torch.float64)
        self.tables = [_RingTable(radii / reach, len(origin), kind, compiled) for kind in kinds]

    def block(self, inputs: Tensor) -> Block:
        """A block of inputs (k, d)."""
        return Block(inputs, self.origin, self.reach)

    def between(self, a: Block, b: Block) -> Tensor:
        """Index of the first radius whose ball around a_i contains b_j, else m: (rows of a, rows of b), int32."""
        for table in self.tables:
            ring, uncertain = table.rings_of(*a.centred(table.dtype), *b.centred(table.dtype))
            if len(uncertain) <= MAX_RECHECKED * ring.numel():
                break
        for pairs in uncertain.split(max(1, CHUNK_NUMBERS // len(self.origin))):
            i, j = pairs.unbind(1)
            distances = (a.inputs[i].double() - b.inputs[j].double()).square_().sum(1).sqrt_()
            ring[i, j] = torch.searchsorted(self.radii, distances, out_int32=True)
        return ring


class Block:
    """Inputs (k, d), with cached centred copies and norms in each precision."""

    def __init__(self, inputs: Tensor, origin: Tensor, reach: float) -> None:
        self.inputs, self.origin, self.reach = inputs, origin, reach
        self.cache: dict[torch.dtype, tuple[Tensor, Tensor]] = {}

    def centred(self, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """(x - origin) / reach in this precision, (k, d), and its squared norms, (k,)."""
        if dtype not in self.cache:
            # The float32 difference of float32 inputs is as accurate as a rounded float64 difference.
            working = dtype if self.inputs.dtype == torch.float32 else torch.float64
            inputs = (self.inputs.to(working) - self.origin.to(working)).div_(self.reach).to(dtype)
            self.cache[dtype] = inputs, torch.linalg.vecdot(inputs, inputs)
        return self.cache[dtype]


class _RingTable:
    """Rings by squared distances in one precision; lengths are in units of the reach, so norms are at most 1."""

    def __init__(self, radii: Tensor, width: int, dtype: torch.dtype, compiled: bool) -> None:
        eps, exact = torch.finfo(dtype).eps, dtype == torch.float64
        self.dtype, self.tie, self.compiled = dtype, 0 if exact else TIE, compiled
        self.error = eps * (8 * (width + 8) if exact else (sqrt(width) + 96) / 2)
        most = 2.5 * self.error  # for two norms of 1, plus the rounding of a cell's index
        self.squares = radii.square().clamp(max=4 + 2 * most)  # larger than any pair's square
        spread = torch.where(most <= self.tie * self.squares, 0.0, most)
        lower, upper = self.squares - spread, self.squares + spread
        self.scale = (CELLS - 3) / max((upper[-1] - lower[0]).item(), most)
        self.first = lower[0].item() - 1.5 / self.scale  # the first and the last cell contain no radius
        lower_cells, upper_cells = ((each - self.first).mul_(self.scale).int() for each in (lower, upper))
        cells = torch.arange(CELLS, device=radii.device)
        self.ring = torch.searchsorted(upper_cells, cells, out_int32=True)
        self.ring[torch.searchsorted(lower_cells, cells, right=True) > self.ring] = -1  # contains a radius: search

    def rings_of(self, a: Tensor, a_norms: Tensor, b: Tensor, b_norms: Tensor) -> tuple[Tensor, Tensor]:
        """Rings of all pairs of centred inputs with these squared norms, and the pairs (p, 2) to compute again."""
        products = a @ b.T
        ring, uncertain = self._look_up(products, (a_norms - self.first) * self.scale, b_norms * self.scale)
        i, j = uncertain.unbind(1)
        norms = a_norms[i].double() + b_norms[j]
        square, error = norms - 2 * products[i, j].double(), self.error * norms
        error[error <= self.tie * square] = 0
        least, most = (torch.searchsorted(self.squares, square + side, out_int32=True) for side in (-error, error))
        ring[i, j] = least
        return ring, uncertain[least < most]

    def _look_up(self, products: Tensor, a_parts: Tensor, b_parts: Tensor) -> tuple[Tensor, Tensor]:
        """Rings from the table, and the pairs (p, 2) whose cell contains a radius."""
        if self.compiled:
            from explorer.geometry.compiled import look_up_rings

            factor = a_parts.new_tensor(-2 * self.scale).numpy()[()]  # in their dtype
            rings, pairs = look_up_rings(products.numpy(), a_parts.numpy(), b_parts.numpy(), factor, self.ring.numpy())
            return torch.from_numpy(rings), torch.from_numpy(pairs)
        cells = (a_parts[:, None] + b_parts).add_(products, alpha=-2 * self.scale).clamp_(0, CELLS - 1).int()
        ring = self.ring.index_select(0, cells.flatten()).view(cells.shape)
        return ring, (ring < 0).nonzero()

"""Which ring around a holds b: the first radius r_k with ||a - b|| <= r_k, for all pairs of two blocks at once.

Matrix products of centred inputs give ||a - b||^2 = ||a||^2 + ||b||^2 - 2 a.b with a rounding error of at most `doubt`
times ||a||^2 + ||b||^2. Pairs that lie this close to a radius are measured again from their difference in float64.

- Up to `WIDE` numbers a sample the products are in float64: doubt = 8 (d + 8) eps, which no order of summation exceeds.
  All rings are exact, ties (integers, copies) included.
- Beyond, they are in float32, which is faster: doubt = (sqrt(d) + 96) eps / 2, 9.0e-6 at d = 3,072. It is the error of
  a sum of independent roundings, sqrt(d), and of up to 96 successive additions whose roundings all go one way, as in
  rows of one repeated number (processors differ: with 16 in place of 96, one AVX-512 processor exceeded the bound by
  1.8 there). `python -m benchmarks.bench_neighbourhoods` prints the largest error beside this bound. Where the doubt is below
  `TIE` of the square it is left at that: a ring is exact unless distance and radius agree within 1e-5. What is small
  against the norms, near copies above all, is measured again, so copies are at exactly 0.
  A block of which much would have to be measured again is done in float64.

Radii are looked up: squares fall into cells of equal width, and only those in cells that a radius (with the largest
doubt there is) touches are searched, which is faster than to search for every pair.
"""

from __future__ import annotations

from math import sqrt

import torch
from torch import Tensor

WIDE = 1024
TIE = 2e-5  # of a square: 1e-5 of a distance
CELLS = 2**16
MUCH = 1 / 32  # of a block: to measure so many pairs again takes longer than products in float64
NUMBERS = 2**17  # of the inputs measured again at a time: these stay in the processor's cache


class Rings:
    """Increasing radii (m,) around inputs with the centre `origin` (d,), both float64.

    reach: at least the largest ||x - origin||, above 0. It is the unit of the products, so that no square overflows.
    compiled: whether numba does the looking up; then all is on the CPU.
    """

    def __init__(self, radii: Tensor, origin: Tensor, reach: float, compiled: bool) -> None:
        self.radii, self.origin, self.reach = radii, origin, reach
        kinds = (torch.float64,) if len(origin) <= WIDE else (torch.float32, torch.float64)
        self.rulers = [_Ruler(radii / reach, len(origin), kind, compiled) for kind in kinds]

    def block(self, inputs: Tensor) -> Block:
        """Inputs (k, d), to be compared with others."""
        return Block(inputs, self.origin, self.reach)

    def between(self, a: Block, b: Block) -> Tensor:
        """Index of the first radius whose ball around a_i holds b_j, m if none does: (rows of a, rows of b), int32."""
        for ruler in self.rulers:
            ring, doubtful = ruler.read(*a.centred(ruler.dtype), *b.centred(ruler.dtype))
            if len(doubtful) <= MUCH * ring.numel():
                break
        for pairs in doubtful.split(max(1, NUMBERS // len(self.origin))):
            i, j = pairs.unbind(1)
            distances = (a.inputs[i].double() - b.inputs[j].double()).square_().sum(1).sqrt_()
            ring[i, j] = torch.searchsorted(self.radii, distances, out_int32=True)
        return ring


class Block:
    """Some of the inputs (k, d), and what products in either precision need of them, made when first asked for."""

    def __init__(self, inputs: Tensor, origin: Tensor, reach: float) -> None:
        self.inputs, self.origin, self.reach = inputs, origin, reach
        self.made: dict[torch.dtype, tuple[Tensor, Tensor]] = {}

    def centred(self, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """(x - origin) / reach in this precision (k, d), and its squared norms (k,)."""
        if dtype not in self.made:
            # The float32 difference of float32 inputs is as good as a float64 one that is rounded afterwards.
            working = dtype if self.inputs.dtype == torch.float32 else torch.float64
            inputs = (self.inputs.to(working) - self.origin.to(working)).div_(self.reach).to(dtype)
            self.made[dtype] = inputs, torch.linalg.vecdot(inputs, inputs)
        return self.made[dtype]


class _Ruler:
    """Reads rings off squares in one precision; lengths are in units of the reach, so norms are at most 1."""

    def __init__(self, radii: Tensor, width: int, dtype: torch.dtype, compiled: bool) -> None:
        eps, exact = torch.finfo(dtype).eps, dtype == torch.float64
        self.dtype, self.tie, self.compiled = dtype, 0 if exact else TIE, compiled
        self.doubt = eps * (8 * (width + 8) if exact else (sqrt(width) + 96) / 2)
        most = 2.5 * self.doubt  # of two norms of 1, and what rounding may do to the number of a cell
        self.squares = radii.square().clamp(max=4 + 2 * most)  # beyond every pair's
        spread = torch.where(most <= self.tie * self.squares, 0.0, most)
        lower, upper = self.squares - spread, self.squares + spread
        self.scale = (CELLS - 3) / max((upper[-1] - lower[0]).item(), most)
        self.first = lower[0].item() - 1.5 / self.scale  # so the first cell and the last one hold no radius
        begun, below = ((each - self.first).mul_(self.scale).int() for each in (lower, upper))
        cells = torch.arange(CELLS, device=radii.device)
        self.ring = torch.searchsorted(below, cells, out_int32=True)
        self.ring[torch.searchsorted(begun, cells, right=True) > self.ring] = -1  # the cell has to be searched

    def read(self, a: Tensor, a_norms: Tensor, b: Tensor, b_norms: Tensor) -> tuple[Tensor, Tensor]:
        """Rings of all pairs of centred inputs with these squared norms, and the pairs (p, 2) to be measured again."""
        products = a @ b.T
        ring, unsure = self._look_up(products, (a_norms - self.first) * self.scale, b_norms * self.scale)
        i, j = unsure.unbind(1)
        norms = a_norms[i].double() + b_norms[j]
        square, doubt = norms - 2 * products[i, j].double(), self.doubt * norms
        doubt[doubt <= self.tie * square] = 0
        least, most = (torch.searchsorted(self.squares, square + side, out_int32=True) for side in (-doubt, doubt))
        ring[i, j] = least
        return ring, unsure[least < most]

    def _look_up(self, products: Tensor, a_parts: Tensor, b_parts: Tensor) -> tuple[Tensor, Tensor]:
        """Rings by the cells of the squares, and the pairs (p, 2) whose cell has to be searched."""
        if self.compiled:
            from explorer.geometry.compiled import look_up

            factor = a_parts.new_tensor(-2 * self.scale).numpy()[()]  # of their precision
            found = look_up(products.numpy(), a_parts.numpy(), b_parts.numpy(), factor, self.ring.numpy())
            return torch.from_numpy(found[0]), torch.from_numpy(found[1])
        cells = (a_parts[:, None] + b_parts).add_(products, alpha=-2 * self.scale).clamp_(0, CELLS - 1).int()
        ring = self.ring.index_select(0, cells.flatten()).view(cells.shape)
        return ring, (ring < 0).nonzero()

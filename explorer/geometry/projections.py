"""||J||_F^2 without all of J: E ||J^T v||^2 = ||J||_F^2 for v of independent signs, since E v v^T = I.

For many classes: a few backward passes instead of one a class. The square is what is unbiased, not its root.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from explorer.geometry.chunks import Footprint, Plan, in_chunks
from explorer.geometry.pullbacks import (
    Output,
    check,
    most_samples,
    outputs_of,
    pullbacks,
    squared_norms,
    vectorises,
)
from explorer.settings import InputError


class Projected(NamedTuple):
    """The unbiased estimate of ||J||_F^2 and its standard error over the projections, each (n,)."""

    squared: Tensor
    error: Tensor


def projected_norms(
    net: nn.Module,
    x: Tensor,
    of: Output,
    projections: int,
    generator: torch.Generator,
    progress: Callable[[float], None] | None = None,
) -> Projected:
    """Estimate of ||J||_F^2 of every sample, J = df/dx: the mean of ||J^T v_j||^2 over `projections` draws of v_j.

    Each sample has draws of its own, from the generator (on the CPU), the same however many samples are taken at a
    time. With more projections than classes, `jacobian_norms` is exact and cheaper. Otherwise as `jacobian_norms`,
    whose arguments and promises are these too; raises InputError for fewer than two projections, which have no standard
    error.
    """
    check(of)
    if projections < 2:
        raise InputError(f"A standard error takes at least 2 projections, not {projections}.")
    if not len(x):
        return Projected(x.new_empty(0, device="cpu"), x.new_empty(0, device="cpu"))
    together = vectorises(net)

    def estimates(chunk: Tensor, _: int) -> Tensor:
        outputs = outputs_of(net, chunk, of)
        signs = random_signs((len(chunk), projections, outputs.shape[1]), generator).to(outputs).transpose(0, 1)
        squares = torch.cat([squared_norms(part) for part in pullbacks(outputs, chunk, signs, together)])
        return torch.stack([squares.mean(0), squares.std(0) / projections**0.5], 1)

    def plan(one: Footprint) -> Plan:
        signs = 2 * projections * one.outputs  # as they are drawn, and as wide as the outputs
        size = one.bytes(projections if together else 1) + signs
        return Plan(estimates, most_samples(projections, together), size)

    return Projected(*in_chunks(net, x, plan, progress).unbind(1))


def random_signs(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """-1 and 1 with equal chance, int8, number by number in the order of `shape`."""
    return torch.randint(2, shape, generator=generator, dtype=torch.int8).mul_(2).sub_(1)

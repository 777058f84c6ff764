"""Estimate of ||J||_F^2 by random projections: E ||J^T v||^2 = ||J||_F^2 for random signs v, since E v v^T = I.

For many classes this needs a few backward passes instead of one per class. The estimate of the square is unbiased; its
square root is not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from explorer.geometry.chunks import Footprint, Plan, in_chunks
from explorer.geometry.pullbacks import (
    Output,
    can_vectorise,
    check_output,
    chunk_limit,
    outputs_of,
    pullbacks,
    squared_norms,
)
from explorer.settings import InputError


class Projected(NamedTuple):
    """Estimates by random projections.

    Attributes:
        squared: unbiased estimate of ||J||_F^2, (n,).
        error: its standard error over the projections, (n,).
    """

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
    """Estimate of ||J||_F^2 of every sample, the mean of ||J^T v_j||^2 over random signs v_j.

    With more projections than classes, `jacobian_norms` is exact and faster.

    Args:
        net, x, of, progress: as in `jacobian_norms`.
        projections: number of draws v_j per sample, at least 2.
        generator: CPU generator. Draws do not depend on the chunk size.

    Raises:
        InputError: for fewer than two projections, which have no standard error, or another `of`.
    """
    check_output(of)
    if projections < 2:
        raise InputError(f"A standard error needs at least 2 projections, not {projections}.")
    if not len(x):
        return Projected(x.new_empty(0, device="cpu"), x.new_empty(0, device="cpu"))
    together = can_vectorise(net)

    def estimates(chunk: Tensor, _: int) -> Tensor:
        outputs = outputs_of(net, chunk, of)
        signs = random_signs((len(chunk), projections, outputs.shape[1]), generator).to(outputs).transpose(0, 1)
        squares = torch.cat([squared_norms(part) for part in pullbacks(outputs, chunk, signs, together)])
        return torch.stack([squares.mean(0), squares.std(0) / projections**0.5], 1)

    def plan(sample: Footprint) -> Plan:
        signs = 2 * projections * sample.outputs  # int8 draws and their copy in the outputs' dtype
        size = sample.bytes(projections if together else 1) + signs
        return Plan(estimates, chunk_limit(projections, together), size)

    return Projected(*in_chunks(net, x, plan, progress).unbind(1))


def random_signs(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Random signs -1 and 1 with equal probability, int8, drawn in the order of `shape`."""
    return torch.randint(2, shape, generator=generator, dtype=torch.int8).mul_(2).sub_(1)

"""J = df/dx of every sample, (classes, inputs): how fast a model's output can move as its input does, exactly.

The paper's chain: a sample whose neighbours tell its label is one at which the model is flat. ||J||_F says how much
the output moves over all directions of the input, the largest singular value how much in the worst one:
||J||_F^2 = sum_c ||df_c/dx||^2, and s_max(J)^2 is the largest eigenvalue of J J^T, (classes, classes).
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
    class_directions,
    most_samples,
    outputs_of,
    pullbacks,
    squared_norms,
    vectorises,
)

__all__ = ["Jacobian", "Output", "jacobian", "jacobian_norms"]


class Jacobian(NamedTuple):
    """Frobenius norm and largest singular value of every sample's J, each (n,)."""

    frobenius: Tensor
    largest: Tensor


def jacobian_norms(
    net: nn.Module, x: Tensor, of: Output = "logits", progress: Callable[[float], None] | None = None
) -> Tensor:
    """Frobenius norm of the input Jacobian of every sample: (n,), in the dtype of the outputs, on the CPU.

    net: inputs to logits (n, classes), each sample on its own; it is run in eval mode (dropout off, batch statistics
    frozen), its modes and its parameters' gradients are left as they were. x: (n, *shape) in the net's dtype.
    progress is called with the share of the samples that is done; what it raises stops the work.
    Memory above net and x: under 500 MB, estimated from what one sample's forward pass keeps (see `Footprint`),
    unless a single sample needs more. What a backend's kernels take for themselves the estimate does not see, so it
    stays below the promise. Raises InputError for another `of`.
    """
    check(of)
    if not len(x):
        return x.new_empty(0, device="cpu")
    together = vectorises(net)

    def norms(chunk: Tensor, _: int) -> Tensor:
        outputs = outputs_of(net, chunk, of)
        squares = outputs.new_zeros(len(chunk))
        for gradients in pullbacks(outputs, chunk, class_directions(outputs), together):
            squares += squared_norms(gradients).sum(0)
        return squares.sqrt()

    def plan(one: Footprint) -> Plan:
        return Plan(norms, most_samples(one.classes, together), one.bytes(one.classes if together else 1))

    return in_chunks(net, x, plan, progress)


def jacobian(
    net: nn.Module, x: Tensor, of: Output = "logits", progress: Callable[[float], None] | None = None
) -> Jacobian:
    """Frobenius norm and largest singular value of the input Jacobian of every sample.

    As `jacobian_norms`, whose arguments, promises and errors are these too; the whole J of a chunk is held at once. A
    sample whose J is not finite has no singular values: NaN.
    """
    check(of)
    if not len(x):
        return Jacobian(x.new_empty(0, device="cpu"), x.new_empty(0, device="cpu"))
    together = vectorises(net)

    def norms(chunk: Tensor, _: int) -> Tensor:
        outputs = outputs_of(net, chunk, of)
        directions, rows = class_directions(outputs), chunk.new_empty(outputs.shape[1], len(chunk), chunk[0].numel())
        for index, gradients in enumerate(pullbacks(outputs, chunk, directions, together)):
            if together:
                rows = gradients
            else:
                rows[index] = gradients[0]
        return torch.stack([squared_norms(rows).sum(0).sqrt(), largest_singular_value(rows.transpose(0, 1))], 1)

    def plan(one: Footprint) -> Plan:
        size = one.bytes(one.classes) if together else one.bytes(held=one.classes)
        return Plan(norms, most_samples(one.classes, together), size)

    return Jacobian(*in_chunks(net, x, plan, progress).unbind(1))


def largest_singular_value(matrices: Tensor) -> Tensor:
    """Of (n, rows, columns) with few rows, by the eigenvalues of J J^T: (n,), NaN where a matrix is not finite."""
    gram = matrices @ matrices.mT
    finite = gram.isfinite().all(2).all(1)
    values = torch.linalg.eigvalsh(torch.where(finite[:, None, None], gram, 0))[:, -1]
    return torch.where(finite, values.clamp_min(0).sqrt(), torch.nan)

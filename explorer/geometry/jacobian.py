"""Frobenius norm of the input Jacobian J = df/dx, (classes, inputs), of every sample.

The paper argues that a model is flat at samples whose neighbours already determine their label. ||J||_F measures the
sensitivity of the output to all directions of the input: ||J||_F^2 = sum_c ||df_c/dx||^2.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from explorer.geometry.chunks import Footprint, Plan, in_chunks
from explorer.geometry.pullbacks import (
    Output,
    can_vectorise,
    check_output,
    chunk_limit,
    class_directions,
    outputs_of,
    pullbacks,
    squared_norms,
)

__all__ = ["Output", "jacobian_norms"]


def jacobian_norms(
    net: nn.Module, x: Tensor, of: Output = "logits", progress: Callable[[float], None] | None = None
) -> Tensor:
    """Exact Frobenius norm ||J||_F of the input Jacobian of every sample.

    Uses under 500 MB in addition to net and x, estimated from one sample's forward pass (see `Footprint`), unless a
    single sample needs more. Memory that the backend's kernels allocate is not part of the estimate.

    Args:
        net: inputs to logits (n, classes), each sample independent of the others. It runs in evaluation mode; its modes
            and its parameters' gradients are left unchanged.
        x: samples, (n, *shape), in the net's dtype.
        of: "logits" or "probabilities".
        progress: called with the share of the samples that is done; may raise to stop.

    Returns:
        Norms, (n,), in the dtype of the outputs, on the CPU.

    Raises:
        InputError: for another `of`.
    """
    check_output(of)
    if not len(x):
        return x.new_empty(0, device="cpu")
    together = can_vectorise(net)

    def norms(chunk: Tensor, _: int) -> Tensor:
        outputs = outputs_of(net, chunk, of)
        squares = outputs.new_zeros(len(chunk))
        for gradients in pullbacks(outputs, chunk, class_directions(outputs), together):
            squares += squared_norms(gradients).sum(0)
        return squares.sqrt()

    def plan(sample: Footprint) -> Plan:
        return Plan(norms, chunk_limit(sample.classes, together), sample.bytes(sample.classes if together else 1))

    return in_chunks(net, x, plan, progress)

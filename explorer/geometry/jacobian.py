"""J = df/dx of every sample, (classes, inputs): how fast a model's output can move as its input does, exactly.

The paper's chain: a sample whose neighbours tell its label is one at which the model is flat. ||J||_F says how much
the output moves over all directions of the input: ||J||_F^2 = sum_c ||df_c/dx||^2.
"""

from __future__ import annotations

from collections.abc import Callable

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

__all__ = ["Output", "jacobian_norms"]


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

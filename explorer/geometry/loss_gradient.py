"""Norm of the loss gradient with respect to the input, ||dL/dx||_2 with L = -log p(y|x)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from explorer.geometry.chunks import Footprint, Plan, in_chunks
from explorer.geometry.pullbacks import SAMPLES
from explorer.settings import InputError


def loss_gradient_norms(
    net: nn.Module, x: Tensor, y: Tensor, progress: Callable[[float], None] | None = None
) -> Tensor:
    """Gradient norm ||d cross-entropy(f(x), y) / dx||_2 of every sample.

    One backward pass per chunk gives all its gradients, because the logits of a sample depend on that sample alone.

    Args:
        net: as in `jacobian_norms`.
        x: samples, (n, *shape).
        y: labels, (n,), integers from 0 to classes - 1.
        progress: called with the share of the samples that is done; may raise to stop.

    Returns:
        Norms, (n,), in the dtype of the logits, on the CPU.

    Raises:
        InputError: if the labels are not one integer per sample, or out of range.
    """
    if y.shape != x.shape[:1] or y.is_floating_point():
        raise InputError(
            f"Labels must be one integer for each of the {len(x)} samples, not {y.dtype} of shape {tuple(y.shape)}."
        )
    if not len(x):
        return x.new_empty(0, device="cpu")

    def norms(chunk: Tensor, first: int) -> Tensor:
        loss = cross_entropy(net(chunk), y[first : first + len(chunk)].to(chunk.device).long(), reduction="sum")
        (gradient,) = torch.autograd.grad(loss, chunk)
        return torch.linalg.vector_norm(gradient.flatten(1), dim=1)

    def plan(sample: Footprint) -> Plan:
        if y.min() < 0 or y.max() >= sample.classes:
            raise InputError(
                f"Labels must be from 0 to {sample.classes - 1}, not from {int(y.min())} to {int(y.max())}."
            )
        return Plan(norms, SAMPLES, sample.bytes())

    return in_chunks(net, x, plan, progress)

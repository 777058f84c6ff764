"""||dL/dx||_2, L = -log p(y|x): how much a small change of a sample can change the loss of its own label."""

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
    """||d cross-entropy(f(x), y) / dx||_2 of every sample: (n,), in the dtype of the logits, on the CPU.

    y: (n,) whole numbers, the classes from 0. One backward pass a chunk gives every sample's own gradient, because each
    logit depends on its own sample alone. Otherwise as `jacobian_norms`, whose arguments and promises are these too.
    Raises InputError for labels that are not one for each sample, or that no output stands for.
    """
    if y.shape != x.shape[:1] or y.is_floating_point():
        raise InputError(
            f"Labels are one whole number for each of the {len(x)} samples, not {tuple(y.shape)} {y.dtype}."
        )
    if not len(x):
        return x.new_empty(0, device="cpu")

    def norms(chunk: Tensor, first: int) -> Tensor:
        loss = cross_entropy(net(chunk), y[first : first + len(chunk)].to(chunk.device).long(), reduction="sum")
        (gradient,) = torch.autograd.grad(loss, chunk)
        return torch.linalg.vector_norm(gradient.flatten(1), dim=1)

    def plan(one: Footprint) -> Plan:
        if y.min() < 0 or y.max() >= one.classes:
            raise InputError(f"Labels are from 0 to {one.classes - 1}, not from {int(y.min())} to {int(y.max())}.")
        return Plan(norms, SAMPLES, one.bytes())

    return in_chunks(net, x, plan, progress)

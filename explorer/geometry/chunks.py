"""Samples measured a few at a time, so that what their forward and backward passes keep fits into a bound."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from explorer.models import measuring

BUDGET = 400e6  # bytes that the chunk in hand may take by our estimate, of the 500 MB that are promised


class Footprint(NamedTuple):
    """What one sample takes: bytes that its forward pass keeps, bytes of the sample and of its outputs; and classes."""

    kept: int
    sample: int
    outputs: int
    classes: int

    def bytes(self, together: int = 1) -> int:
        """Bytes of a sample of which `together` backward passes run at once.

        Each backward pass holds gradients beside the kept activations, and its result and a copy of that; the chunk
        itself, its copy on the device and what is drawn for it take four copies of the sample more.
        """
        return (1 + together) * self.kept + (4 + 2 * together) * self.sample + 3 * together * self.outputs


def footprint(net: nn.Module, sample: Tensor) -> Footprint:
    """Measured on one sample (1, *shape). Parameters are kept too, but do not grow with the chunk, so do not count."""
    parameters = {tensor.untyped_storage().data_ptr() for tensor in (*net.parameters(), *net.buffers())}
    kept: dict[int, int] = {}

    def count(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in parameters:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.enable_grad(), torch.autograd.graph.saved_tensors_hooks(count, lambda tensor: tensor):
        outputs = net(sample.detach().clone().requires_grad_())
    return Footprint(sum(kept.values()), sample.nbytes, outputs.nbytes, outputs.shape[1])


class Plan(NamedTuple):
    """How samples are measured: `most` of them together, each of `bytes`, by `measure(chunk, index of its first)`.

    measure is given samples that require a gradient, on the net's device, and returns one row for each.
    """

    measure: Callable[[Tensor, int], Tensor]
    most: int
    bytes: int

    @property
    def size(self) -> int:
        """Samples in a chunk."""
        return int(max(1, min(self.most, BUDGET // max(self.bytes, 1))))


def in_chunks(
    net: nn.Module, x: Tensor, plan: Callable[[Footprint], Plan], progress: Callable[[float], None] | None = None
) -> Tensor:
    """What the plan's `measure` says of every sample, one row each, on the CPU; there must be one at least.

    net runs in eval mode (dropout off, batch statistics frozen) and gets its modes back. plan is asked once what it
    wants to do with samples of this footprint. progress is called with the share of the samples that is done; what it
    raises stops the work.
    """
    device = next((parameter.device for parameter in net.parameters()), x.device)
    found = torch.empty(0)
    with measuring(net), torch.enable_grad():
        made = plan(footprint(net, x[:1].to(device)))
        chunks = x.split(made.size)
        for index, chunk in enumerate(chunks, start=1):
            inputs = chunk.detach().to(device, copy=True).requires_grad_()
            first = (index - 1) * made.size
            rows = made.measure(inputs, first).cpu()
            if not first:  # one tensor for all: small ones kept between large ones would keep their memory from reuse
                found = rows.new_empty((len(x), *rows.shape[1:]))
            found[first : first + len(rows)] = rows
            if progress is not None:
                progress(index / len(chunks))
    return found

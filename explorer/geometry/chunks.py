"""Evaluation of per-sample measures in chunks, so that activations and gradients fit a memory budget."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from explorer.models import evaluation_mode

BUDGET = 400e6  # estimated bytes of a chunk; below the documented 500 MB, as estimates are rough


class Footprint(NamedTuple):
    """Memory use of one sample.

    Attributes:
        activations: bytes that its forward pass saves for the backward pass.
        sample: bytes of the sample.
        outputs: bytes of its outputs.
        classes: number of outputs.
    """

    activations: int
    sample: int
    outputs: int
    classes: int

    def bytes(self, together: int = 1) -> int:
        """Bytes of a sample if `together` backward passes run at the same time.

        Each backward pass needs gradients of the activations, its result and a copy of that. The chunk, its copy on the
        device and random draws take four more copies of the sample.
        """
        return (1 + together) * self.activations + (4 + 2 * together) * self.sample + 3 * together * self.outputs


def footprint(net: nn.Module, sample: Tensor) -> Footprint:
    """Memory use of one sample (1, *shape), measured in a forward pass; parameters do not count."""
    parameters = {tensor.untyped_storage().data_ptr() for tensor in (*net.parameters(), *net.buffers())}
    activations: dict[int, int] = {}

    def save(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in parameters:
            activations[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.enable_grad(), torch.autograd.graph.saved_tensors_hooks(save, lambda tensor: tensor):
        outputs = net(sample.detach().clone().requires_grad_())
    return Footprint(sum(activations.values()), sample.nbytes, outputs.nbytes, outputs.shape[1])


class Plan(NamedTuple):
    """A measure and the limits of its chunks.

    Attributes:
        measure: function of a chunk and the index of its first sample. The chunk is on the net's device and requires a
            gradient. Returns one row per sample.
        most: largest number of samples in a chunk.
        bytes: memory per sample.
    """

    measure: Callable[[Tensor, int], Tensor]
    most: int
    bytes: int

    @property
    def size(self) -> int:
        """Number of samples in a chunk."""
        return int(max(1, min(self.most, BUDGET // max(self.bytes, 1))))


def in_chunks(
    net: nn.Module, x: Tensor, plan: Callable[[Footprint], Plan], progress: Callable[[float], None] | None = None
) -> Tensor:
    """Measure every sample in chunks; one row per sample, on the CPU.

    Args:
        net: runs in evaluation mode; its modes are restored afterwards.
        x: at least one sample, (n, *shape).
        plan: called once with the footprint of a sample.
        progress: called after each chunk with the share of the samples that is done; may raise to stop.
    """
    device = next((parameter.device for parameter in net.parameters()), x.device)
    result = torch.empty(0)
    with evaluation_mode(net), torch.enable_grad():
        chunk_plan = plan(footprint(net, x[:1].to(device)))
        chunks = x.split(chunk_plan.size)
        for index, chunk in enumerate(chunks, start=1):
            inputs = chunk.detach().to(device, copy=True).requires_grad_()
            first = (index - 1) * chunk_plan.size
            rows = chunk_plan.measure(inputs, first).cpu()
            if not first:  # one tensor for all rows: small tensors between large ones fragment the memory
                result = rows.new_empty((len(x), *rows.shape[1:]))
            result[first : first + len(rows)] = rows
            if progress is not None:
                progress(index / len(chunks))
    return result

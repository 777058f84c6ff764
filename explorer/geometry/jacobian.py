"""||J(x)||_F, J = df/dx: how fast a model's output can move as its input does, one number a sample, exact.

The paper's chain: a sample whose neighbours tell its label is one at which the model is flat. J is built class by
class, ||J||_F^2 = sum_c ||df_c/dx||^2, one backward pass a class over a chunk of samples; nothing is approximated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from explorer.models import measuring
from explorer.settings import InputError

Output = Literal["logits", "probabilities"]

BUDGET = 400e6  # bytes that the chunk in hand may take by our estimate, of the 500 MB that are promised
CHUNK = 256  # samples; larger chunks are no faster


def jacobian_norms(
    net: nn.Module, x: Tensor, of: Output = "logits", progress: Callable[[float], None] | None = None
) -> Tensor:
    """Frobenius norm of the input Jacobian of every sample: (n,), in the dtype of the outputs, on the CPU.

    net: inputs to logits (n, classes), each sample on its own; it is run in eval mode (dropout off, batch statistics
    frozen), its modes and its parameters' gradients are left as they were. x: (n, *shape) in the net's dtype.
    progress is called with the share of the samples that is done; what it raises stops the work.
    Memory above net and x: under 500 MB, estimated from what one sample's forward pass keeps (see `sample_bytes`),
    unless a single sample needs more. What a backend's kernels take for themselves is not seen by the estimate; on the
    networks of this project the process grew by at most 1.2 times the estimate. Raises InputError for another `of`.
    """
    if of not in get_args(Output):
        raise InputError(f"A Jacobian is of {' or '.join(get_args(Output))}, not of {of!r}.")
    if not len(x):
        return torch.empty(0, dtype=x.dtype)
    device = next((parameter.device for parameter in net.parameters()), x.device)
    norms: list[Tensor] = []
    with measuring(net), torch.enable_grad():
        chunks = x.split(chunk_size(sample_bytes(net, x[:1].to(device))))
        for index, chunk in enumerate(chunks, start=1):
            norms.append(_norms(net, chunk.to(device), of).cpu())
            if progress is not None:
                progress(index / len(chunks))
    return torch.cat(norms)


def _norms(net: nn.Module, chunk: Tensor, of: Output) -> Tensor:
    chunk = chunk.detach().clone().requires_grad_()
    outputs = net(chunk) if of == "logits" else net(chunk).softmax(1)
    squares = outputs.new_zeros(len(chunk))
    for index, total in enumerate(outputs.sum(0), start=1):
        (gradient,) = torch.autograd.grad(total, chunk, retain_graph=index < outputs.shape[1])
        squares += gradient.flatten(1).square().sum(1)
    return squares.sqrt()


def sample_bytes(net: nn.Module, sample: Tensor) -> int:
    """Bytes that a Jacobian of this sample (1, *shape) takes: twice what its forward pass keeps, and six copies of it.

    Twice, because the backward pass holds gradients beside the kept activations. Parameters are kept too, but do not
    grow with the chunk, so they do not count.
    """
    parameters = {tensor.untyped_storage().data_ptr() for tensor in (*net.parameters(), *net.buffers())}
    kept: dict[int, int] = {}

    def count(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in parameters:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.enable_grad(), torch.autograd.graph.saved_tensors_hooks(count, lambda tensor: tensor):
        net(sample.detach().clone().requires_grad_())
    return 2 * sum(kept.values()) + 6 * sample.nbytes


def chunk_size(one: int) -> int:
    """How many samples of `one` bytes each are taken together."""
    return int(max(1, min(CHUNK, BUDGET // max(one, 1))))

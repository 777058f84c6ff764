"""Vector-Jacobian products (pullbacks) J^T v, J = df/dx, for directions v of the outputs.

There are two implementations, equal up to rounding. Sequential: one backward pass per direction, with memory for one
gradient. Vectorised: one batched backward pass, with fewer and larger matrix products. The second is faster for linear
layers; convolutions and pooling gain nothing and miss the cache. So it is used if all weights belong to linear layers.
`python -m benchmarks.bench_jacobian` compares both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from explorer.settings import InputError

Output = Literal["logits", "probabilities"]

SAMPLES = 128  # per chunk, sequential; larger chunks are not faster
ROWS = 10_240  # samples times directions per chunk, vectorised


def check_output(of: str) -> None:
    """Raises InputError if `of` is neither "logits" nor "probabilities"."""
    if of not in get_args(Output):
        raise InputError(f"A Jacobian can be of {' or '.join(get_args(Output))}, not of {of!r}.")


def outputs_of(net: nn.Module, x: Tensor, of: Output) -> Tensor:
    """Logits or probabilities f(x), (n, classes)."""
    return net(x) if of == "logits" else net(x).softmax(1)


def can_vectorise(net: nn.Module) -> bool:
    """Whether the vectorised backward pass is faster: every parameter belongs to a linear layer."""
    return all(isinstance(module, nn.Linear) or not [*module.parameters(False)] for module in net.modules())


def chunk_limit(directions: int, together: bool) -> int:
    """Number of samples per chunk with the best speed."""
    return max(1, ROWS // directions) if together else SAMPLES


def pullbacks(outputs: Tensor, x: Tensor, directions: Tensor, together: bool) -> Iterator[Tensor]:
    """Vector-Jacobian products J^T v of every direction.

    Args:
        outputs: f(x), (n, classes); its autograd graph is freed.
        x: inputs, (n, *shape).
        directions: v, (directions, n, classes).
        together: whether to use one vectorised backward pass.

    Yields:
        Parts of the result (directions, n, inputs): one for each direction, or all directions at once.
    """
    if together:
        (gradients,) = torch.autograd.grad(outputs, x, directions, is_grads_batched=True)
        yield gradients.flatten(2)
        return
    for index, direction in enumerate(directions, start=1):
        (gradient,) = torch.autograd.grad(outputs, x, direction, retain_graph=index < len(directions))
        yield gradient.flatten(1).unsqueeze(0)


def class_directions(outputs: Tensor) -> Tensor:
    """Unit vectors of the classes, (classes, n, classes), as an expanded view; their pullbacks are the rows of J."""
    n, classes = outputs.shape
    return torch.eye(classes, dtype=outputs.dtype, device=outputs.device).unsqueeze(1).expand(classes, n, classes)


def squared_norms(gradients: Tensor) -> Tensor:
    """Squared norms ||J^T v||^2 over the last axis: (directions, n, inputs) to (directions, n)."""
    return torch.linalg.vector_norm(gradients, dim=2).square()

"""J^T v for directions v of the outputs, J = df/dx: what a backward pass gives, and all that a Jacobian is made of.

Two ways, equal but for rounding. One after another, a backward pass each: memory for one gradient. Together, as one
vectorised pass: fewer and larger products, which suits linear layers, but convolutions and pooling gain nothing and
lose the cache. So directions are taken together where all weights are those of linear layers.
`python -m benchmarks.bench_jacobian` shows both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from explorer.settings import InputError

Output = Literal["logits", "probabilities"]

SAMPLES = 128  # in a chunk, where one pass follows another; larger chunks are no faster
ROWS = 10_240  # samples times directions in a chunk, where they are taken together: few large products


def check(of: str) -> None:
    """Raises InputError for outputs that are neither logits nor probabilities."""
    if of not in get_args(Output):
        raise InputError(f"A Jacobian is of {' or '.join(get_args(Output))}, not of {of!r}.")


def outputs_of(net: nn.Module, x: Tensor, of: Output) -> Tensor:
    """f(x), (n, classes)."""
    return net(x) if of == "logits" else net(x).softmax(1)


def vectorises(net: nn.Module) -> bool:
    """Whether one vectorised pass pays: every weight of the network belongs to a linear layer."""
    return all(isinstance(module, nn.Linear) or not [*module.parameters(False)] for module in net.modules())


def most_samples(directions: int, together: bool) -> int:
    """How many samples are best taken at a time."""
    return max(1, ROWS // directions) if together else SAMPLES


def pullbacks(outputs: Tensor, x: Tensor, directions: Tensor, together: bool) -> Iterator[Tensor]:
    """J^T v of every direction, in parts (some directions, n, inputs) that make up (directions, n, inputs).

    outputs: (n, classes), made from x (n, *shape); its graph is used up. directions: (directions, n, classes).
    """
    if together:
        (gradients,) = torch.autograd.grad(outputs, x, directions, is_grads_batched=True)
        yield gradients.flatten(2)
        return
    for index, direction in enumerate(directions, start=1):
        (gradient,) = torch.autograd.grad(outputs, x, direction, retain_graph=index < len(directions))
        yield gradient.flatten(1).unsqueeze(0)


def class_directions(outputs: Tensor) -> Tensor:
    """The unit vectors of the classes, whose pullbacks are the rows of J: (classes, n, classes), not copied."""
    n, classes = outputs.shape
    return torch.eye(classes, dtype=outputs.dtype, device=outputs.device).unsqueeze(1).expand(classes, n, classes)


def squared_norms(gradients: Tensor) -> Tensor:
    """||J^T v||^2: (directions, n, inputs) to (directions, n)."""
    return torch.linalg.vector_norm(gradients, dim=2).square()

"""f_theta = head(features(x)): what every network of the explorer is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from explorer.settings import Shape


class Network(nn.Module):
    """A backbone and a linear head.

    `features(x)`: the penultimate representation (n, width) of inputs x (n, *shape); `net(x)`: logits (n, classes).
    deep_relu: many layers with a ReLU between, which start wider than PyTorch's own (`initialise`). any_layout: its
    layers take activations however they lie in memory (`layout_for`).
    """

    any_layout = True

    def __init__(self, backbone: nn.Module, width: int, classes: int, deep_relu: bool = False) -> None:
        super().__init__()
        self.deep_relu = deep_relu
        self.backbone = backbone
        self.head = nn.Linear(width, classes)

    def features(self, x: Tensor) -> Tensor:
        """The penultimate representation, (n, width)."""
        return self.backbone(x)

    def forward(self, x: Tensor) -> Tensor:
        """Logits, (n, classes)."""
        return self.head(self.features(x))


def layout_for(network: nn.Module, shape: Shape) -> torch.memory_format:
    """How the weights should lie in memory for inputs of this shape: those of colour pictures with channels last.

    These are trained and unlearned faster so; small grey ones keep the numbers that they always had.
    """
    last = len(shape) == 3 and shape[0] > 1 and getattr(network, "any_layout", True)
    return torch.channels_last if last else torch.contiguous_format


class Dropout(nn.Module):
    """Dropout whose masks come from a generator that is passed in, so that a run can be repeated."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share
        self.generator: torch.Generator | None = None

    def forward(self, x: Tensor) -> Tensor:
        """Drop `share` of the activations while training and scale the others up to make up for it."""
        if not self.training:
            return x
        if self.generator is None:
            raise RuntimeError("Dropout in training mode draws from a generator; wrap the call in drawing_from().")
        mask = torch.rand(x.shape, generator=self.generator).to(x.device) >= self.share
        return x * mask / (1 - self.share)


@contextmanager
def drawing_from(network: nn.Module, generator: torch.Generator) -> Iterator[None]:
    """Let the network's dropout draw its masks from this generator."""
    drops = [module for module in network.modules() if isinstance(module, Dropout)]
    for drop in drops:
        drop.generator = generator
    try:
        yield
    finally:
        for drop in drops:
            drop.generator = None


@contextmanager
def measuring(network: nn.Module) -> Iterator[None]:
    """Evaluation mode for the time of a measurement, then each module's own mode again."""
    modes = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training

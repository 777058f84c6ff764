"""Base class of all networks, f_theta(x) = head(features(x)), reproducible dropout, and evaluation mode."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from explorer.settings import Shape


class Network(nn.Module):
    """A backbone and a linear head: `network(x)` are the logits, `network.features(x)` the penultimate features.

    Attributes:
        backbone: inputs (n, *shape) to features (n, width).
        head: features to logits (n, classes).
        deep_relu: a deep network with ReLU, which needs He initialisation (see `initialise`).
        any_layout: whether the layers accept activations in any memory format (see `layout_for`).
    """

    any_layout = True

    def __init__(self, backbone: nn.Module, width: int, classes: int, deep_relu: bool = False) -> None:
        super().__init__()
        self.deep_relu = deep_relu
        self.backbone = backbone
        self.head = nn.Linear(width, classes)

    def features(self, x: Tensor) -> Tensor:
        """Penultimate features, (n, width)."""
        return self.backbone(x)

    def forward(self, x: Tensor) -> Tensor:
        """Logits, (n, classes)."""
        return self.head(self.features(x))


def layout_for(network: nn.Module, shape: Shape) -> torch.memory_format:
    """Memory format for a network's weights: channels last for colour pictures, contiguous otherwise.

    Channels last is faster for colour pictures. Grey pictures stay contiguous, so that stored results are reproduced.
    """
    last = len(shape) == 3 and shape[0] > 1 and getattr(network, "any_layout", True)
    return torch.channels_last if last else torch.contiguous_format


class Dropout(nn.Module):
    """Dropout with masks from a given generator (see `drawing_from`), so that runs are reproducible."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share
        self.generator: torch.Generator | None = None

    def forward(self, x: Tensor) -> Tensor:
        """In training mode, zero a `share` of the activations and scale the rest by 1 / (1 - share)."""
        if not self.training:
            return x
        if self.generator is None:
            raise RuntimeError("Dropout in training mode needs a generator; wrap the call in drawing_from().")
        mask = torch.rand(x.shape, generator=self.generator).to(x.device) >= self.share
        return x * mask / (1 - self.share)


@contextmanager
def drawing_from(network: nn.Module, generator: torch.Generator) -> Iterator[None]:
    """Context in which the network's `Dropout` layers draw their masks from this generator."""
    layers = [module for module in network.modules() if isinstance(module, Dropout)]
    for layer in layers:
        layer.generator = generator
    try:
        yield
    finally:
        for layer in layers:
            layer.generator = None


@contextmanager
def evaluation_mode(network: nn.Module) -> Iterator[None]:
    """Context in which the network is in evaluation mode; each module's own mode is restored afterwards."""
    modes = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training

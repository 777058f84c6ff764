"""Registry of network architectures: builders by name, smallest inputs, and checks against a data set."""

from __future__ import annotations

from collections.abc import Callable

import torch

from explorer.data import Dataset
from explorer.models.narrow import convnet, mlp, resnet_small, vgg_small
from explorer.models.network import Network
from explorer.models.torchvision_networks import resnet18, vgg11, vgg16, vit_b16, vit_small
from explorer.settings import InputError, Shape

ARCHITECTURES: dict[str, Callable[[Shape, int], Network]] = {
    "mlp": mlp,
    "convnet": convnet,
    "vgg-small": vgg_small,
    "resnet-small": resnet_small,
    "vit-small": vit_small,
    "vgg11": vgg11,
    "vgg16": vgg16,
    "resnet18": resnet18,
    "vit-b16": vit_b16,
}
MODELS = tuple(ARCHITECTURES)
MIN_SIDE = {
    "mlp": 1, "convnet": 4, "vgg-small": 8, "resnet-small": 4, "vit-small": 8,
    "vgg11": 28, "vgg16": 28, "resnet18": 8, "vit-b16": 28,
}  # fmt: skip
"""Smallest picture side in pixels that each architecture accepts."""


def models_for(dataset: Dataset) -> tuple[str, ...]:
    """Names of the architectures that accept this data set's inputs; points in the plane have only the mlp."""
    if dataset.kind == "plane":
        return ("mlp",)
    return tuple(name for name in MODELS if min(dataset.shape[1:]) >= MIN_SIDE[name])


def check_architecture(name: str, dataset: Dataset) -> None:
    """Check that an architecture exists and accepts the data set's inputs.

    Raises:
        InputError: if the name is unknown or not in `models_for(dataset)`.
    """
    if name not in ARCHITECTURES:
        raise InputError(f"There is no model {name!r}; the models are {', '.join(MODELS)}.")
    compatible = models_for(dataset)
    if name in compatible:
        return
    if dataset.kind == "plane":
        raise InputError(
            f"{name} takes pictures, and {dataset.code} contains points; its model is {', '.join(compatible)}."
        )
    side, (height, width) = MIN_SIDE[name], dataset.shape[1:]
    raise InputError(
        f"{name} needs pictures of at least {side} x {side}, and those of {dataset.code} are {height} x {width}; "
        f"its models are {', '.join(compatible)}."
    )


def meta_network(name: str, shape: Shape, classes: int) -> Network:
    """The network on PyTorch's meta device: names and shapes of its tensors, without memory or random numbers."""
    with torch.device("meta"):
        return ARCHITECTURES[name](shape, classes)

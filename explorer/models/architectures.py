"""The networks by name, what they take, and how each is made without its weights."""

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
LEAST_SIDE = {
    "mlp": 1, "convnet": 4, "vgg-small": 8, "resnet-small": 4, "vit-small": 8,
    "vgg11": 28, "vgg16": 28, "resnet18": 8, "vit-b16": 28,
}  # fmt: skip


def models_for(dataset: Dataset) -> tuple[str, ...]:
    """The networks that take this data set's inputs: the mlp for points, for pictures those that need no larger."""
    if dataset.kind == "plane":
        return ("mlp",)
    return tuple(name for name in MODELS if min(dataset.shape[1:]) >= LEAST_SIDE[name])


def check_architecture(name: str, dataset: Dataset) -> None:
    """Raises InputError for a name that is not in `models_for(dataset)`: there is none, or why it does not fit."""
    if name not in ARCHITECTURES:
        raise InputError(f"There is no model {name!r}; the models are {', '.join(MODELS)}.")
    fitting = models_for(dataset)
    if name in fitting:
        return
    if dataset.kind == "plane":
        raise InputError(f"{name} looks at pictures, and {dataset.code} has points; its model is {', '.join(fitting)}.")
    side, (height, width) = LEAST_SIDE[name], dataset.shape[1:]
    raise InputError(
        f"{name} needs pictures of {side} x {side} or more, and those of {dataset.code} are {height} x {width}; "
        f"its models are {', '.join(fitting)}."
    )


def blank(name: str, shape: Shape, classes: int) -> Network:
    """The network with names and shapes alone, on PyTorch's meta device: no memory, no randomness, ready at once."""
    with torch.device("meta"):
        return ARCHITECTURES[name](shape, classes)

"""Networks by model name: an architecture of `MODELS`, `pretrained:NAME` (ImageNet weights) or `own:...` (uploaded)."""

from __future__ import annotations

import torch

from explorer.data import Dataset
from explorer.models import own, pretrained
from explorer.models.architectures import check_architecture, meta_network
from explorer.models.exported import EXPORTED
from explorer.models.initialisation import initialise
from explorer.models.network import Network
from explorer.settings import InputError

NOT_RETRAINED = (
    "{model} is an exported program: its initial weights are unknown, so it cannot be retrained without the forget "
    "set, and there is no retrained model to compare with."
)


def architecture_of(name: str) -> str:
    """Architecture of a model: `pretrained:resnet18` has resnet18, an uploaded program has `exported`.

    Raises:
        InputError: if the name is of an uploaded network that is not stored here.
    """
    return own.own_architecture(name) if is_own(name) else name.removeprefix(pretrained.PREFIX)


def is_own(name: str) -> bool:
    """Whether a model is a network that the user uploaded."""
    return name.startswith(own.PREFIX)


def check_model(name: str, dataset: Dataset) -> None:
    """Check that `build_network` would accept this model and data set.

    Raises:
        InputError: if the model does not exist or does not accept the data set's inputs.
    """
    if is_own(name):
        own.check_own(name, dataset)
        return
    check_architecture(name.removeprefix(pretrained.PREFIX), dataset)
    if name.startswith(pretrained.PREFIX):
        pretrained.check_available(architecture_of(name))


def build_network(name: str, dataset: Dataset, seed: int = 0) -> Network:
    """A network for the data set's inputs and classes: uploaded networks with their weights, others before training.

    Args:
        name: a model in `MODELS`, `pretrained:NAME` or `own:...`.
        dataset: gives the input shape and the number of classes.
        seed: the only source of the initial weights; `pretrained:` then loads ImageNet weights where shapes match.

    Raises:
        InputError: if `check_model` does not accept the model.
    """
    if is_own(name):
        return own.own_network(name, dataset)
    return untrained(name, dataset, seed)


def can_be_retrained(name: str) -> bool:
    """Whether the model's architecture can be initialised; False for exported programs, see `NOT_RETRAINED`."""
    return architecture_of(name) != EXPORTED


def untrained(name: str, dataset: Dataset, seed: int = 0) -> Network:
    """The initial network of a training: like `build_network`, but an uploaded network gets new initial weights.

    Raises:
        InputError: if `check_model` does not accept the model, or `can_be_retrained` is False.
    """
    check_model(name, dataset)
    architecture = architecture_of(name)
    if not can_be_retrained(name):
        raise InputError(NOT_RETRAINED.format(model=name))
    network = meta_network(architecture, dataset.shape, len(dataset.classes)).to_empty(device="cpu")
    initialise(network, torch.Generator().manual_seed(seed))
    if name.startswith(pretrained.PREFIX):
        pretrained.start_from_imagenet(network, architecture)
    return network

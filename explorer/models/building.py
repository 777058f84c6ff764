"""From a model's name, a data set and a seed to a network: ours, one that starts from ImageNet, or the user's own."""

from __future__ import annotations

import torch

from explorer.data import Dataset
from explorer.models import own, pretrained
from explorer.models.architectures import blank, check_architecture
from explorer.models.exported import EXPORTED
from explorer.models.initialisation import initialise
from explorer.models.network import Network
from explorer.settings import InputError

NOT_RETRAINED = (
    "{model} is an exported program: nobody knows how its weights were drawn, so it cannot be trained anew without the "
    "forget samples, and there is no retrained model to compare with."
)


def architecture_of(name: str) -> str:
    """The name in `MODELS` behind a model: resnet18 of `pretrained:resnet18`, of `own:...` what was brought.

    That may be `exported`, a program. Raises InputError for an own network that is not here.
    """
    return own.own_architecture(name) if is_own(name) else name.removeprefix(pretrained.PREFIX)


def is_own(name: str) -> bool:
    """Whether a model is a network that the user brought."""
    return name.startswith(own.PREFIX)


def check_model(name: str, dataset: Dataset) -> None:
    """Raises InputError, as `build_network` would, for a model that does not exist or does not take this data set."""
    if is_own(name):
        own.check_own(name, dataset)
        return
    check_architecture(name.removeprefix(pretrained.PREFIX), dataset)
    if name.startswith(pretrained.PREFIX):
        pretrained.check_here(architecture_of(name))


def build_network(name: str, dataset: Dataset, seed: int = 0) -> Network:
    """A network for this data set's inputs and classes: an own one as it was brought, any other as training starts it.

    Initialised from the seed alone; `pretrained:` then takes ImageNet's weights where they fit. Raises InputError for a
    model that `check_model` does not pass.
    """
    if is_own(name):
        return own.own_network(name, dataset)
    return untrained(name, dataset, seed)


def can_be_retrained(name: str) -> bool:
    """Whether its weights can be drawn anew, which an exported program's cannot: `NOT_RETRAINED` says why."""
    return architecture_of(name) != EXPORTED


def untrained(name: str, dataset: Dataset, seed: int = 0) -> Network:
    """The network from which a retrained model starts: as `build_network`, an own one with its weights drawn anew.

    Raises InputError for a model that `can_be_retrained` denies.
    """
    check_model(name, dataset)
    architecture = architecture_of(name)
    if not can_be_retrained(name):
        raise InputError(NOT_RETRAINED.format(model=name))
    network = blank(architecture, dataset.shape, len(dataset.classes)).to_empty(device="cpu")
    initialise(network, torch.Generator().manual_seed(seed))
    if name.startswith(pretrained.PREFIX):
        pretrained.start_from_imagenet(network, architecture)
    return network

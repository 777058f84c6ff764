"""From a name, a data set and a seed to a freshly initialised network."""

from __future__ import annotations

import torch

from explorer.data import Dataset
from explorer.models.architectures import ARCHITECTURES
from explorer.models.network import Network, initialise
from explorer.settings import InputError

MODELS = tuple(ARCHITECTURES)


def models_for(dataset: Dataset) -> tuple[str, ...]:
    """The networks that take this data set's inputs: every one for images, the mlp for points."""
    return MODELS if dataset.kind == "image" else ("mlp",)


def build_network(name: str, dataset: Dataset, seed: int = 0) -> Network:
    """A network for this data set's inputs and classes, initialised from the seed alone.

    Raises InputError for a name that is not in `models_for(dataset)`.
    """
    if name not in ARCHITECTURES:
        raise InputError(f"There is no model {name!r}; the models are {', '.join(MODELS)}.")
    if name not in models_for(dataset):
        fitting = ", ".join(models_for(dataset))
        raise InputError(f"{name} looks at pictures, and {dataset.code} has points; its model is {fitting}.")
    with torch.random.fork_rng(devices=[]):  # PyTorch initialises layers from the global state as it builds them
        network = ARCHITECTURES[name](dataset.shape, len(dataset.classes))
    initialise(network, torch.Generator().manual_seed(seed))
    return network

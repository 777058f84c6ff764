"""Small problems that a method can be tried on."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from explorer.data import Split, load_dataset
from explorer.models import FitSettings, Network, build_network, fit
from explorer.models.initialisation import initialise


@pytest.fixture(scope="session")
def moons():
    """A little moons, a network that knows it, and samples deep inside one class; not to be changed."""
    dataset = load_dataset("moons:n=100,noise=.1")
    network = build_network("mlp", dataset, seed=0)
    list(
        fit(network, dataset.train, FitSettings(epochs=15, batch_size=16, rate=1e-2), torch.Generator().manual_seed(0))
    )
    return dataset, network


@pytest.fixture
def pictures():
    """Five random pictures of two channels, 4 x 4, float64."""
    x = torch.randn(5, 2, 4, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return Split(x, torch.tensor([0, 1, 2, 3, 0]), torch.arange(5))


@pytest.fixture
def network():
    """A smooth network for those pictures, float64, with four classes."""
    backbone = nn.Sequential(nn.Flatten(), nn.Linear(32, 9), nn.Tanh())
    made = Network(backbone, 9, 4)
    initialise(made, torch.Generator().manual_seed(1))
    return made.double()

"""The sentence on frozen layers names the layers that a network has."""

from __future__ import annotations

import pytest

from explorer.data import load_dataset
from explorer.models.architectures import meta_network
from explorer.models.exported import Steps
from explorer.models.frozen import describe_frozen
from explorer.models.network import Network

SENTENCES = {
    "mlp": "",
    "vit-small": "",
    "vgg-small": "During unlearning, dropout is off.",
    "vgg16": "During unlearning, dropout is off.",
    "resnet-small": "During unlearning, batch norm uses the running statistics of training.",
    "resnet18": "During unlearning, batch norm uses the running statistics of training.",
}


@pytest.mark.parametrize("name", SENTENCES)
def test_batch_norm_and_dropout_are_described(name):
    assert describe_frozen(meta_network(name, load_dataset("fashion-mini").shape, 10)) == SENTENCES[name]


def test_both():
    network = meta_network("resnet18", (3, 32, 32), 2)
    network.backbone.append(meta_network("vgg11", (3, 32, 32), 2).backbone)
    assert describe_frozen(network) == (
        "During unlearning, batch norm uses the running statistics of training and dropout is off."
    )
    assert describe_frozen(network, dropout=True).endswith(" and dropout stays on.")


def test_an_exported_program():
    graph = {"input": "x", "parameters": [], "steps": [], "output": "x"}
    network = Network(Steps(graph, "x", {}), 2, 2)
    assert describe_frozen(network) == "During unlearning, the network runs as exported, in evaluation mode."

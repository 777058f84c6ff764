"""What a network holds still is what it has."""

from __future__ import annotations

import pytest

from explorer.data import load_dataset
from explorer.models.architectures import blank
from explorer.models.exported import Steps
from explorer.models.frozen import held_still
from explorer.models.network import Network

SENTENCES = {
    "mlp": "",
    "vit-small": "",
    "vgg-small": "While it unlearns its dropout is off.",
    "vgg16": "While it unlearns its dropout is off.",
    "resnet-small": "While it unlearns its batch norm keeps the statistics of training.",
    "resnet18": "While it unlearns its batch norm keeps the statistics of training.",
}


@pytest.mark.parametrize("name", SENTENCES)
def test_batch_norm_and_dropout_are_said(name):
    assert held_still(blank(name, load_dataset("fashion-mini").shape, 10)) == SENTENCES[name]


def test_both():
    network = blank("resnet18", (3, 32, 32), 2)
    network.backbone.append(blank("vgg11", (3, 32, 32), 2).backbone)
    assert held_still(network) == (
        "While it unlearns its batch norm keeps the statistics of training and its dropout is off."
    )
    assert held_still(network, dropout=True).endswith(" and its dropout stays on.")


def test_an_exported_program():
    graph = {"input": "x", "parameters": [], "steps": [], "output": "x"}
    network = Network(Steps(graph, "x", {}), 2, 2)
    assert held_still(network) == "While it unlearns it runs as it was exported, in evaluation mode."

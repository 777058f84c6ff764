"""What somebody brings as a file, once it has proved to be a network for a data set."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from explorer.data import Dataset
from explorer.models.architectures import blank, check_architecture
from explorer.models.exported import EXPORTED, exported_network
from explorer.models.fitting import fitted
from explorer.models.network import Network
from explorer.models.program_file import Program, open_program
from explorer.models.weights_file import open_weights
from explorer.settings import InputError, Shape


class BroughtNetwork(NamedTuple):
    """An architecture of `MODELS` with its weights by our names; or `EXPORTED`, a program's graph and its tensors."""

    architecture: str
    tensors: dict[str, Tensor]
    graph: dict[str, Any] | None

    def network(self, shape: Shape, classes: int) -> Network:
        """The network with these weights, in evaluation mode and the caller's own."""
        if self.graph is not None:
            return exported_network(Program(self.graph, self.tensors), shape, classes)
        network = blank(self.architecture, shape, classes).to_empty(device="cpu")
        # Old files do not have batch norm's counters, which are all that may be absent.
        counters = {name: torch.zeros_like(buffer) for name, buffer in network.named_buffers()}
        network.load_state_dict({**counters, **self.tensors})
        return network.eval()


def read_network(content: bytes, filename: str, model: str, dataset: Dataset) -> BroughtNetwork:
    """The network in a file, tried on samples of the data set; arguments and errors are those of `bring_network`."""
    brought = (
        _program(content, filename)
        if filename.lower().endswith(".pt2")
        else _weights(content, filename, model, dataset)
    )
    for name, tensor in brought.tensors.items():
        if not tensor.isfinite().all():
            raise InputError(f"{filename} holds NaN or infinity in {name}; every weight must be finite.")
    with torch.no_grad():
        logits = brought.network(dataset.shape, len(dataset.classes))(dataset.test.x[:2])
    if not logits.isfinite().all():
        raise InputError(f"{filename} gives logits of NaN or infinity for samples of {dataset.code}.")
    return brought


def _program(content: bytes, filename: str) -> BroughtNetwork:
    program = open_program(content, filename)
    return BroughtNetwork(EXPORTED, program.tensors, program.graph)


def _weights(content: bytes, filename: str, model: str, dataset: Dataset) -> BroughtNetwork:
    check_architecture(model, dataset)
    file, expected = open_weights(content, filename), blank(model, dataset.shape, len(dataset.classes))
    names = fitted(file.shapes, expected, model)
    read, types = file.read(), {ours: tensor.dtype for ours, tensor in expected.state_dict().items()}
    return BroughtNetwork(model, {ours: read[theirs].to(types[ours]) for ours, theirs in names.items()}, None)

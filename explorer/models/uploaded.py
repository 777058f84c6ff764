"""Reading and checking of network files: weights of a known architecture, or exported programs."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from explorer.data import Dataset
from explorer.models.architectures import check_architecture, meta_network
from explorer.models.exported import EXPORTED, exported_network
from explorer.models.fitting import match_names
from explorer.models.network import Network
from explorer.models.program_file import Program, open_program
from explorer.models.weights_file import open_weights
from explorer.settings import InputError, Shape


class UploadedNetwork(NamedTuple):
    """Checked content of a network file.

    Attributes:
        architecture: a name in `MODELS`, or `EXPORTED` for a program.
        tensors: weights by our names, or the program's tensors by the graph's names.
        graph: the program's graph; None for weights.
    """

    architecture: str
    tensors: dict[str, Tensor]
    graph: dict[str, Any] | None

    def network(self, shape: Shape, classes: int) -> Network:
        """A new network with these weights, in evaluation mode."""
        if self.graph is not None:
            return exported_network(Program(self.graph, self.tensors), shape, classes)
        network = meta_network(self.architecture, shape, classes).to_empty(device="cpu")
        # Old files lack the counters of batch norm; all other tensors are present (see `match_names`).
        counters = {name: torch.zeros_like(buffer) for name, buffer in network.named_buffers()}
        network.load_state_dict({**counters, **self.tensors})
        return network.eval()


def read_network(content: bytes, filename: str, model: str, dataset: Dataset) -> UploadedNetwork:
    """Read a network file and run the network on two test samples; arguments and errors as in `import_network`."""
    uploaded = (
        _program(content, filename)
        if filename.lower().endswith(".pt2")
        else _weights(content, filename, model, dataset)
    )
    for name, tensor in uploaded.tensors.items():
        if not tensor.isfinite().all():
            raise InputError(f"{filename} contains NaN or infinity in {name}; every weight must be finite.")
    with torch.no_grad():
        logits = uploaded.network(dataset.shape, len(dataset.classes))(dataset.test.x[:2])
    if not logits.isfinite().all():
        raise InputError(f"{filename} gives NaN or infinite logits for samples of {dataset.code}; they must be finite.")
    return uploaded


def _program(content: bytes, filename: str) -> UploadedNetwork:
    program = open_program(content, filename)
    return UploadedNetwork(EXPORTED, program.tensors, program.graph)


def _weights(content: bytes, filename: str, model: str, dataset: Dataset) -> UploadedNetwork:
    check_architecture(model, dataset)
    file, expected = open_weights(content, filename), meta_network(model, dataset.shape, len(dataset.classes))
    names = match_names(file.shapes, expected, model)
    read, types = file.read(), {ours: tensor.dtype for ours, tensor in expected.state_dict().items()}
    return UploadedNetwork(model, {ours: read[theirs].to(types[ours]) for ours, theirs in names.items()}, None)

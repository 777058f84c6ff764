"""Messages between app and run server.

Tensors become arrays: multiprocessing would share their memory instead of copying it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explorer.experiments.request import Outcome
from explorer.experiments.runs.trajectory import Snapshot
from explorer.models import Network
from explorer.settings import InputError
from explorer.unlearning import Method, Step

Message = tuple[Any, ...]


def encode_snapshot(snapshot: Snapshot) -> Message:
    """The snapshot without its detail, and the fields of the detail as a dict, empty if there is none."""
    fields = {} if snapshot.detail is None else {name: _array(value) for name, value in vars(snapshot.detail).items()}
    return replace(snapshot, detail=None), fields


def decode_snapshot(message: Message, method: Method) -> Snapshot:
    """The snapshot, with a detail of the method's class."""
    snapshot: Snapshot
    snapshot, fields = message
    if method.detail is None or not fields:
        return snapshot
    return replace(snapshot, detail=method.detail(**{name: _tensor(value) for name, value in fields.items()}))


def encode_step(step: Step) -> Message:
    """Index, total and loss of a step; its samples are part of the snapshots."""
    return step.index, step.total, step.loss


def decode_step(message: Message) -> Step:
    """The step, without samples."""
    index, total, loss = message
    return Step(index, total, loss, samples=torch.empty(0, dtype=torch.long))


def encode_outcome(outcome: Outcome) -> dict[str, Any]:
    """The fields of an outcome, with the weights in place of the network."""
    weights = {name: _array(tensor) for name, tensor in outcome.network.state_dict().items()}
    message = {**vars(outcome), "network": weights}
    del message["number"]  # numbers are unique in one process only
    return message


def decode_outcome(message: dict[str, Any], network: Network) -> Outcome:
    """The outcome, with its weights loaded into this network."""
    network.load_state_dict({name: _tensor(array) for name, array in message["network"].items()})
    return Outcome(**{**message, "network": network.eval()})


def encode_error(error: Exception) -> Message:
    """Whether the error is an InputError, and its text."""
    is_input_error = isinstance(error, InputError)
    plain = is_input_error or type(error) is RuntimeError
    return is_input_error, str(error) if plain else f"{type(error).__name__}: {error}"


def decode_error(message: Message) -> Exception:
    """An InputError if the error was one, else a RuntimeError."""
    is_input_error, text = message
    return InputError(text) if is_input_error else RuntimeError(text)


def _array(value: Any) -> Any:
    return value.numpy() if isinstance(value, Tensor) else value


def _tensor(value: Any) -> Any:
    return torch.from_numpy(value) if isinstance(value, np.ndarray) else value

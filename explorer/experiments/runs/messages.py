"""What two processes tell each other of a run, in arrays and numbers: tensors would be shared by them, not sent."""

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
    """A moment, and apart from it the fields of what the method's stage draws, if anything."""
    fields = {} if snapshot.detail is None else {name: _array(value) for name, value in vars(snapshot.detail).items()}
    return replace(snapshot, detail=None), fields


def decode_snapshot(words: Message, method: Method) -> Snapshot:
    """The moment that was told."""
    snapshot: Snapshot
    snapshot, fields = words
    if method.detail is None or not fields:
        return snapshot
    return replace(snapshot, detail=method.detail(**{name: _tensor(value) for name, value in fields.items()}))


def encode_step(step: Step) -> Message:
    """Which step it is and its loss; its samples are in the moments."""
    return step.index, step.total, step.loss


def decode_step(words: Message) -> Step:
    """The step that was told, without samples."""
    index, total, loss = words
    return Step(index, total, loss, samples=torch.empty(0, dtype=torch.long))


def encode_outcome(outcome: Outcome) -> dict[str, Any]:
    """An outcome with the network's weights in place of the network."""
    weights = {name: _array(tensor) for name, tensor in outcome.network.state_dict().items()}
    told = {**vars(outcome), "network": weights}
    del told["number"]  # another process has numbers of its own
    return told


def decode_outcome(words: dict[str, Any], network: Network) -> Outcome:
    """The outcome that was told, its weights in this network."""
    network.load_state_dict({name: _tensor(array) for name, array in words["network"].items()})
    return Outcome(**{**words, "network": network.eval()})


def encode_error(error: Exception) -> Message:
    """Whether somebody asked for what there is not, and what it says."""
    meant = isinstance(error, InputError)
    return meant, str(error) if meant or type(error) is RuntimeError else f"{type(error).__name__}: {error}"


def decode_error(words: Message) -> Exception:
    """The error that was told: an InputError again, or else a RuntimeError."""
    meant, text = words
    return InputError(text) if meant else RuntimeError(text)


def _array(value: Any) -> Any:
    return value.numpy() if isinstance(value, Tensor) else value


def _tensor(value: Any) -> Any:
    return torch.from_numpy(value) if isinstance(value, np.ndarray) else value

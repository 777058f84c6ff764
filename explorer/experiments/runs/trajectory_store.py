"""The trajectory of a run that ended by itself, kept beside its outcome: each series of snapshots as one tensor."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explorer.experiments.request import Request
from explorer.experiments.runs.trajectory import RETAINED_TRACKED, Snapshot, Trajectory

SERIES = {
    "forget_entropies": "forget_entropies",
    "forget_predictions": "forget_calls",
    "retain_predictions": "retain_calls",
    "boundary": "boundary",
}
"""Fields of a snapshot by the name of their tensor in the store; stores written by earlier versions stay readable."""
DETAIL_NAMES = {"predictions": "calls"}  # the same for fields of `Method.detail`; others are stored under their name
NUMBERS = ("step", "total", "loss", "forget_accuracy", "retain_accuracy")


def keep_trajectory(trajectory: Trajectory, request: Request) -> None:
    """Store the snapshots under the request. What the method's stage draws of each is kept too, boundaries at half."""
    snapshots = trajectory.snapshots()
    tensors: dict[str, Tensor] = {
        name: torch.tensor(
            [float("nan") if (value := getattr(snapshot, name)) is None else value for snapshot in snapshots],
            dtype=torch.float64,
        )
        for name in NUMBERS
    }
    for name, stored_name in SERIES.items():
        values = [getattr(snapshot, name) for snapshot in snapshots]
        if values[0] is not None:
            tensors[stored_name] = torch.from_numpy(np.stack(values))
    if "boundary" in tensors:
        tensors["boundary"] = tensors["boundary"].half()
    for number, snapshot in enumerate(snapshots):
        if snapshot.samples is not None:
            tensors[f"samples.{number}"] = torch.from_numpy(snapshot.samples)
        if snapshot.detail is not None and request.method.detail is not None:
            for name, value in asdict(snapshot.detail).items():
                tensors[f"detail.{number}.{DETAIL_NAMES.get(name, name)}"] = torch.as_tensor(value)
    request.experiment.store.put(_key(request), tensors, {})


def stored_trajectory(request: Request) -> Trajectory | None:
    """The snapshots of an earlier run of the same request, or None."""
    found = request.experiment.store.get(_key(request))
    if found is None:
        return None
    tensors = found.tensors
    snapshots = []
    for number in range(len(tensors["step"])):
        values: dict[str, Any] = {name: tensors[name][number].item() for name in NUMBERS}
        values |= {
            name: tensors[stored_name][number].numpy() for name, stored_name in SERIES.items() if stored_name in tensors
        }
        if "boundary" in values:
            values["boundary"] = values["boundary"].astype(np.float32)
        if f"samples.{number}" in tensors:
            values["samples"] = tensors[f"samples.{number}"].numpy()
        values["step"], values["total"] = int(values["step"]), int(values["total"])
        values["loss"] = None if values["loss"] != values["loss"] else values["loss"]
        values["detail"] = _detail(request, tensors, f"detail.{number}.")
        snapshots.append(Snapshot(**values))
    trajectory = Trajectory(request.experiment.data, request.experiment.partition)
    trajectory.fill(snapshots)
    return trajectory


def _detail(request: Request, tensors: dict[str, Tensor], prefix: str) -> Any:
    detail = request.method.detail
    if detail is None or not any(name.startswith(prefix) for name in tensors):
        return None
    values = {field.name: tensors[prefix + DETAIL_NAMES.get(field.name, field.name)] for field in fields(detail)}
    return detail(**{name: value.item() if value.ndim == 0 else value for name, value in values.items()})


def _key(request: Request) -> dict[str, Any]:
    tracked = RETAINED_TRACKED[request.experiment.data.kind]
    detail = request.method.detail
    names = [] if detail is None else [DETAIL_NAMES.get(field.name, field.name) for field in fields(detail)]
    return {**request.key(), "what": "trajectory", "watched": tracked, "detail": names}

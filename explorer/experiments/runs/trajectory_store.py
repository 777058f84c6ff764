"""Stored trajectories of runs that ended by themselves: each series of snapshots as one tensor."""

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
"""Stored tensor by field of `Snapshot`; the stored names are those of earlier versions, whose stores stay readable."""
DETAIL_NAMES = {"predictions": "calls"}  # the same for fields of `Method.detail` whose stored name differs
NUMBERS = ("step", "total", "loss", "forget_accuracy", "retain_accuracy")


def save_trajectory(trajectory: Trajectory, request: Request) -> None:
    """Store the snapshots of a request's run, with their details; boundaries in half precision."""
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
    """Trajectory of an earlier run of the same request; None if it is not stored."""
    stored = request.experiment.store.get(_key(request))
    if stored is None:
        return None
    tensors = stored.tensors
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

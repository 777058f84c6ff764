"""The trajectory of a run that ended by itself, kept beside its outcome: each series of moments as one tensor."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explorer.experiments.request import Request
from explorer.experiments.runs.trajectory import RETAINED_WATCHED, Snapshot, Trajectory

SERIES = ("forget_entropies", "forget_calls", "retain_calls", "boundary")
NUMBERS = ("step", "total", "loss", "forget_accuracy", "retain_accuracy")


def keep_trajectory(trajectory: Trajectory, request: Request) -> None:
    """Store the moments under the request. What the method's stage draws of each is kept too, boundaries at half."""
    moments = trajectory.snapshots()
    tensors: dict[str, Tensor] = {
        name: torch.tensor(
            [float("nan") if (value := getattr(moment, name)) is None else value for moment in moments],
            dtype=torch.float64,
        )
        for name in NUMBERS
    }
    for name in SERIES:
        found = [getattr(moment, name) for moment in moments]
        if found[0] is not None:
            tensors[name] = torch.from_numpy(np.stack(found))
    if "boundary" in tensors:
        tensors["boundary"] = tensors["boundary"].half()
    for number, moment in enumerate(moments):
        if moment.samples is not None:
            tensors[f"samples.{number}"] = torch.from_numpy(moment.samples)
        if moment.detail is not None and request.method.detail is not None:
            for name, value in asdict(moment.detail).items():
                tensors[f"detail.{number}.{name}"] = torch.as_tensor(value)
    request.experiment.store.put(_key(request), tensors, {})


def stored_trajectory(request: Request) -> Trajectory | None:
    """The moments of an earlier run of the same request, or None."""
    found = request.experiment.store.get(_key(request))
    if found is None:
        return None
    tensors = found.tensors
    moments = []
    for number in range(len(tensors["step"])):
        values: dict[str, Any] = {name: tensors[name][number].item() for name in NUMBERS}
        values |= {name: tensors[name][number].numpy() for name in SERIES if name in tensors}
        if "boundary" in values:
            values["boundary"] = values["boundary"].astype(np.float32)
        if f"samples.{number}" in tensors:
            values["samples"] = tensors[f"samples.{number}"].numpy()
        values["step"], values["total"] = int(values["step"]), int(values["total"])
        values["loss"] = None if values["loss"] != values["loss"] else values["loss"]
        values["detail"] = _detail(request, tensors, f"detail.{number}.")
        moments.append(Snapshot(**values))
    trajectory = Trajectory(request.experiment.data, request.experiment.partition)
    trajectory.fill(moments)
    return trajectory


def _detail(request: Request, tensors: dict[str, Tensor], prefix: str) -> Any:
    parts = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
    if not parts or request.method.detail is None:
        return None
    return request.method.detail(**{name: part.item() if part.ndim == 0 else part for name, part in parts.items()})


def _key(request: Request) -> dict[str, Any]:
    watched = RETAINED_WATCHED[request.experiment.data.kind]  # whose calls are in it
    drawn = [] if request.method.detail is None else [field.name for field in fields(request.method.detail)]
    return {**request.key(), "what": "trajectory", "watched": watched, "detail": drawn}

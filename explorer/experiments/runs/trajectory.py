"""The trajectory of a run: a bounded number of snapshots, thinned evenly as the run grows."""

from __future__ import annotations

import math
import threading
from collections import deque
from dataclasses import dataclass, is_dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.data import Dataset, Partition
from explorer.evaluation import PlaneGrid, accuracy, boundary_slice, entropies, logits, plane_grid
from explorer.unlearning import Reading, Step
from explorer.unlearning.method import INPUTS_PER_FORWARD

RETAINED_TRACKED = {"plane": 500, "image": 250}  # retained samples tracked during a run, at most
GRID_SIDE = 80
RECENT = 8  # newest snapshots, available even if thinning drops some of them
DETAILED = 32  # samples of a step whose detail is stored, for the method's stage


@dataclass(frozen=True, eq=False)
class Snapshot:
    """State of a run after one step; m forget samples, t tracked retained samples.

    Attributes:
        step: index of the step; 0 is the original.
        total: steps of the run at most.
        loss: loss of the step; None for the original.
        forget_accuracy: accuracy on D_f, 0 to 1.
        retain_accuracy: accuracy on the tracked retained samples, 0 to 1.
        forget_entropies: entropy of each forget sample in nats, (m,).
        forget_predictions: predicted class of each forget sample, (m,).
        retain_predictions: predicted class of each tracked retained sample, (t,).
        boundary: for planes, the probabilities on `Trajectory.grid`, (side, side, classes); else None.
        samples: indices within D_f of the samples of the step; None for the original.
        detail: values that the method's stage draws, of the first `DETAILED` of these samples.
    """

    step: int
    total: int
    loss: float | None
    forget_accuracy: float
    retain_accuracy: float
    forget_entropies: np.ndarray
    forget_predictions: np.ndarray
    retain_predictions: np.ndarray
    boundary: np.ndarray | None = None
    samples: np.ndarray | None = None
    detail: Any = None


class Trajectory:
    """At most `limit` snapshots, evenly spread over those recorded; the first and the newest are always among them.

    When the limit is exceeded, every other snapshot is dropped, and the interval between snapshots doubles. One thread
    may write while others read; `snapshots()` is a consistent copy.

    Args:
        dataset: the data set of the run.
        partition: D_f and D_r.
        limit: snapshots at most.

    Attributes:
        forget: D_f.
        tracked: retained samples whose predictions are recorded, drawn with a fixed seed.
        tracked_positions: their indices within D_r.
        grid: grid of the boundaries, for planes; else None.
    """

    def __init__(self, dataset: Dataset, partition: Partition, limit: int = 200) -> None:
        order = torch.randperm(len(partition.retain), generator=torch.Generator().manual_seed(0))
        drawn = order[: RETAINED_TRACKED[dataset.kind]]
        self.forget, self.tracked, self.tracked_positions = partition.forget, partition.retain[drawn], drawn
        self.grid: PlaneGrid | None = plane_grid(dataset.train, GRID_SIDE) if dataset.kind == "plane" else None
        self.limit = limit
        self._stride, self._newest = 1, -1  # every stride-th snapshot stays; number of the newest
        self._snapshots: list[Snapshot] = []
        self._recent: deque[Snapshot] = deque(maxlen=RECENT)
        self._lock = threading.Lock()

    @cached_property
    def distances(self) -> np.ndarray:
        """Distance of each tracked sample to its nearest forget sample, in standardised units, (t,)."""
        return torch.cdist(self.tracked.x.flatten(1), self.forget.x.flatten(1)).amin(1).numpy()

    def record(self, network: nn.Module, step: Step | None = None, reading: Reading | None = None) -> Snapshot:
        """Measure the network and add the snapshot.

        Args:
            network: the network after the step.
            step: the step; None for the original.
            reading: the stopping rule's reading of D_f after this step, if there is one; else D_f is read here.
        """
        snapshot = self._measure(network, step, reading)
        self.add(snapshot)
        return snapshot

    def add(self, snapshot: Snapshot) -> None:
        """Add a snapshot and drop those at or after its step: a run that was reset to an earlier step repeats them."""
        with self._lock:
            stay = self._snapshots[:-1] if self._newest % self._stride else self._snapshots
            self._snapshots = [*(earlier for earlier in stay if earlier.step < snapshot.step), snapshot]
            self._newest += 1
            self._recent.append(snapshot)
            if len(self._snapshots) > self.limit:
                self._stride *= 2
                self._snapshots = [*self._snapshots[:-1:2], snapshot]

    def _measure(self, network: nn.Module, step: Step | None, reading: Reading | None) -> Snapshot:
        index = 0 if step is None else step.index
        forget = reading or self._read(network)
        tracked = logits(network, self.tracked.x)
        return Snapshot(
            step=index,
            total=index if step is None else step.total,
            loss=None if step is None else step.loss,
            forget_accuracy=forget.accuracy,
            retain_accuracy=accuracy(tracked, self.tracked.y),
            forget_entropies=forget.entropies.numpy(),
            forget_predictions=forget.predictions.short().numpy(),
            retain_predictions=tracked.argmax(1).short().numpy(),
            boundary=None if self.grid is None else boundary_slice(network, self.grid),
            samples=None if step is None else step.samples.numpy(),
            detail=None if step is None else _first(step.detail),
        )

    def _read(self, network: nn.Module) -> Reading:
        outputs = logits(network, self.forget.x, INPUTS_PER_FORWARD)
        return Reading(accuracy(outputs, self.forget.y), entropies(outputs), outputs.argmax(1), math.nan)

    def snapshots(self) -> list[Snapshot]:
        """Snapshots so far, oldest first."""
        with self._lock:
            return list(self._snapshots)

    def recent(self) -> list[Snapshot]:
        """The newest `RECENT` snapshots, oldest first, also those that thinning has dropped."""
        with self._lock:
            return list(self._recent)

    def cut(self, step: int) -> None:
        """Drop the snapshots after a step: the run was rewound."""
        with self._lock:
            self.fill([snapshot for snapshot in self._snapshots if snapshot.step <= step])

    def fill(self, snapshots: list[Snapshot]) -> None:
        """Replace all snapshots, oldest first."""
        self._snapshots = snapshots
        self._recent.clear()
        self._newest = (len(snapshots) - 1) * self._stride


def _first(detail: Any) -> Any:
    """The detail of a step, with the first `DETAILED` rows of its tensors."""
    if not is_dataclass(detail):
        return detail
    rows = {name: value[:DETAILED].clone() for name, value in vars(detail).items() if isinstance(value, Tensor)}
    return replace(detail, **rows)  # type: ignore[type-var]

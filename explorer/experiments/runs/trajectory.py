"""The bounded record of a run: what the stage shows of each moment, thinned as it grows, never cut off."""

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

RETAINED_TRACKED = {"plane": 500, "image": 250}  # retained samples that are followed while a run goes on, at most
GRID_SIDE = 80
RECENT = 8  # moments that are at hand before some of them are dropped
DETAILED = 32  # samples of a step of which is kept what the method's stage draws


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One moment of a run.

    step: 0 is the original; loss: of the step that led here; forget_accuracy and retain_accuracy: shares, the latter on
    the retained samples that are watched; forget_entropies: nats, (m,); forget_calls (m,) and retain_calls (watched,):
    the classes that the network names; boundary: for planes the probabilities (side, side, classes) on
    `Trajectory.grid`; samples: positions within the forget set that the step looked at; detail: what the method's stage
    draws of the first `DETAILED` of these.
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
    """At most `limit` snapshots, evenly spread over what was recorded, the first and the newest always among them.

    watched: the retained samples that are followed, at the positions `tracked_positions` within D_r.
    When it is full, every other one is dropped, and from then on every other one is kept only until the next. One
    thread writes and any number read; `snapshots()` is a consistent copy.
    """

    def __init__(self, dataset: Dataset, partition: Partition, limit: int = 200) -> None:
        order = torch.randperm(len(partition.retain), generator=torch.Generator().manual_seed(0))
        drawn = order[: RETAINED_TRACKED[dataset.kind]]
        self.forget, self.tracked, self.tracked_positions = partition.forget, partition.retain[drawn], drawn
        self.grid: PlaneGrid | None = plane_grid(dataset.train, GRID_SIDE) if dataset.kind == "plane" else None
        self.limit = limit
        self._stride, self._newest = 1, -1  # one of how many moments stays, and the number of the newest
        self._snapshots: list[Snapshot] = []
        self._recent: deque[Snapshot] = deque(maxlen=RECENT)
        self._lock = threading.Lock()

    @cached_property
    def distances(self) -> np.ndarray:
        """Of each watched sample to its nearest forget sample, in input units, (watched,)."""
        return torch.cdist(self.tracked.x.flatten(1), self.forget.x.flatten(1)).amin(1).numpy()

    def record(self, network: nn.Module, step: Step | None = None, reading: Reading | None = None) -> Snapshot:
        """Measure the network after a step (None: the original) and keep the moment.

        reading: what the stopping rule has just read of D_f, if it has.
        """
        snapshot = self._measure(network, step, reading)
        self.add(snapshot)
        return snapshot

    def add(self, snapshot: Snapshot) -> None:
        """Keep a moment; a run that was put back to an earlier step takes what was recorded since with it."""
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
        kept = logits(network, self.tracked.x)
        return Snapshot(
            step=index,
            total=index if step is None else step.total,
            loss=None if step is None else step.loss,
            forget_accuracy=forget.accuracy,
            retain_accuracy=accuracy(kept, self.tracked.y),
            forget_entropies=forget.entropies.numpy(),
            forget_predictions=forget.predictions.short().numpy(),
            retain_predictions=kept.argmax(1).short().numpy(),
            boundary=None if self.grid is None else boundary_slice(network, self.grid),
            samples=None if step is None else step.samples.numpy(),
            detail=None if step is None else _first(step.detail),
        )

    def _read(self, network: nn.Module) -> Reading:
        found = logits(network, self.forget.x, INPUTS_PER_FORWARD)
        return Reading(accuracy(found, self.forget.y), entropies(found), found.argmax(1), math.nan)

    def snapshots(self) -> list[Snapshot]:
        """The moments so far, oldest first."""
        with self._lock:
            return list(self._snapshots)

    def recent(self) -> list[Snapshot]:
        """The last few moments, oldest first, whether or not they stay."""
        with self._lock:
            return list(self._recent)

    def cut(self, step: int) -> None:
        """Forget the moments after a step: the run was taken back."""
        with self._lock:
            self.fill([snapshot for snapshot in self._snapshots if snapshot.step <= step])

    def fill(self, snapshots: list[Snapshot]) -> None:
        """Take these as what was recorded, oldest first."""
        self._snapshots = snapshots
        self._recent.clear()
        self._newest = (len(snapshots) - 1) * self._stride


def _first(detail: Any) -> Any:
    """A step's detail with the first `DETAILED` rows of its tensors."""
    if not is_dataclass(detail):
        return detail
    rows = {name: value[:DETAILED].clone() for name, value in vars(detail).items() if isinstance(value, Tensor)}
    return replace(detail, **rows)  # type: ignore[type-var]

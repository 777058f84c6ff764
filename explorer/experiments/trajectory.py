"""The bounded record of a run: what the stage shows of each moment, thinned as it grows, never cut off."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from explorer.data import Dataset, Partition
from explorer.evaluation import PlaneGrid, accuracy, boundary_slice, entropies, logits, plane_grid
from explorer.unlearning import Step

RETAINED_WATCHED = 500  # retained samples whose accuracy is followed while a run goes on
GRID_SIDE = 80


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One moment of a run.

    step: 0 is the original; loss: of the step that led here; forget_accuracy and retain_accuracy: shares, the latter on
    the retained samples that are watched; forget_entropies: nats, (m,); boundary: for planes the probabilities (side,
    side, classes) on `Trajectory.grid`; detail: what the method's stage draws; weights: the network then, if they are
    kept.
    """

    step: int
    total: int
    loss: float | None
    forget_accuracy: float
    retain_accuracy: float
    forget_entropies: np.ndarray
    boundary: np.ndarray | None = None
    samples: np.ndarray | None = None
    detail: object = None
    weights: dict[str, Tensor] | None = field(default=None, repr=False)


class Trajectory:
    """At most `limit` snapshots, evenly spread over what was recorded, the first and the newest always among them.

    When it is full, every other one is dropped, and from then on every other one is kept only until the next. One
    thread writes and any number read; `snapshots()` is a consistent copy.
    """

    def __init__(
        self, dataset: Dataset, partition: Partition, limit: int = 200, weights_limit: int = 20_000_000
    ) -> None:
        chosen = torch.randperm(len(partition.retain), generator=torch.Generator().manual_seed(0))[:RETAINED_WATCHED]
        self.forget, self.watched = partition.forget, partition.retain[chosen]
        self.grid: PlaneGrid | None = plane_grid(dataset.train, GRID_SIDE) if dataset.kind == "plane" else None
        self.limit, self.weights_limit = limit, weights_limit
        self._stride, self._newest = 1, -1  # one of how many moments stays, and the number of the newest
        self._snapshots: list[Snapshot] = []
        self._lock = threading.Lock()

    def record(self, network: nn.Module, step: Step | None = None) -> Snapshot:
        """Measure the network after a step (None: the original) and keep the moment.

        A run that was put back to an earlier step takes what was recorded since with it.
        """
        index = 0 if step is None else step.index
        found = logits(network, self.forget.x)
        kept = logits(network, self.watched.x)
        snapshot = Snapshot(
            step=index,
            total=index if step is None else step.total,
            loss=None if step is None else step.loss,
            forget_accuracy=accuracy(found, self.forget.y),
            retain_accuracy=accuracy(kept, self.watched.y),
            forget_entropies=entropies(found).numpy(),
            boundary=None if self.grid is None else boundary_slice(network, self.grid),
            samples=None if step is None else step.samples.numpy(),
            detail=None if step is None else step.detail,
            weights=self._weights(network),
        )
        with self._lock:
            stay = self._snapshots[:-1] if self._newest % self._stride else self._snapshots
            self._snapshots = [*(earlier for earlier in stay if earlier.step < index), snapshot]
            self._newest += 1
            if len(self._snapshots) > self.limit:
                self._stride *= 2
                self._snapshots = [*self._snapshots[:-1:2], snapshot]
        return snapshot

    def snapshots(self) -> list[Snapshot]:
        """The moments so far, oldest first."""
        with self._lock:
            return list(self._snapshots)

    def _weights(self, network: nn.Module) -> dict[str, Tensor] | None:
        state = network.state_dict()
        if sum(tensor.numel() for tensor in state.values()) * self.limit > self.weights_limit:
            return None
        return {name: tensor.detach().clone() for name, tensor in state.items()}

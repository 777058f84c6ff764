"""Who lies in a ball around every training sample of a story, and how many of them share its label: counted once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch

from explorer.background.progress import Progress, parts, waiting
from explorer.experiments.derived.points import Space, points_of
from explorer.experiments.experiment import Experiment
from explorer.geometry import alone, neighbourhoods, radius_grid
from explorer.models import Network

RADII = 100


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Balls around every training sample: radii (m,) increasing; alike and counts (n, m), those with its label and all.

    Every ball holds its own sample.
    """

    radii: np.ndarray
    alike: np.ndarray
    counts: np.ndarray

    @cached_property
    def alpha(self) -> np.ndarray:
        """alpha(x) at every radius (n, m), float32."""
        return (self.alike / self.counts).astype(np.float32)

    @cached_property
    def alone(self) -> np.ndarray:
        """(m,) share of the samples with nobody else in their ball."""
        return alone(self.counts).mean(0)

    def at(self, radius: float) -> int:
        """The position of the largest radius of the grid that is not above this one; the first where all are."""
        return max(0, int(np.searchsorted(self.radii, radius, side="right")) - 1)


def neighbours_of(experiment: Experiment, space: Space, network: Network, progress: Progress) -> Neighbours:
    """Neighbours at `RADII` radii worth a slider; network: the original."""
    first, second, third = parts(progress, (0.05, 0.05, 0.9))

    def make() -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        points, labels = points_of(experiment, space, network, first), experiment.data.train.y
        radii = np.unique(radius_grid(points, RADII, progress=lambda done: second(done, "Choosing the radii")))
        found = neighbourhoods(points, labels, radii, progress=lambda done: third(done, "Counting neighbours"))
        alike = np.rint(found.alpha * found.counts).astype(np.int32)
        kept = {"radii": radii, "alike": alike, "counts": found.counts.astype(np.int32)}
        return {name: torch.from_numpy(values) for name, values in kept.items()}, {}

    kept = experiment.store.load_or_make(_key(experiment, space), make, waiting(progress)).tensors
    return Neighbours(*(kept[name].numpy() for name in ("radii", "alike", "counts")))


def neighbours_known(experiment: Experiment, space: Space) -> bool:
    """Whether `neighbours_of` are stored."""
    return experiment.store.has(_key(experiment, space))


def _key(experiment: Experiment, space: Space) -> dict[str, Any]:
    return {"what": "neighbours", "network": experiment.key("original"), "space": space, "radii": RADII}

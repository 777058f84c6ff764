"""Neighbours of every training sample within balls of growing radius, and those that share its label."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from explorer.background.progress import Progress, parts
from explorer.experiments.derived.derived import Contents, Derived
from explorer.experiments.derived.points import Space, points_of
from explorer.experiments.experiment import Experiment
from explorer.geometry import alone, neighbourhoods, radius_grid
from explorer.models import Network
from explorer.store import Artefact, Key

RADII = 100


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Closed balls around every training sample; each contains its own sample.

    Attributes:
        radii: (m,), increasing, in the units of the space.
        alike: (n, m), samples in the ball with the label of its centre.
        counts: (n, m), samples in the ball.
    """

    radii: np.ndarray
    alike: np.ndarray
    counts: np.ndarray

    @cached_property
    def alpha(self) -> np.ndarray:
        """alpha(x) at every radius (Definition 4.1), (n, m), float32."""
        return (self.alike / self.counts).astype(np.float32)

    @cached_property
    def alone(self) -> np.ndarray:
        """Share of the samples without another sample in their ball, (m,)."""
        return alone(self.counts).mean(0)

    def at(self, radius: float) -> int:
        """Index of the largest radius of the grid that is at most `radius`; 0 if all are larger."""
        return max(0, int(np.searchsorted(self.radii, radius, side="right")) - 1)


def _key(experiment: Experiment, space: Space) -> Key:
    return {"what": "neighbours", "network": experiment.key("original"), "space": space, "radii": RADII}


def _make(experiment: Experiment, network: Network, progress: Progress, space: Space) -> Contents:
    first, second, third = parts(progress, (0.05, 0.05, 0.9))
    points, labels = points_of(experiment, space, network, first), experiment.data.train.y
    radii = np.unique(radius_grid(points, RADII, progress=lambda done: second(done, "Computing the radii")))
    balls = neighbourhoods(points, labels, radii, progress=lambda done: third(done, "Counting neighbours"))
    alike = np.rint(balls.alpha * balls.counts).astype(np.int32)
    arrays = {"radii": radii, "alike": alike, "counts": balls.counts.astype(np.int32)}
    return {name: torch.from_numpy(values) for name, values in arrays.items()}, {}


def _load(artefact: Artefact) -> Neighbours:
    return Neighbours(*(artefact.tensors[name].numpy() for name in ("radii", "alike", "counts")))


NEIGHBOURS = Derived(_key, _make, _load)
"""`Neighbours` in a space, at up to `RADII` radii of `radius_grid`; network: the original."""

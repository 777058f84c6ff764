"""What the Information page knows of its samples: read from the store, or measured in the background."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from explorer.experiments import Experiment, Job
from explorer.experiments.gradients import Gradient, gradients_known, gradients_of
from explorer.experiments.neighbours import Neighbours, neighbours_known, neighbours_of
from explorer.experiments.points import Space, positions_known, positions_of
from explorer.experiments.progress import parts, silent
from explorer.figures.alpha_profile import alpha_bands
from explorer.ui import work
from explorer.ui.models import network_of


@dataclass(frozen=True, eq=False)
class Information:
    """Of every training sample: its neighbours, its gradients (n,) and its place on the map (n, 2)."""

    neighbours: Neighbours
    gradients: dict[Gradient, np.ndarray]
    positions: np.ndarray

    @cached_property
    def bands(self) -> np.ndarray:
        """How alpha is spread over the samples at every radius, (5, radii)."""
        return alpha_bands(self.neighbours.alpha)


def information(experiment: Experiment, space: Space) -> Information | None:
    """Neighbours and gradients; None while they are measured, with progress shown."""
    if _measured(experiment, space):
        return _read(experiment.before_forgetting, space)
    key = f"information {experiment.before_forgetting} {space}"

    def start() -> Job:
        measure = "Measuring neighbours and gradients"
        return work.start(key, measure, lambda job: _measure(experiment, space, job), together=True)

    if work.needed(key):
        start()
    work.watch(key, retry=start)
    return None


def _measured(experiment: Experiment, space: Space) -> bool:
    return neighbours_known(experiment, space) and gradients_known(experiment) and positions_known(experiment, space)


def _measure(experiment: Experiment, space: Space, job: Job) -> None:
    network = network_of(experiment, "original")
    # Neighbours grow with the square of the samples, gradients with their number.
    neighbours, gradients, positions = parts(job.report, (0.6, 0.35, 0.05))
    neighbours_of(experiment, space, network, neighbours)
    gradients_of(experiment, network, gradients)
    positions_of(experiment, space, network, positions)


@lru_cache(maxsize=8)
def _read(experiment: Experiment, space: Space) -> Information:
    network = network_of(experiment, "original")
    neighbours = neighbours_of(experiment, space, network, silent)
    gradients = gradients_of(experiment, network, silent)
    return Information(neighbours, gradients, positions_of(experiment, space, network))

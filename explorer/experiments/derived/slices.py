"""Predictions of trained and unlearned networks on the plane through three training samples."""

from __future__ import annotations

import numpy as np
import torch

from explorer.background.progress import Progress
from explorer.evaluation import PlaneGrid, boundary_slice
from explorer.experiments.derived.derived import Contents, Derived
from explorer.experiments.experiment import Experiment
from explorer.models import Network
from explorer.store import Artefact, Key


def _key(experiment: Experiment, of: Key, samples: tuple[int, ...], grid: PlaneGrid) -> Key:
    lines = [[len(line), float(line[0]), float(line[-1])] for line in (grid.xs, grid.ys)]
    return {"what": "slice", "network": of, "samples": list(samples), "grid": lines}


def _make(
    experiment: Experiment, network: Network, progress: Progress, of: Key, samples: tuple[int, ...], grid: PlaneGrid
) -> Contents:
    return {"slice": torch.from_numpy(boundary_slice(network, grid))}, {}


def _load(artefact: Artefact) -> np.ndarray:
    return artefact.tensors["slice"].numpy()


SLICES = Derived(_key, _make, _load)
"""`boundary_slice` of a network on the grid through three training samples, (h, w, classes).

Options: the key of the network (a trained network's or a run's), the samples, and the grid through them.
"""

"""Training samples as points of the input space or of the original's features, and their positions on a map."""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from sklearn.decomposition import PCA

from explorer.background.progress import Progress, ignore_progress, parts
from explorer.evaluation import features
from explorer.experiments.derived.derived import Contents, Derived
from explorer.experiments.experiment import Experiment
from explorer.models import Network
from explorer.store import Artefact, Key

Space = Literal["inputs", "features"]
LARGE = 50_000_000  # values in all points, from which on PCA uses the covariance: seconds instead of minutes
BLOCK = 256  # samples in one forward pass, after which progress is reported and a stop can take effect


def points_of(
    experiment: Experiment, space: Space, network: Network, progress: Progress = ignore_progress
) -> np.ndarray:
    """Training samples as points of a space, (n, d).

    Args:
        experiment: holds the training samples.
        space: "inputs", or "features" for the input of the network's last layer.
        network: the original.
        progress: called before each block of samples.
    """
    x = experiment.data.train.x
    if space == "inputs":
        return x.flatten(1).numpy()
    blocks: list[torch.Tensor] = []
    for part in x.split(BLOCK):
        progress(len(blocks) * BLOCK / len(x), "Computing features")
        blocks.append(features(network, part))
    return torch.cat(blocks).numpy()


def _key(experiment: Experiment, space: Space) -> Key:
    return {"what": "positions", "network": experiment.key("original"), "space": space}


def _make(experiment: Experiment, network: Network, progress: Progress, space: Space) -> Contents:
    first, second = parts(progress, (0.5, 0.5) if space == "features" else (0.0, 1.0))
    points = points_of(experiment, space, network, first)
    doing = "Computing two principal components"
    second(0.0, doing)
    solver = "full" if points.size < LARGE else "covariance_eigh"
    # Centred first: "covariance_eigh" subtracts the mean's part afterwards, which costs float32 its digits.
    positions = PCA(2, svd_solver=solver).fit_transform(points - points.mean(0))
    second(1.0, doing)
    return {"positions": torch.from_numpy(positions.astype(np.float32))}, {}


def _load(artefact: Artefact) -> np.ndarray:
    return artefact.tensors["positions"].numpy()


POSITIONS = Derived(_key, _make, _load)
"""Two principal components of the training samples in a space, (n, 2); network: the original."""


def positions_of(
    experiment: Experiment, space: Space, network: Network, progress: Progress = ignore_progress
) -> np.ndarray:
    """Positions of the training samples on a map, (n, 2): the inputs of a plane as they are, else `POSITIONS`."""
    if _on_the_plane(experiment, space):
        return points_of(experiment, space, network)
    return POSITIONS.get(experiment, network, progress, space)


def positions_stored(experiment: Experiment, space: Space) -> bool:
    """Whether `positions_of` needs no computation."""
    return _on_the_plane(experiment, space) or POSITIONS.stored(experiment, space)


def _on_the_plane(experiment: Experiment, space: Space) -> bool:
    return experiment.data.kind == "plane" and space == "inputs"

"""The training samples as points, of the input space or of the original's features, and where a map has them."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import torch
from sklearn.decomposition import PCA

from explorer.background.progress import Progress, ignore_progress, parts, waiting
from explorer.evaluation import features
from explorer.experiments.experiment import Experiment
from explorer.geometry import principal_components
from explorer.models import Network

Space = Literal["inputs", "features"]
LARGE = 50_000_000  # numbers in all points, from which on principal components are those of the covariance
BLOCK = 256  # samples that a model is asked for between two reports: a stop waits for no more


def points_of(
    experiment: Experiment, space: Space, network: Network, progress: Progress = ignore_progress
) -> np.ndarray:
    """The training samples as points (n, d): of the input space, or of the original's feature space."""
    x = experiment.data.train.x
    if space == "inputs":
        return x.flatten(1).numpy()
    found: list[torch.Tensor] = []
    for part in x.split(BLOCK):
        progress(len(found) * BLOCK / len(x), "Asking the model for its features")
        found.append(features(network, part))
    return torch.cat(found).numpy()


def positions_of(
    experiment: Experiment, space: Space, network: Network, progress: Progress = ignore_progress
) -> np.ndarray:
    """Where the training samples stand on a map (n, 2): on the plane itself, else on two principal components.

    Of large sets they are found from the covariance, which takes seconds where the other way takes minutes.
    """
    if _on_the_plane(experiment, space):
        return points_of(experiment, space, network)
    first, second = parts(progress, (0.5, 0.5) if space == "features" else (0.0, 1.0))

    def make() -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        points = points_of(experiment, space, network, first)
        if points.size < LARGE:
            found = PCA(2, svd_solver="full").fit_transform(points)
        else:
            doing = "Finding the two principal components"
            found = principal_components(points, progress=lambda done: second(done, doing))
        return {"positions": torch.from_numpy(found.astype(np.float32))}, {}

    return experiment.store.load_or_make(_key(experiment, space), make, waiting(progress)).tensors["positions"].numpy()


def positions_known(experiment: Experiment, space: Space) -> bool:
    """Whether `positions_of` takes no time: they are stored, or are the points of a plane."""
    return _on_the_plane(experiment, space) or experiment.store.has(_key(experiment, space))


def _on_the_plane(experiment: Experiment, space: Space) -> bool:
    return experiment.data.kind == "plane" and space == "inputs"


def _key(experiment: Experiment, space: Space) -> dict[str, Any]:
    return {"what": "positions", "network": experiment.key("original"), "space": space}

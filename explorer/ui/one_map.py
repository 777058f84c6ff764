"""The one map that the three models share: PCA at once, UMAP in the background."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from explorer.evaluation import Drift, SharedMap, drift, features, logits, probabilities, shared_map, thin
from explorer.experiments import Job
from explorer.ui import work
from explorer.ui.comparison import Trio

Space = Literal["features", "logits"]


@dataclass(frozen=True, eq=False)
class Placed:
    """One map of the three models, which training samples stand on it (m,), and p(x) of these under each, (m, classes).

    drift: from the original's map to the unlearned model's.
    """

    shared: SharedMap
    indices: np.ndarray
    probabilities: dict[str, np.ndarray]
    drift: Drift


def place(trio: Trio, method: str, space: Space) -> Placed:
    """PCA or UMAP of the penultimate features or of the logits, fitted on the original's, the forget set whole.

    The retrained model's features are rotated onto the original's; an unlearned model, which started from the original,
    needs no rotation, and neither do logits, of which each belongs to one class.
    """
    experiment = trio.experiment
    forget = experiment.forget_set.indices.numpy()
    indices = thin(len(experiment.data.train), forget)
    inputs = experiment.data.train.x[indices]
    inner = {name: features(network, inputs) for name, network in trio.networks.items()}
    outer = {name: logits(trio.networks[name].head, values) for name, values in inner.items()}
    shared = shared_map(
        {name: values.numpy() for name, values in (inner if space == "features" else outer).items()},
        method="umap" if method == "umap" else "pca",
        retained=np.flatnonzero(~np.isin(indices, forget)),
        turned=trio.turned if space == "features" else (),
    )
    moved = drift(shared.coordinates["original"], shared.coordinates["unlearned"])
    return Placed(shared, indices, {name: probabilities(values).numpy() for name, values in outer.items()}, moved)


@lru_cache(maxsize=16)
def pca_of(trio: Trio, space: Space) -> Placed:
    """The instant map."""
    return place(trio, "pca", space)


def umap_job(trio: Trio, space: Space) -> Job:
    """The UMAP of these models, computed in the background once."""
    key = f"umap {space} {trio.request_key}"
    return work.job_of(key) or work.start(key, "UMAP of the three models", lambda job: place(trio, "umap", space))

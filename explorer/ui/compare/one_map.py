"""The one map that the three models share: PCA at once, UMAP in the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import streamlit as st
from torch import Tensor

from explorer.evaluation import Drift, SharedMap, drift, features, logits, probabilities, shared_map, thinned
from explorer.experiments import Job
from explorer.ui import work
from explorer.ui.compare.kept_with_trio import kept_with_trio
from explorer.ui.compare.trio import Trio

Space = Literal["features", "logits"]
MAPPED = 2000  # samples; UMAP takes tens of seconds beyond
SECONDS = 0.015  # a sample, of a UMAP of three models
UMAP = "umap "  # how the keys of these jobs begin


@dataclass(frozen=True, eq=False)
class Placed:
    """One map of the three models, which training samples stand on it (m,), and p(x) of these under each, (m, classes).

    drift: from the original's map to the unlearned model's.
    """

    shared: SharedMap
    indices: np.ndarray
    probabilities: dict[str, np.ndarray]
    drift: Drift


def place(trio: Trio, method: str, space: Space, progress: Callable[[float], None] = lambda share: None) -> Placed:
    """PCA or UMAP of the penultimate features or of the logits, fitted on the original's, the forget set whole.

    The retrained model's features are rotated onto the original's; an unlearned model, which started from the original,
    needs no rotation, and neither do logits, of which each belongs to one class. progress: hears the share done of a
    UMAP, and ends it by what it raises.
    """
    indices, inner = _features(trio)
    forget = trio.experiment.forget_set.indices.numpy()
    outer = {name: logits(trio.networks[name].head, values) for name, values in inner.items()}
    shared = shared_map(
        {name: values.numpy() for name, values in (inner if space == "features" else outer).items()},
        method="umap" if method == "umap" else "pca",
        retained=np.flatnonzero(~np.isin(indices, forget)),
        turned=trio.turned if space == "features" else (),
        progress=progress,
    )
    moved = drift(shared.coordinates["original"], shared.coordinates["unlearned"])
    return Placed(shared, indices, {name: probabilities(values).numpy() for name, values in outer.items()}, moved)


@kept_with_trio  # the slow part of a large map, and the same for every method and space
def _features(trio: Trio) -> tuple[np.ndarray, dict[str, Tensor]]:
    """Which training samples stand on the map, (m,), and by model their penultimate features (m, width)."""
    experiment = trio.experiment
    indices = thinned(experiment.data.train.y, experiment.forget_set.indices.numpy(), MAPPED)
    inputs = experiment.data.train.x[indices]
    return indices, {name: features(network, inputs) for name, network in trio.networks.items()}


@kept_with_trio
def pca_of(trio: Trio, space: Space) -> Placed:
    """The map that is there at once, or of a large forget set after seconds. Raises InputError where there is none."""
    return place(trio, "pca", space)


def pca_soon(trio: Trio, space: Space) -> Placed | None:
    """`pca_of`; None while that is computed for a forget set larger than maps are else, with its progress shown."""
    if len(trio.experiment.forget_set) <= MAPPED:
        return pca_of(trio, space)
    title = "Principal components of the three models"
    found = work.soon(f"pca {space} {trio.request_key}", title, lambda job: pca_of(trio, space) is not None, True)
    return pca_of(trio, space) if found else None


def umap_job(trio: Trio, space: Space) -> Job:
    """The UMAP of these models, computed in the background once; one of other models that this tab asked for ends.

    It also ends when no page has asked for it for `work.UNSEEN` seconds, and begins anew when one does again.
    """
    job = work.job_of(umap_key(trio, space))
    return start_umap(trio, space) if job is None or work.left(job) else job


def start_umap(trio: Trio, space: Space) -> Job:
    """Begin it anew."""
    for key in [key for key in work.tab().jobs if key.startswith(UMAP) and not key.endswith(trio.request_key)]:
        if work.tab().jobs[key].active:
            work.stop(key)
            del work.tab().jobs[key]

    def make(job: Job) -> Placed:
        return place(trio, "umap", space, lambda share: job.report(share, f"UMAP of the three models' {space}"))

    return work.start(umap_key(trio, space), "UMAP of the three models", make, together=True, unseen=work.UNSEEN)


def umap_key(trio: Trio, space: Space) -> str:
    """Its key among this tab's work."""
    return f"{UMAP}{space} {trio.request_key}"


def show_umap_under_way(trio: Trio, space: Space) -> None:
    """While PCA stands in the place of UMAP: how far that is, with Stop; or why there is none."""
    key, job = umap_key(trio, space), umap_job(trio, space)
    if job.active:
        mapped = len(pca_of(trio, space).indices)
        st.caption(
            f"PCA, while UMAP places {mapped:,} samples in the background: about {SECONDS * mapped:.0f} s on 2 cores, "
            "and the first one half a minute longer."
        )
        work.show_bar(key, job)
    else:
        work.watch(key, retry=lambda: start_umap(trio, space))

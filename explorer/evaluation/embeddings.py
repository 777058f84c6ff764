"""A common 2-D map (PCA or UMAP) of the samples for all models: fitted on the original's features.

Maps that are fitted separately cannot be compared, so the other models' features are projected onto the original's map.
A network that was trained from another initialisation holds the same features in another basis. It is first rotated
onto the original's by orthogonal Procrustes, min_R ||(F - mean F) R - (F_0 - mean F_0)||_F with R^T R = I. The rotation
is fitted on retained samples only: both networks have seen these, and the map must show how forget samples moved.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from scipy.linalg import orthogonal_procrustes
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from explorer.evaluation.umap_process import umap_maps
from explorer.settings import InputError

Method = Literal["pca", "umap"]

NEIGHBOURS = 15  # of UMAP, its own default


@dataclass(frozen=True, eq=False)
class SharedMap:
    """A map of the same samples under several models, on the same axes.

    Attributes:
        coordinates: by model, float32 (n, 2).
        trustworthiness: by model, 0..1: how well neighbours on the map are neighbours among the features.
        method: method of the map.
    """

    coordinates: dict[str, np.ndarray]
    trustworthiness: dict[str, float]
    method: Method


def shared_map(
    features_by_model: Mapping[str, Any],
    fit_on: str = "original",
    method: Method = "pca",
    seed: int = 0,
    retained: Any = None,
    aligned: Collection[str] = ("retrained",),
    progress: Callable[[float], None] = lambda share: None,
) -> SharedMap:
    """Map the features of the same samples under several models into one plane.

    Suited to a few thousand samples (see `thinned`). UMAP runs in one thread and is repeatable. Its first use compiles
    for tens of seconds.

    Args:
        features_by_model: by model, features (n, width) of the same samples in the same order.
        fit_on: model that the map is fitted on.
        method: "pca" or "umap".
        seed: seed of UMAP.
        retained: positions of the retained samples, on which rotations are fitted; None: all samples.
        aligned: models whose features are rotated onto those of `fit_on`.
        progress: called several times a second with the share of UMAP that is done, 0..1. An exception from it ends
            the computation.

    Raises:
        InputError: if the method is unknown, shapes differ, a feature is not finite, or there are fewer than 10 samples
            or 2 features.
    """
    if method not in ("pca", "umap"):
        raise InputError(f"The method of a map is pca or umap, not {method!r}.")
    if fit_on not in features_by_model:
        raise InputError(f"A map is fitted on one of {', '.join(features_by_model)}, not on {fit_on!r}.")
    by_model = {name: np.asarray(values, dtype=np.float64) for name, values in features_by_model.items()}
    reference = by_model[fit_on]
    if any(values.shape != reference.shape or values.ndim != 2 for values in by_model.values()):
        raise InputError("A map needs features of the same samples and of the same width for every model.")
    n, width = reference.shape
    if n < 10 or width < 2:
        raise InputError(f"A map needs at least 10 samples and 2 features, not {n} and {width}.")
    if not all(np.isfinite(values).all() for values in by_model.values()):
        raise InputError("A feature is not a finite number, so there is no map of these models.")
    rows = np.arange(n) if retained is None else np.asarray(retained)
    for name in set(aligned) & set(by_model) - {fit_on}:
        by_model[name] = align(by_model[name], reference, rows)

    others = [name for name in by_model if name != fit_on]
    if method == "umap":
        maps = umap_maps(reference, [by_model[name] for name in others], min(NEIGHBOURS, n - 1), seed, progress)
    else:
        pca = PCA(2, svd_solver="full")
        maps = [pca.fit_transform(reference), *(pca.transform(by_model[name]) for name in others)]
    placed = dict(zip((fit_on, *others), maps, strict=True))
    coordinates = {name: np.asarray(placed[name], dtype=np.float32) for name in by_model}
    neighbours = min(NEIGHBOURS, (n - 1) // 2)
    trust = {
        name: float(trustworthiness(values, coordinates[name], n_neighbors=neighbours))
        for name, values in by_model.items()
    }
    return SharedMap(coordinates, trust, method)


class Drift(NamedTuple):
    """Distance between the positions of each sample on a map under two models.

    Attributes:
        shares: float64 (n,), as a share of the map's extent (the diagonal of the box around all samples under the
            first model).
        farthest: positions of the samples with the largest drift, the largest first.
    """

    shares: np.ndarray
    farthest: np.ndarray


def drift(before: np.ndarray, after: np.ndarray, most: int = 40) -> Drift:
    """Drift of each sample between two maps.

    Args:
        before: coordinates under the first model, (n, 2).
        after: coordinates under the second model, (n, 2).
        most: maximum length of `Drift.farthest`.

    Raises:
        InputError: if the shapes differ.
    """
    if before.shape != after.shape:
        raise InputError(f"Drift needs two maps of the same samples, not of shapes {before.shape} and {after.shape}.")
    extent = float(np.linalg.norm(np.ptp(before, axis=0), ord=2)) or 1.0
    shares = np.linalg.norm(np.subtract(after, before, dtype=np.float64), axis=1) / extent
    order = np.argsort(-shares, kind="stable")[:most]
    return Drift(shares, order[shares[order] > 0])


def align(features: np.ndarray, reference: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Features rotated and shifted, but not scaled, onto a reference (orthogonal Procrustes).

    Args:
        features: (n, width).
        reference: (n, width), of the same samples.
        rows: positions of the samples on which the rotation is fitted.
    """
    centre, target = features[rows].mean(0), reference[rows].mean(0)
    rotation, _ = orthogonal_procrustes(features[rows] - centre, reference[rows] - target)
    return (features - centre) @ rotation + target

"""ONE map of the samples for every model: fitted on the original's features, the others are placed into it.

Maps that are fitted apart cannot be compared. A network that was trained from another start holds the same features in
another basis, so it is first turned onto the original's by orthogonal Procrustes,
min_R ||(F - mean F) R - (F_0 - mean F_0)||_F with R^T R = I, over the retained samples alone: both networks have seen
these, and how the forget samples moved is what the map shall show.
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
    """coordinates: float32 (n, 2) of each model, on the same axes.

    trustworthiness: of each model, 0..1, how far neighbours on the map are neighbours among its features. method: how
    the map was made.
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
    turned: Collection[str] = ("retrained",),
    progress: Callable[[float], None] = lambda share: None,
) -> SharedMap:
    """Place the features (n, width) of the same n samples under several models on one map.

    retained: positions of retained samples, over which the models named in `turned` are rotated (None: all samples).
    Takes a few thousand samples at most (see `thinned`). UMAP is one-threaded and repeatable; its first use compiles
    for tens of seconds. progress: hears the share done of a UMAP several times a second; what it raises ends it. Raises
    InputError for an unknown method, features whose shapes differ or that are not finite, fewer than 10 samples, or one
    feature only.
    """
    if method not in ("pca", "umap"):
        raise InputError(f"A map is made by pca or umap, not by {method!r}.")
    if fit_on not in features_by_model:
        raise InputError(f"A map is fitted on one of {', '.join(features_by_model)}, not on {fit_on!r}.")
    found = {name: np.asarray(values, dtype=np.float64) for name, values in features_by_model.items()}
    reference = found[fit_on]
    if any(values.shape != reference.shape or values.ndim != 2 for values in found.values()):
        raise InputError("The models of one map need features of the same samples and of the same width.")
    n, width = reference.shape
    if n < 10 or width < 2:
        raise InputError(f"A map needs at least 10 samples and 2 features, not {n} and {width}.")
    if not all(np.isfinite(values).all() for values in found.values()):
        raise InputError("A feature is not a finite number, so there is no map of these models.")
    rows = np.arange(n) if retained is None else np.asarray(retained)
    for name in set(turned) & set(found) - {fit_on}:
        found[name] = turn(found[name], reference, rows)

    others = [name for name in found if name != fit_on]
    if method == "umap":
        maps = umap_maps(reference, [found[name] for name in others], min(NEIGHBOURS, n - 1), seed, progress)
    else:
        place = PCA(2, svd_solver="full")
        maps = [place.fit_transform(reference), *(place.transform(found[name]) for name in others)]
    placed = dict(zip((fit_on, *others), maps, strict=True))
    coordinates = {name: np.asarray(placed[name], dtype=np.float32) for name in found}
    neighbours = min(NEIGHBOURS, (n - 1) // 2)
    trust = {name: float(trustworthiness(found[name], coordinates[name], n_neighbors=neighbours)) for name in found}
    return SharedMap(coordinates, trust, method)


class Drift(NamedTuple):
    """How far each sample moved on a map: float64 (n,), as a share of the map's extent; and who moved farthest.

    The extent is the diagonal of the box around all samples before. farthest: positions, the farthest first.
    """

    shares: np.ndarray
    farthest: np.ndarray


def drift(before: np.ndarray, after: np.ndarray, most: int = 40) -> Drift:
    """From where one model has the samples (n, 2) to where another has them; `farthest` names at most `most`."""
    if before.shape != after.shape:
        raise InputError(f"Drift is between two places of the same samples, not {before.shape} and {after.shape}.")
    extent = float(np.linalg.norm(np.ptp(before, axis=0), ord=2)) or 1.0
    shares = np.linalg.norm(np.subtract(after, before, dtype=np.float64), axis=1) / extent
    order = np.argsort(-shares, kind="stable")[:most]
    return Drift(shares, order[shares[order] > 0])


def turn(features: np.ndarray, reference: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Features (n, width) rotated and shifted (never scaled) onto the reference's, as the samples `rows` fit best."""
    centre, target = features[rows].mean(0), reference[rows].mean(0)
    rotation, _ = orthogonal_procrustes(features[rows] - centre, reference[rows] - target)
    return (features - centre) @ rotation + target

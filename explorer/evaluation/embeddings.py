"""ONE map of the samples for every model: fitted on the original's features, the others are placed into it.

Maps that are fitted apart cannot be compared. A network that was trained from another start holds the same features in
another basis, so it is first turned onto the original's by orthogonal Procrustes,
min_R ||(F - mean F) R - (F_0 - mean F_0)||_F with R^T R = I, over the retained samples alone: both networks have seen
these, and how the forget samples moved is what the map shall show.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from scipy.linalg import orthogonal_procrustes
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from explorer.settings import InputError

Method = Literal["pca", "umap"]

LIMIT = 2000  # samples; UMAP takes tens of seconds beyond
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
) -> SharedMap:
    """Place the features (n, width) of the same n samples under several models on one map.

    retained: positions of retained samples, over which the models named in `turned` are rotated (None: all samples).
    Takes at most a few thousand samples (see `thin`). UMAP is one-threaded and repeatable; the first use in a process
    compiles for tens of seconds. Raises InputError for an unknown method, features whose shapes differ or that are not
    finite, fewer than 10 samples, or one feature only.
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

    place = _umap(n, seed) if method == "umap" else PCA(2, svd_solver="full")
    fitted = place.fit_transform(reference)
    coordinates = {
        name: np.asarray(fitted if name == fit_on else place.transform(values), dtype=np.float32)
        for name, values in found.items()
    }
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


def thin(n: int, forget: Any, limit: int = LIMIT, seed: int = 0) -> np.ndarray:
    """Positions, sorted, of at most `limit` of n samples: the forget set whole, and others drawn with the seed.

    Where the forget set leaves less than a quarter of `limit` for the others, they get that quarter all the same: a map
    of forget samples alone would show them beside nothing.
    """
    kept = np.unique(np.asarray(forget, dtype=np.int64))
    others = np.setdiff1d(np.arange(n), kept)
    room = min(len(others), max(limit - len(kept), limit // 4))
    return np.sort(np.concatenate([kept, np.random.default_rng(seed).choice(others, room, replace=False)]))


def _umap(n: int, seed: int) -> Any:
    with warnings.catch_warnings():
        # umap says at import that its networks need Tensorflow; the plain UMAP here does not.
        warnings.filterwarnings("ignore", message="Tensorflow not installed", category=ImportWarning)
        from umap import UMAP
    return UMAP(n_neighbors=min(NEIGHBOURS, n - 1), random_state=seed, n_jobs=1)

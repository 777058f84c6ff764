"""Subsampling for plots: the whole forget set and a stratified part of the other samples."""

from __future__ import annotations

from typing import Any

import numpy as np

LIMIT = 6000
"""Largest number of samples that a plot draws without delay."""


def thinned(labels: Any, forget: Any, limit: int = LIMIT, seed: int = 0) -> np.ndarray:
    """Positions of at most about `limit` samples: the forget set and a stratified random part of the other samples.

    These get at least a quarter of `limit`, even if the result then exceeds it.

    Args:
        labels: class of each sample, (n,).
        forget: positions of the forget set, which are always included.
        limit: number of samples; if there are no more, all are returned.
        seed: seed of the draw.

    Returns:
        Sorted positions, (m,).
    """
    labels, forget_set = np.asarray(labels), np.unique(np.asarray(forget, dtype=np.int64))
    if len(labels) <= limit:
        return np.arange(len(labels))
    others = np.setdiff1d(np.arange(len(labels)), forget_set)
    if not len(others):
        return forget_set
    room = min(len(others), max(limit - len(forget_set), limit // 4))
    # Each class is shuffled and spread evenly over ranks 0..1, so that the `room` lowest ranks are stratified.
    order = others[np.random.default_rng(seed).permutation(len(others))]
    _, classes, sizes = np.unique(labels[order], return_inverse=True, return_counts=True)
    by_class = np.argsort(classes, kind="stable")
    ranks = np.empty(len(order))
    ranks[by_class] = np.concatenate([(np.arange(size) + 0.5) / size for size in sizes])
    return np.sort(np.concatenate([forget_set, order[np.argsort(ranks, kind="stable")[:room]]]))

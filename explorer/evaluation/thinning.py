"""Which of many samples a picture shows: the forget set whole, and of each class its share of the others."""

from __future__ import annotations

from typing import Any

import numpy as np

LIMIT = 6000
"""Samples that a picture draws without keeping a reader waiting."""


def thinned(labels: Any, forget: Any, limit: int = LIMIT, seed: int = 0) -> np.ndarray:
    """Positions, sorted, of at most `limit` of the samples with these labels (n,), all where there are no more.

    forget: positions that always stay. The others are drawn with the seed, each class in proportion, and where the
    forget set leaves less than a quarter of `limit` for them they get that quarter all the same.
    """
    labels, kept = np.asarray(labels), np.unique(np.asarray(forget, dtype=np.int64))
    if len(labels) <= limit:
        return np.arange(len(labels))
    others = np.setdiff1d(np.arange(len(labels)), kept)
    if not len(others):
        return kept
    room = min(len(others), max(limit - len(kept), limit // 4))
    # In a random order within each class, at even distances over all of them: the first `room` have each its share.
    order = others[np.random.default_rng(seed).permutation(len(others))]
    _, classes, sizes = np.unique(labels[order], return_inverse=True, return_counts=True)
    by_class = np.argsort(classes, kind="stable")
    ranks = np.empty(len(order))
    ranks[by_class] = np.concatenate([(np.arange(size) + 0.5) / size for size in sizes])
    return np.sort(np.concatenate([kept, order[np.argsort(ranks, kind="stable")[:room]]]))

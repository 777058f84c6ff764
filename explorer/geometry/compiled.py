"""Loops over the pairs of two blocks, compiled by numba; `rings` and `neighbourhoods` have equivalents in torch.

Torch makes one pass over the pairs per operation and synchronises its threads after each, which takes as long as the
matrix products on two busy cores. These loops run in the caller's thread, without the GIL. They do not use numba's
threads: with the workqueue threading layer, two Python threads that start them at the same time crash the process.
Compiling takes seconds, so this module is imported only for many pairs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(nogil=True)
def look_up_rings(
    products: np.ndarray, a_parts: np.ndarray, b_parts: np.ndarray, factor: Any, table: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Look up table[cell] for all pairs, with cell = a_parts[i] + b_parts[j] + factor * products[i, j].

    Args:
        products: (n, m).
        a_parts: (n,).
        b_parts: (m,).
        factor: a number; all floating-point arguments have the same dtype.
        table: int32; cells are clipped to its range.

    Returns:
        Table entries (n, m), int32, and the pairs (p, 2) with a negative entry.
    """
    n, m = products.shape
    rings, cells = np.empty((n, m), np.int32), np.empty(m, np.int32)
    lowest, highest = factor * 0, factor * 0 + len(table) - 1
    negative = 0
    for i in range(n):
        for j in range(m):
            cell = a_parts[i] + b_parts[j] + factor * products[i, j]
            cell = cell if cell > lowest else lowest
            cells[j] = np.int32(cell if cell < highest else highest)
        for j in range(m):
            rings[i, j] = table[cells[j]]
            negative += rings[i, j] < 0
    pairs = np.empty((negative, 2), np.int64)
    for i in range(n if negative else 0):
        for j in range(m):
            if rings[i, j] < 0:
                negative -= 1
                pairs[negative] = i, j
    return rings, pairs


@njit(nogil=True)
def count_pairs(
    rings: np.ndarray,
    a_labels: np.ndarray,
    b_labels: np.ndarray,
    a_tally: np.ndarray,
    b_tally: np.ndarray,
    symmetric: bool,
) -> None:
    """Count every pair in a_tally and, if symmetric, in b_tally, in place.

    Args:
        rings: ring of each pair, (n, m).
        a_labels: (n,).
        b_labels: (m,).
        a_tally: (n, slots); the first half of the slots is for pairs with different labels, the second for equal ones.
        b_tally: (m, slots), likewise.
        symmetric: whether b_tally is updated, too.
    """
    half = a_tally.shape[1] // 2
    for i in range(len(a_labels)):
        for j in range(len(b_labels)):
            slot = rings[i, j] + (half if a_labels[i] == b_labels[j] else 0)
            a_tally[i, slot] += 1
            if symmetric:
                b_tally[j, slot] += 1

"""The two loops over the pairs of two blocks, compiled by numba: what `rings` and `neighbourhoods` else do with torch.

Torch takes a pass over the pairs for each step, and its threads wait for each other at every one: beside other work on
two cores that can take as long as the matrix products. These loops run in the caller's thread, without the interpreter
lock. numba's own threads are not used: where it has but its simplest scheduler, two of our
threads that start them at once end the process. To compile takes seconds, so this is imported only for many pairs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(nogil=True)
def look_up(
    products: np.ndarray, a_parts: np.ndarray, b_parts: np.ndarray, factor: Any, table: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """table[cell] int32 for all pairs (n, m), cell = a_parts[i] + b_parts[j] + factor products[i, j], cut to the table.

    Also the pairs (p, 2) for which that is negative. All floating-point arguments are of one precision.
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
def count(
    rings: np.ndarray, a_labels: np.ndarray, b_labels: np.ndarray, a_tally: np.ndarray, b_tally: np.ndarray, both: bool
) -> None:
    """Tally every pair for a_i and, where `both`, for b_j.

    rings: (n, m); tallies: (n, slots) and (m, slots), half of the slots for other labels, half for the sample's own.
    """
    own = a_tally.shape[1] // 2
    for i in range(len(a_labels)):
        for j in range(len(b_labels)):
            slot = rings[i, j] + (own if a_labels[i] == b_labels[j] else 0)
            a_tally[i, slot] += 1
            if both:
                b_tally[j, slot] += 1

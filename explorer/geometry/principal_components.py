"""The principal components of many points, from their covariance, which is summed block by block.

What scikit-learn does at once, in steps: the sum takes tens of seconds for 50,000 points of 3,072 numbers, and whoever
waits for it may want to stop.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse.linalg import eigsh

BLOCK = 256  # points between two reports


def principal_components(
    points: np.ndarray, count: int = 2, progress: Callable[[float], None] = lambda done: None
) -> np.ndarray:
    """Where points (n, d) stand along the `count` < d directions in which they vary most: (n, count), in their dtype.

    The signs of the axes are arbitrary. progress is called with the share done; what it raises stops the work.
    """
    centre = points.mean(0)
    covariance = np.zeros((points.shape[1],) * 2, dtype=points.dtype)
    for start in range(0, len(points), BLOCK):
        progress(start / len(points))
        part = points[start : start + BLOCK] - centre
        covariance += part.T @ part
    _, axes = eigsh(covariance, count, v0=np.ones(len(covariance), dtype=points.dtype))
    axes = axes[:, ::-1]  # the largest first
    return np.asarray(points @ axes - centre @ axes)

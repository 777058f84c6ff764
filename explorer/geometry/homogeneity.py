"""How homogeneous the data are around a place: the share of the largest class in its ball, whatever the model."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.geometry.neighbourhoods import neighbourhoods


def homogeneity(x: Any, y: Any, radius: float, places: Any) -> np.ndarray:
    """max_c |{z in B_r(p) : c(z) = c}| / |B_r(p)| at every place p, (places,); NaN where the ball holds no sample.

    x: (n, *shape) samples with labels y (n,); places: (p, *shape) in the same units. It is alpha(p) of a sample of the
    largest class. Raises InputError as `neighbourhoods` does.
    """
    shares = [
        neighbourhoods(x, y, radius, places, np.full(len(places), label)).alpha[:, 0]
        for label in np.unique(np.asarray(y))
    ]
    return np.maximum.reduce(shares)

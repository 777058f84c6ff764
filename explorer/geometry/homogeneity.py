"""Label homogeneity of the data around arbitrary points, independent of a model."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.geometry.neighbourhoods import neighbourhoods


def homogeneity(x: Any, y: Any, radius: float, places: Any) -> np.ndarray:
    """Share of the largest class in the ball around each point, max_c |{z in B_r(p) : c(z) = c}| / |B_r(p)|.

    This equals alpha(p) for a sample of the largest class.

    Args:
        x: samples, (n, *shape).
        y: labels, (n,).
        radius: radius r in the units of x.
        places: points p, (places, *shape), in the units of x.

    Returns:
        Shares, (places,); NaN for an empty ball.

    Raises:
        InputError: as in `neighbourhoods`.
    """
    shares = [
        neighbourhoods(x, y, radius, places, np.full(len(places), label)).alpha[:, 0]
        for label in np.unique(np.asarray(y))
    ]
    return np.maximum.reduce(shares)

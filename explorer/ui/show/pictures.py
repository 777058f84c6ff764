"""Image samples for a page: as data links, and enlarged."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

LEAST = 112  # pixels a side; browsers would smooth smaller images when they enlarge them


def picture_link(picture: np.ndarray) -> str:
    """A picture, uint8 (h, w) or (h, w, 3), as a data link to a PNG."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "png")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def enlarged(picture: np.ndarray) -> np.ndarray:
    """The picture with every pixel repeated as a square, at least LEAST pixels wide."""
    times = -(-LEAST // picture.shape[1])
    return picture.repeat(times, 0).repeat(times, 1)

"""Samples as small images for a page: in a link of their own, and large enough to be seen."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

LEAST = 112  # px a side, from which no browser needs to smooth them


def picture_link(picture: np.ndarray) -> str:
    """A picture, uint8 (h, w) or (h, w, 3), as a PNG that stands in its own link."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "png")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def enlarged(picture: np.ndarray) -> np.ndarray:
    """Each pixel as a square of pixels, as few as make the picture at least LEAST wide."""
    times = -(-LEAST // picture.shape[1])
    return picture.repeat(times, 0).repeat(times, 1)

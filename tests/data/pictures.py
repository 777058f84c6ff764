"""Pictures, folders and zips for the tests, made here so that nobody's face is needed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import numpy as np
from PIL import Image


def encoded(picture, kind="PNG", **how):
    """The bytes of a picture's file; picture: an Image, or uint8 (h, w) or (h, w, 3)."""
    file = io.BytesIO()
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(file, kind, **how)
    return file.getvalue()


def person(number, shot, side=24):
    """A 'person' in grey: stripes of a width and slope of their own, with noise that differs from shot to shot."""
    draw = np.random.default_rng(1000 * number + shot)
    down, right = np.mgrid[:side, :side]
    waves = np.sin((down * (number % 3 + 1) + right * (number // 3 - 1)) * 0.5 + number)
    return (128 + 80 * waves + draw.normal(0, 16, (side, side))).clip(0, 255).astype(np.uint8)


def persons(people=4, shots=6, top="faces/"):
    """Paths and bytes of a folder for each person."""
    return {
        f"{top}p{number}/{shot}.png": encoded(person(number, shot)) for number in range(people) for shot in range(shots)
    }


def zipped(files: Mapping[str, bytes], method=zipfile.ZIP_DEFLATED):
    """A zip of these, as a file in memory."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    file.seek(0)
    return file


def written(files: Mapping[str, bytes], folder):
    """These as files in a folder on disk."""
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return folder

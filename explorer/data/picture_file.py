"""One picture's file as a square of bytes: upright, on white, 8 bits a channel, grey or colour."""

from __future__ import annotations

import io
from typing import Literal

import numpy as np
from PIL import Image, ImageOps

from explorer.data import limits

FORMATS = ("PNG", "JPEG", "PPM", "BMP", "WEBP", "GIF", "TIFF")
ENDINGS = (".png", ".jpg", ".jpeg", ".pgm", ".ppm", ".pbm", ".pnm", ".bmp", ".webp", ".gif", ".tif", ".tiff")
Crop = Literal["centre", "stretch"]
DEEP = ("I", "I;16", "I;16B", "I;16L", "I;16N")  # what Pillow calls grey of 16 bits


class UnreadableError(Exception):
    """A file that is not a picture, is cut off or damaged, or is too large to be decoded."""


def read_picture(content: bytes, side: int, crop: Crop = "centre", grey: bool = False) -> np.ndarray:
    """A picture as uint8 (1 or 3, side, side); raises `UnreadableError`.

    Turned as its EXIF orientation says; of an animation the first frame. 16 bits are scaled (65,535 is white), palettes
    and CMYK become RGB, what is transparent shows white. crop: the square in the middle, or all of it "stretch"ed into
    a square. The number of pixels is checked before any is decoded.
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > limits.PIXELS:
                raise UnreadableError
            image.draft(None, (2 * side, 2 * side))  # a JPEG is decoded at about the size that is needed
            flat = _on_white(_upright(image)).convert("L" if grey else "RGB")
        resize = Image.Resampling.BICUBIC
        square = flat.resize((side, side), resize) if crop == "stretch" else ImageOps.fit(flat, (side, side), resize)
    except Exception as error:  # a decoder may raise anything over a file that was made to break it
        raise UnreadableError from error
    pixels = np.asarray(square, dtype=np.uint8)
    return pixels[None] if grey else pixels.transpose(2, 0, 1)


def is_grey(picture: np.ndarray) -> bool:
    """Whether a picture (3, side, side) has no colour."""
    return bool((picture == picture[:1]).all())


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # damaged EXIF is no reason to lose the picture
        return image


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in DEEP:
        return Image.fromarray((np.asarray(image).astype(np.float32) / 257).round().clip(0, 255).astype(np.uint8))
    if image.mode == "F":
        raise UnreadableError  # nothing says what its white is
    if image.has_transparency_data:
        alpha = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", alpha.size, "white"), alpha)
    return image

"""Decoding of a picture file to a square of 8-bit pixels."""

from __future__ import annotations

import io
from typing import Literal

import numpy as np
from PIL import Image, ImageOps

from explorer.data import limits

FORMATS = ("PNG", "JPEG", "PPM", "BMP", "WEBP", "GIF", "TIFF")
ENDINGS = (".png", ".jpg", ".jpeg", ".pgm", ".ppm", ".pbm", ".pnm", ".bmp", ".webp", ".gif", ".tif", ".tiff")
Crop = Literal["centre", "stretch"]
DEEP = ("I", "I;16", "I;16B", "I;16L", "I;16N")  # Pillow's modes for 16-bit grey


class UnreadableError(Exception):
    """A file that is no picture, is damaged, or has too many pixels."""


def read_picture(content: bytes, side: int, crop: Crop = "centre", grey: bool = False) -> np.ndarray:
    """The picture as uint8 (1 or 3, side, side).

    The EXIF orientation is applied. Animations give their first frame. 16-bit values are scaled (65,535 is white),
    palettes and CMYK become RGB, and transparency becomes white. The number of pixels is checked before decoding.

    Args:
        content: bytes of the file.
        side: width and height of the result (pixels).
        crop: "centre" takes the central square, "stretch" resizes the whole picture to a square.
        grey: one channel instead of three.

    Raises:
        UnreadableError: if the file is no picture, is damaged or has more than `limits.PIXELS` pixels.
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > limits.PIXELS:
                raise UnreadableError
            image.draft(None, (2 * side, 2 * side))  # decodes a JPEG at a reduced size, which saves time and memory
            flat = _on_white(_upright(image)).convert("L" if grey else "RGB")
        resize = Image.Resampling.BICUBIC
        square = flat.resize((side, side), resize) if crop == "stretch" else ImageOps.fit(flat, (side, side), resize)
    except Exception as error:  # decoders raise various exceptions for malformed files
        raise UnreadableError from error
    pixels = np.asarray(square, dtype=np.uint8)
    return pixels[None] if grey else pixels.transpose(2, 0, 1)


def is_grey(picture: np.ndarray) -> bool:
    """Whether the three channels of a picture (3, side, side) are equal."""
    return bool((picture == picture[:1]).all())


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # with damaged EXIF data, use the picture as it is
        return image


def _on_white(image: Image.Image) -> Image.Image:
    """The picture with 8 bits a channel, transparency replaced by white."""
    if image.mode in DEEP:
        return Image.fromarray((np.asarray(image).astype(np.float32) / 257).round().clip(0, 255).astype(np.uint8))
    if image.mode == "F":
        raise UnreadableError  # the value of white is unknown
    if image.has_transparency_data:
        alpha = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", alpha.size, "white"), alpha)
    return image

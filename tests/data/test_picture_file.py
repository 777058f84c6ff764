"""One picture's file: depths, palettes, transparency, orientation, crops; and what is no picture."""

from __future__ import annotations

import contextlib
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from explorer.data import limits
from explorer.data.picture_file import UnreadableError, is_grey, read_picture
from tests.data.pictures import encoded

RAMP = np.linspace(0, 255, 64).round().astype(np.uint8).reshape(8, 8)


def colours(seed=0, size=(8, 8, 3)):
    return np.random.default_rng(seed).integers(0, 256, size, dtype=np.uint8)


@pytest.mark.parametrize("kind", ["PNG", "PPM", "BMP", "GIF", "TIFF"])
def test_grey_of_8_bits_is_kept_as_it_is(kind):
    assert np.array_equal(read_picture(encoded(RAMP, kind), 8, grey=True)[0], RAMP)
    found = read_picture(encoded(RAMP, kind), 8)
    assert found.shape == (3, 8, 8) and found.dtype == np.uint8
    assert is_grey(found) and np.array_equal(found[0], RAMP)


@pytest.mark.parametrize("kind", ["PNG", "PPM", "BMP", "TIFF", "WEBP"])
def test_colour_is_kept_as_it_is(kind):
    picture = colours()
    found = read_picture(encoded(picture, kind, **({"lossless": True} if kind == "WEBP" else {})), 8)
    assert np.array_equal(found, picture.transpose(2, 0, 1)) and not is_grey(found)


@pytest.mark.parametrize("kind", ["PNG", "PPM", "TIFF"])
def test_16_bits_are_scaled_and_not_cut_off(kind):
    deep = RAMP.astype(np.uint16) * 257  # 65,535 is white
    file = b"P5 8 8 65535\n" + deep.astype(">u2").tobytes() if kind == "PPM" else encoded(deep, kind)
    assert np.array_equal(read_picture(file, 8, grey=True)[0], RAMP)


def test_black_and_white_and_palettes_become_grey_and_colour():
    bits = Image.fromarray(RAMP > 100)
    assert np.array_equal(read_picture(encoded(bits), 8, grey=True)[0], np.where(RAMP > 100, 255, 0))
    palette = Image.fromarray(colours()).quantize(16)
    assert np.array_equal(read_picture(encoded(palette), 8), np.asarray(palette.convert("RGB")).transpose(2, 0, 1))


def test_cmyk_becomes_rgb():
    plain = Image.new("RGB", (8, 8), (200, 40, 90))
    found = read_picture(encoded(plain.convert("CMYK"), "TIFF"), 8)
    assert np.abs(found[:, 4, 4].astype(int) - (200, 40, 90)).max() <= 2
    found = read_picture(encoded(plain.convert("CMYK"), "JPEG", quality=95), 8)
    assert np.abs(found[:, 4, 4].astype(int) - (200, 40, 90)).max() <= 6


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_shows_white(mode):
    image = Image.new("RGBA", (8, 8), (10, 10, 10, 0))
    image.paste((10, 10, 10, 255), (0, 0, 4, 8))
    if mode == "P":
        image = Image.new("P", (8, 8), 1)
        image.putpalette([10, 10, 10, 90, 90, 90])
        image.paste(0, (0, 0, 4, 8))
        file = encoded(image, transparency=1)
    else:
        file = encoded(image.convert(mode))
    found = read_picture(file, 8)
    assert (found[:, :, :4] == 10).all() and (found[:, :, 4:] == 255).all()


def test_exif_turns_the_picture_and_damaged_exif_does_not_lose_it():
    image, exif = Image.fromarray(RAMP), Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter, clockwise
    assert np.array_equal(read_picture(encoded(image, exif=exif), 8, grey=True)[0], np.rot90(RAMP, -1))
    assert np.array_equal(read_picture(encoded(image, exif=b"Exif\0\0MM\0*\xff\xff"), 8, grey=True)[0], RAMP)


def test_of_an_animation_the_first_frame_is_read():
    frames = [Image.fromarray(np.full((8, 8), level, np.uint8)) for level in (40, 200)]
    file = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert (read_picture(file, 8, grey=True) == 40).all()


def test_the_square_in_the_centre_or_all_of_it():
    wide = np.zeros((8, 24), np.uint8)
    wide[:, 8:16] = 200
    assert (read_picture(encoded(wide), 8, "centre", grey=True) == 200).all()
    stretched = read_picture(encoded(wide), 24, "stretch", grey=True)[0]
    assert (stretched[:, 2] == 0).all() and (stretched[:, 12] == 200).all()


@pytest.mark.parametrize("side", [8, 33, 224])
def test_every_size_gives_the_side_that_was_asked_for(side):
    for size in ((1, 1), (1, 300), (57, 8), (400, 300)):
        assert read_picture(encoded(colours(size=(*size, 3)), "JPEG"), side).shape == (3, side, side)


NO_PICTURES = {
    "nothing": b"",
    "text": b"this is a picture, trust me",
    "cut off": encoded(colours(size=(64, 64, 3)))[:500],
    "a script": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "float": encoded(Image.fromarray(RAMP.astype(np.float32)), "TIFF"),
}


@pytest.mark.parametrize("name", NO_PICTURES)
def test_what_is_no_picture_is_refused(name):
    with pytest.raises(UnreadableError):
        read_picture(NO_PICTURES[name], 8)


def bomb(width, height):
    """A PNG of a few hundred bytes that says it is this large."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(10_000, 5_001), (30_000, 30_000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_with_too_many_pixels_takes_no_memory(size):
    assert size[0] * size[1] > limits.PIXELS
    tracemalloc.start()
    with pytest.raises(UnreadableError):
        read_picture(bomb(*size), 8)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


@given(where=st.integers(0, 400), byte=st.integers(0, 255), kind=st.sampled_from(["PNG", "GIF", "BMP", "PPM", "JPEG"]))
def test_a_damaged_byte_is_a_picture_or_none_but_nothing_else(where, byte, kind):
    file = bytearray(encoded(colours(), kind))
    file[where % len(file)] = byte
    with contextlib.suppress(UnreadableError):
        assert read_picture(bytes(file), 8).shape == (3, 8, 8)

"""Points and pictures from an npz: kinds of numbers, given splits, names; and arrays that are not what they say."""

from __future__ import annotations

import io
import tracemalloc

import numpy as np
import pytest

from explorer.data import limits
from explorer.data.arrays import read_npz
from explorer.data.uploaded import UploadOptions
from explorer.settings import InputError
from tests.data.pictures import zipped

DRAW = np.random.default_rng(0)
PICTURES = DRAW.integers(0, 256, (12, 9, 9, 3), dtype=np.uint8)
LABELS = np.arange(12) % 3
POINTS = DRAW.normal(0, 1, (12, 2))


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    file.seek(0)
    return file


def read(**arrays):
    return read_npz(npz(**arrays), "it.npz", UploadOptions())


def refused(file):
    with pytest.raises(InputError) as caught:
        read_npz(file if isinstance(file, io.BytesIO) else npz(**file), "it.npz", UploadOptions())
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_pictures_are_those_of_the_file_with_channels_first():
    found = read(x=PICTURES, y=LABELS)
    assert (found.kind, found.classes) == ("image", ("0", "1", "2"))
    assert np.array_equal(found.x, PICTURES.transpose(0, 3, 1, 2)) and np.array_equal(found.y, LABELS)
    assert np.array_equal(read(x=np.asfortranarray(PICTURES[..., 0]), y=LABELS).x[:, 0], PICTURES[..., 0])
    assert np.array_equal(read(x=PICTURES[..., :1], y=LABELS).x[:, 0], PICTURES[..., 0])


@pytest.mark.parametrize(
    "convert",
    [
        lambda x: x / 255,
        lambda x: (x / 255).astype(np.float32),
        lambda x: x.astype(np.float64),
        lambda x: x.astype(np.int64),
        lambda x: x.astype(np.uint16) * 257,
    ],
    ids=["0 to 1", "float32", "float to 255", "whole numbers", "16 bits"],
)
def test_brightness_of_every_kind_becomes_bytes(convert):
    assert np.array_equal(read(x=convert(PICTURES), y=LABELS).x, PICTURES.transpose(0, 3, 1, 2))


def test_points_and_labels_of_every_kind():
    assert np.array_equal(read(x=POINTS, y=LABELS).x, POINTS)
    assert read(x=POINTS, y=LABELS.astype(float)).classes == ("0", "1", "2")
    assert read(x=POINTS, y=LABELS[:, None]).classes == ("0", "1", "2")
    assert read(x=POINTS, y=LABELS == 0).classes == ("0", "1")
    names = np.array(["ann", "bea", "cy"])
    for y, how in ((names[LABELS], {}), (names.astype("S")[LABELS], {}), (LABELS, {"classes": names})):
        found = read(x=POINTS, y=y, **how)
        assert found.classes == ("ann", "bea", "cy") and np.array_equal(found.y, LABELS)


@pytest.mark.parametrize("names", [("x", "y"), ("x_train", "y_train")])
def test_a_given_split_is_respected(names):
    found = read(**{names[0]: PICTURES, names[1]: LABELS, "x_test": PICTURES[:6], "y_test": LABELS[:6]})
    assert found.test.tolist() == [False] * 12 + [True] * 6
    assert np.array_equal(found.x[found.test], PICTURES[:6].transpose(0, 3, 1, 2))


BAD = {
    "no x": ({"y": LABELS}, "it.npz has no array x; an npz needs x (n, 2) or (n, side, side[, 3]), and y (n,)"),
    "no y": ({"x": POINTS}, "it.npz has no array y; "),
    "half a test": ({"x": POINTS, "y": LABELS, "x_test": POINTS}, "it.npz has no array y_test; "),
    "lengths": ({"x": POINTS, "y": LABELS[:5]}, "y of it.npz must hold one label for each of the samples in x."),
    "empty": ({"x": POINTS[:0], "y": LABELS[:0]}, "it.npz is empty: there are no samples in x; an npz needs x (n, 2)"),
    "an empty test": (
        {"x": POINTS, "y": LABELS, "x_test": POINTS[:0], "y_test": LABELS[:0]},
        "it.npz is empty: there are no samples in x_test;",
    ),
    "nothing": ({}, "it.npz is empty; an npz needs x (n, 2) or "),
    "a number": ({"x": np.float64(1), "y": LABELS}, "x of it.npz is a single number; "),
    "three coordinates": ({"x": np.ones((12, 3)), "y": LABELS}, "x of it.npz is 12 x 3; points are (n, 2), pictures "),
    "not square": ({"x": PICTURES[:, :8], "y": LABELS}, "x of it.npz is 12 x 8 x 9 x 3; "),
    "four channels": ({"x": np.ones((12, 9, 9, 4)), "y": LABELS}, "x of it.npz is 12 x 9 x 9 x 4; "),
    "too small": ({"x": PICTURES[:, :4, :4], "y": LABELS}, "x of it.npz is 12 x 4 x 4 x 3; "),
    "other test": (
        {"x": PICTURES, "y": LABELS, "x_test": PICTURES[:, :8, :8], "y_test": LABELS},
        "The samples in x and x_test of it.npz have different shapes; give them the same.",
    ),
    "NaN": ({"x": PICTURES * np.nan, "y": LABELS}, "Pictures of it.npz must be brightness from 0"),
    "negative": ({"x": PICTURES - 1.0, "y": LABELS}, "Pictures of it.npz must be brightness "),
    "NaN points": ({"x": POINTS * np.nan, "y": LABELS}, "A coordinate is not a finite number from -1e+12 to 1e+12."),
    "complex": ({"x": POINTS * 1j, "y": LABELS}, "The points of it.npz must be numbers."),
    "test points that are text": (
        {"x": POINTS, "y": LABELS, "x_test": np.full((2, 2), "a"), "y_test": LABELS[:2]},
        "The points of it.npz must be numbers.",
    ),
    "fractions": ({"x": POINTS, "y": LABELS + 0.5}, "The labels of it.npz must be whole numbers or text."),
    "few names": ({"x": POINTS, "y": LABELS, "classes": np.array(["a"])}, "classes of it.npz must be a list of texts"),
    "objects": (
        {"x": np.array([{}, None] * 6, dtype=object), "y": LABELS},
        "The array x of it.npz is damaged or contains Python objects; use numbers or text.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_other_arrays_are_one_sentence(name):
    arrays, sentence = BAD[name]
    assert refused(arrays).startswith(sentence)


def member(shape, kind="|u1", content=b"", version=b"\x01\x00"):
    said = repr({"descr": kind, "fortran_order": False, "shape": shape}).encode()
    return b"\x93NUMPY" + version + len(said).to_bytes(2, "little") + said + content


@pytest.mark.parametrize(
    "damaged",
    [
        member((2**40, 2**20, 2)),
        member((10**9, 9, 9)),
        member((-1, 2)),
        member((12, 2), "|O", bytes(24)),
        member((12, 2), "<f8", bytes(12 * 16 - 1)),
        member((2**70,), "|V0"),
        member((12, 2), version=b"\x09\x00", content=bytes(24)),
        b"\x93NUMPY",
        b"",
        b"\x93NUMPY\x01\x00\x50\x00" + b"(" * 80,
    ],
)
def test_a_header_is_believed_only_as_far_as_its_bytes_go(damaged):
    good = io.BytesIO()
    np.save(good, LABELS)
    tracemalloc.start()
    sentence = refused(zipped({"x.npy": damaged, "y.npy": good.getvalue()}))
    assert sentence == "The array x of it.npz is damaged or contains Python objects; use numbers or text."
    assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
    tracemalloc.stop()


def test_limits_and_what_a_zip_is_refused_for(monkeypatch):
    assert "unpacks to" in refused(zipped({"x.npy": bytes(60 * 2**20), "y.npy": b""}))
    assert refused(io.BytesIO(b"no zip")).startswith("it.npz is not a zip that can be read")
    monkeypatch.setattr(limits, "SAMPLES", 11)
    assert refused({"x": POINTS, "y": LABELS}) == "it.npz has 12 samples; at most 11 are allowed."
    monkeypatch.setattr(limits, "SAMPLES", 12)
    monkeypatch.setattr(limits, "ALL_PICTURES", 12 * 9 * 9 * 3 - 1)
    assert "take more than" in refused({"x": PICTURES, "y": LABELS})

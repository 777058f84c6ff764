"""Points or pictures from an npz: x and y, perhaps x_test and y_test, and classes, the names of the labels.

An npz is a zip of arrays, so it is judged like one; an array's header is believed only as far as its bytes go, and
nothing is ever unpickled.
"""

from __future__ import annotations

import io
import math
from typing import Any, BinaryIO

import numpy as np

from explorer.data import limits
from explorer.data.archive import Archive
from explorer.data.uploaded import BringOptions, UploadedData, complete
from explorer.settings import InputError

NAMES = {
    "x": ("x", "x_train"),
    "y": ("y", "y_train"),
    "x_test": ("x_test",),
    "y_test": ("y_test",),
    "classes": ("classes",),
}
NEEDS = "an npz needs x (n, 2) or (n, side, side[, 3]), and y (n,)"


def read_npz(file: BinaryIO, name: str, options: BringOptions) -> UploadedData:
    """The samples of an npz; pictures keep their size and colours (side, crop and colour are not used).

    Raises InputError for what `Archive` refuses, arrays of other shapes or kinds, NaN, labels without a name, and as
    `complete` does.
    """
    archive = Archive(file, name, NEEDS)
    found = {}
    for what, members in NAMES.items():
        for member in members:
            if f"{member}.npy" in archive.paths:
                found[what] = _array(archive, member)
                break
    missing = [what for what in ("x", "y") if what not in found]
    if missing or ("x_test" in found) != ("y_test" in found):
        lacking = missing[0] if missing else "x_test" if "y_test" in found else "y_test"
        raise InputError(f"{name} has no array {lacking}; {NEEDS}, x_test only with y_test.")
    parts = [("x", "y"), ("x_test", "y_test")] if "x_test" in found else [("x", "y")]
    for inputs, labels in parts:
        if found[inputs].ndim == 0:
            raise InputError(f"{inputs} of {name} is a single number; {NEEDS}.")
        if found[labels].shape[1:] == (1,):
            found[labels] = found[labels][:, 0]
        if not found[inputs].size:
            raise InputError(f"{name} is empty: there are no samples in {inputs}; {NEEDS}.")
        if found[labels].shape != found[inputs].shape[:1]:
            raise InputError(f"{labels} of {name} must hold one label for each of the samples in {inputs}.")
    if "x_test" in found and found["x_test"].shape[1:] != found["x"].shape[1:]:
        raise InputError(f"The samples in x and x_test of {name} have different shapes; give them the same.")
    samples = sum(len(found[labels]) for _, labels in parts)
    if samples > limits.SAMPLES:  # before each label becomes a text of its own
        raise InputError(f"{name} has {samples:,} samples; at most {limits.SAMPLES:,} are allowed.")
    names = [(label,) for _, what in parts for label in _labels(found[what], found.get("classes"), name)]
    test = np.arange(len(names)) >= len(found["x"]) if len(parts) > 1 else None
    first = found["x"]
    if first.shape[1:] == (2,):
        if any(found[inputs].dtype.kind not in "fiu" for inputs, _ in parts):
            raise InputError(f"The points of {name} must be numbers.")
        points = np.concatenate([found[inputs] for inputs, _ in parts]).astype(np.float64)
        return complete("plane", points, names, options, test)
    pictures = [_pictures(found.pop(inputs), inputs, name) for inputs, _ in parts]
    return complete("image", pictures[0] if len(parts) == 1 else np.concatenate(pictures), names, options, test)


def _array(archive: Archive, member: str) -> np.ndarray:
    """An array, once its header says no more than its bytes hold."""
    wrong = InputError(f"The array {member} of {archive.name} is damaged, or holds objects, which are never unpickled.")
    try:
        content = archive.read(f"{member}.npy", limits.UNPACKED)
        header = io.BytesIO(content)
        version = np.lib.format.read_magic(header)
        read: Any = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, by_column, kind = read(header)
        size = math.prod(shape)
        if kind.hasobject or any(side < 0 for side in shape) or size * kind.itemsize != len(content) - header.tell():
            raise wrong
        array = np.frombuffer(content, kind, size, header.tell())
    except InputError:  # which is a ValueError too
        raise
    except Exception:  # a header that was made to break its reader may raise anything
        raise wrong from None
    return array.reshape(shape, order="F" if by_column else "C")


def _labels(y: np.ndarray, classes: np.ndarray | None, name: str) -> list[str]:
    if y.dtype.kind in "US":
        return [_text(label) for label in y]
    if y.dtype.kind == "b":
        y = y.astype(np.int64)
    if y.dtype.kind not in "iuf" or not np.isfinite(y).all() or (y != np.round(y)).any() or np.abs(y).max() > 2**53:
        raise InputError(f"The labels of {name} must be whole numbers or text.")
    if classes is None:
        return [str(int(label)) for label in y]
    if classes.ndim != 1 or classes.dtype.kind not in "US" or y.min() < 0 or y.max() >= len(classes):
        raise InputError(f"classes of {name} must be a list of texts, one for each label from 0 up.")
    return [_text(classes[int(label)]) for label in y]


def _text(label: Any) -> str:
    return label.decode("utf-8", "replace") if isinstance(label, bytes) else str(label)


def _pictures(x: np.ndarray, which: str, name: str) -> np.ndarray:
    """uint8 (n, channels, side, side)."""
    side, channels = (x.shape[1], x.shape[3] if x.ndim == 4 else 1) if x.ndim in (3, 4) else (0, 0)
    square = x.ndim in (3, 4) and x.shape[2] == side
    if not square or channels not in (1, 3) or not limits.SIDE_LEAST <= side <= limits.SIDE_MOST:
        given = " x ".join(map(str, x.shape))
        raise InputError(
            f"{which} of {name} is {given}; points are (n, 2), pictures (n, side, side) or (n, side, side, 3) "
            f"with sides from {limits.SIDE_LEAST} to {limits.SIDE_MOST}."
        )
    if math.prod(x.shape) > limits.KEPT:
        raise InputError(f"The pictures of {name} take more than {limits.KEPT / 2**20:.0f} MiB, the most allowed.")
    last = x if x.ndim == 4 else x[..., None]
    return np.ascontiguousarray(np.moveaxis(_bytes(last, name), -1, 1))


def _bytes(x: np.ndarray, name: str) -> np.ndarray:
    """Brightness as 0 to 255, from bytes, from 16 bits, from 0 to 1, or from 0 to 255 in numbers of another kind."""
    if x.dtype == np.uint8:
        return x
    if x.dtype.kind == "u" and x.dtype.itemsize == 2 and x.max() > 255:
        return ((x.astype(np.uint32) + 128) // 257).astype(np.uint8)
    if x.dtype.kind not in "fiub" or not np.isfinite(x).all() or x.min() < 0 or x.max() > 255:
        raise InputError(f"Pictures of {name} must be brightness from 0 to 255, or from 0 to 1.")
    unit = x.dtype.kind in "fb" and x.max() <= 1
    return np.concatenate(
        [np.round(part * (255.0 if unit else 1.0)).astype(np.uint8) for part in np.array_split(x, 64)]
    )

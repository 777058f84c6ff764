"""Points or pictures from an npz with x and y, optionally x_test and y_test, and classes (names of the labels).

An npz is a zip of arrays, so it is checked like one. An array's header must match the number of its bytes. Objects
are never unpickled.
"""

from __future__ import annotations

import io
import math
from typing import Any, BinaryIO

import numpy as np

from explorer.data import limits
from explorer.data.archive import Archive
from explorer.data.uploaded import UploadedData, UploadOptions, complete
from explorer.settings import InputError

NAMES = {
    "x": ("x", "x_train"),
    "y": ("y", "y_train"),
    "x_test": ("x_test",),
    "y_test": ("y_test",),
    "classes": ("classes",),
}
NEEDS = "an npz needs x (n, 2) or (n, side, side[, 3]), and y (n,)"


def read_npz(file: BinaryIO, name: str, options: UploadOptions) -> UploadedData:
    """Samples of an npz. Pictures keep their size and colours: the options side, crop and colour are ignored.

    Args:
        file: the npz.
        name: name of the file in messages.
        options: test share, seed and treatment of small classes.

    Raises:
        InputError: if `Archive` or `complete` refuses the content, an array has an unsupported shape or type or
            contains NaN, or a label has no name.
    """
    archive = Archive(file, name, NEEDS)
    arrays = {}
    for role, members in NAMES.items():
        for member in members:
            if f"{member}.npy" in archive.paths:
                arrays[role] = _array(archive, member)
                break
    missing = [role for role in ("x", "y") if role not in arrays]
    if missing or ("x_test" in arrays) != ("y_test" in arrays):
        absent = missing[0] if missing else "x_test" if "y_test" in arrays else "y_test"
        raise InputError(f"{name} has no array {absent}; {NEEDS}, and x_test and y_test only together.")
    parts = [("x", "y"), ("x_test", "y_test")] if "x_test" in arrays else [("x", "y")]
    for inputs, labels in parts:
        if arrays[inputs].ndim == 0:
            raise InputError(f"{inputs} of {name} is a single number; {NEEDS}.")
        if arrays[labels].shape[1:] == (1,):
            arrays[labels] = arrays[labels][:, 0]
        if not arrays[inputs].size:
            raise InputError(f"{name} is empty: there are no samples in {inputs}; {NEEDS}.")
        if arrays[labels].shape != arrays[inputs].shape[:1]:
            raise InputError(f"{labels} of {name} must hold one label for each of the samples in {inputs}.")
    if "x_test" in arrays and arrays["x_test"].shape[1:] != arrays["x"].shape[1:]:
        raise InputError(f"The samples in x and x_test of {name} have different shapes; give them the same.")
    samples = sum(len(arrays[labels]) for _, labels in parts)
    if samples > limits.SAMPLES:  # checked before the labels are converted to text
        raise InputError(f"{name} has {samples:,} samples; at most {limits.SAMPLES:,} are allowed.")
    names = [(label,) for _, labels in parts for label in _labels(arrays[labels], arrays.get("classes"), name)]
    test = np.arange(len(names)) >= len(arrays["x"]) if len(parts) > 1 else None
    first = arrays["x"]
    if first.shape[1:] == (2,):
        if any(arrays[inputs].dtype.kind not in "fiu" for inputs, _ in parts):
            raise InputError(f"The points of {name} must be numbers.")
        points = np.concatenate([arrays[inputs] for inputs, _ in parts]).astype(np.float64)
        return complete("plane", points, names, options, test)
    pictures = [_pictures(arrays.pop(inputs), inputs, name) for inputs, _ in parts]
    return complete("image", pictures[0] if len(parts) == 1 else np.concatenate(pictures), names, options, test)


def _array(archive: Archive, member: str) -> np.ndarray:
    """An array of the npz; its header must match the number of its bytes."""
    invalid = InputError(
        f"The array {member} of {archive.name} is damaged or contains Python objects; use numbers or text."
    )
    try:
        content = archive.read(f"{member}.npy", limits.UNPACKED)
        header = io.BytesIO(content)
        version = np.lib.format.read_magic(header)
        if version == (1, 0):
            shape, by_column, kind = np.lib.format.read_array_header_1_0(header)
        elif version == (2, 0):
            shape, by_column, kind = np.lib.format.read_array_header_2_0(header)
        else:
            raise invalid
        size = math.prod(shape)
        if kind.hasobject or any(side < 0 for side in shape) or size * kind.itemsize != len(content) - header.tell():
            raise invalid
        array = np.frombuffer(content, kind, size, header.tell())
    except InputError:
        raise
    except Exception:  # numpy's header parser raises various exceptions for malformed headers
        raise invalid from None
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
        raise InputError(f"classes of {name} must be a list of texts, one for each label, starting at label 0.")
    return [_text(classes[int(label)]) for label in y]


def _text(label: Any) -> str:
    return label.decode("utf-8", "replace") if isinstance(label, bytes) else str(label)


def _pictures(x: np.ndarray, role: str, name: str) -> np.ndarray:
    """The pictures as uint8 (n, channels, side, side)."""
    side, channels = (x.shape[1], x.shape[3] if x.ndim == 4 else 1) if x.ndim in (3, 4) else (0, 0)
    square = x.ndim in (3, 4) and x.shape[2] == side
    if not square or channels not in (1, 3) or not limits.SIDE_LEAST <= side <= limits.SIDE_MOST:
        size = " x ".join(map(str, x.shape))
        raise InputError(
            f"{role} of {name} is {size}; points are (n, 2), pictures (n, side, side) or (n, side, side, 3) "
            f"with sides from {limits.SIDE_LEAST} to {limits.SIDE_MOST}."
        )
    if math.prod(x.shape) > limits.ALL_PICTURES:
        raise InputError(
            f"The pictures of {name} take more than {limits.ALL_PICTURES / 2**20:.0f} MiB, which is the limit."
        )
    channels_last = x if x.ndim == 4 else x[..., None]
    return np.ascontiguousarray(np.moveaxis(_bytes(channels_last, name), -1, 1))


def _bytes(x: np.ndarray, name: str) -> np.ndarray:
    """Brightness as bytes 0 to 255, from uint8, uint16, numbers from 0 to 1 or numbers from 0 to 255."""
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

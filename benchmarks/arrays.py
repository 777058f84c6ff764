"""Arrays that the Overview page is drawn from: their files, the functions that make them, and their comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from benchmarks.lesson import LESSON_FILE, lesson_arrays
from benchmarks.shipped import EXAMPLE_FILE, example_arrays

ARRAYS: dict[str, tuple[Path, Callable[[Path], dict[str, np.ndarray]]]] = {
    "example": (EXAMPLE_FILE, example_arrays),
    "lesson": (LESSON_FILE, lesson_arrays),
}
"""File of each set of arrays, and the function that makes it; its argument is the folder of a store to train in."""
TOLERANCE = 0.01  # largest difference of two probabilities or shares


def read(file: Path) -> dict[str, np.ndarray]:
    """Arrays of a file, by name."""
    with np.load(file, allow_pickle=False) as arrays:
        return dict(arrays)


def array_faults(title: str, shipped: Mapping[str, np.ndarray], made: Mapping[str, np.ndarray]) -> list[str]:
    """Differences between shipped and recomputed arrays, one sentence each; `made_with` is not compared.

    Args:
        title: "example" or "lesson".
        shipped: arrays of the file in assets/.
        made: arrays as recomputed. Arrays of bytes hold probabilities in 255ths.
    """
    if set(shipped) != set(made):
        return [f"The arrays of the {title} do not have the names that the Overview page reads."]
    differences = []
    for name in sorted(set(made) - {"made_with"}):
        old, new = shipped[name], made[name]
        if old.shape != new.shape:
            differences.append(f"The array {name} of the {title} has shape {old.shape}; recomputed, {new.shape}.")
        elif old.dtype.kind == "f" or old.dtype == np.uint8:
            farthest = float(np.abs(old.astype(float) - new).max()) / (255 if old.dtype == np.uint8 else 1)
            if not farthest <= TOLERANCE:
                differences.append(f"The array {name} of the {title} differs by {farthest:.3g}.")
        elif (old != new).any():
            differences.append(f"The array {name} of the {title} differs.")
    return differences

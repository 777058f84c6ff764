"""The arrays that the Overview is drawn from: where each is shipped, what makes it, and what differs between two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from benchmarks.lesson import LESSON_FILE, lesson_arrays
from benchmarks.shipped import STORY_FILE, story_arrays

ARRAYS: dict[str, tuple[Path, Callable[[Path], dict[str, np.ndarray]]]] = {
    "story": (STORY_FILE, story_arrays),
    "lesson": (LESSON_FILE, lesson_arrays),
}
"""The file of each, and what makes it with a store of its own to train in."""
PICTURE = 0.01  # of a probability or a share


def read(file: Path) -> dict[str, np.ndarray]:
    """The arrays of a file, by name."""
    with np.load(file, allow_pickle=False) as found:
        return dict(found)


def array_faults(title: str, shipped: Mapping[str, np.ndarray], made: Mapping[str, np.ndarray]) -> list[str]:
    """What is wrong with the arrays of the story or the lesson, a sentence each; where they were made does not count.

    Bytes are 255ths of a probability.
    """
    if set(shipped) != set(made):
        return [f"The {title}'s arrays are not those that the Overview reads."]
    said = []
    for name in sorted(set(made) - {"made_with"}):
        one, other = shipped[name], made[name]
        if one.shape != other.shape:
            said.append(f"The {title}'s {name} has the shape {one.shape}, made again {other.shape}.")
        elif one.dtype.kind == "f" or one.dtype == np.uint8:
            farthest = float(np.abs(one.astype(float) - other).max()) / (255 if one.dtype == np.uint8 else 1)
            if not farthest <= PICTURE:
                said.append(f"The {title}'s {name} differs by {farthest:.3g}.")
        elif (one != other).any():
            said.append(f"The {title}'s {name} differs.")
    return said

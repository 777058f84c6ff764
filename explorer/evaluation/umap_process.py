"""UMAP in its own process, because it cannot be interrupted from within but a process can be killed.

This file runs as a script in that process and imports nothing of the explorer. umap compiles its functions on the first
call, which takes half a minute. numba caches the result on disk, so later processes start at once.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

POLL = 0.1  # seconds


def umap_maps(
    fit: np.ndarray, others: Sequence[np.ndarray], neighbours: int, seed: int, progress: Callable[[float], None]
) -> list[np.ndarray]:
    """UMAP coordinates of several feature arrays on one map. Runs in one thread and is repeatable.

    Args:
        fit: features on which the map is fitted, (n, width).
        others: features to place into it, each (n, width).
        neighbours: n_neighbors of UMAP.
        seed: seed of UMAP.
        progress: called several times a second with the share that is done, 0..1. An exception from it kills the
            process.

    Returns:
        Coordinates (n, 2) of `fit`, then of each of `others`.

    Raises:
        RuntimeError: if the process failed, with the last line of its error output.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        np.savez(folder / "features.npz", fit, *others)
        command = [sys.executable, "-P", __file__, name, str(neighbours), str(seed)]
        with (folder / "shares").open("wb") as shares, (folder / "errors").open("wb") as errors:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=shares, stderr=errors)
            try:
                while process.poll() is None:
                    progress(float(((folder / "shares").read_text().split() or ["0"])[-1]))
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(POLL)
            finally:
                process.kill()
                process.wait()
        if process.returncode:
            lines = (folder / "errors").read_text(errors="replace").split("\n")
            raise RuntimeError(next((line for line in reversed(lines) if line.strip()), "no reason given"))
        with np.load(folder / "maps.npz") as maps:
            return [maps[f"arr_{number}"] for number in range(1 + len(others))]


class EpochProgress:
    """File object for umap's progress bar ("epoch/epochs"); writes the share of all maps to standard output.

    Attributes:
        maps: number of maps.
        done: number of finished maps.
    """

    def __init__(self, maps: int) -> None:
        self.maps, self.done = maps, 0

    def write(self, text: str) -> None:
        """Parse a state of the bar, with its spaces and control characters, and report it."""
        epoch, _, epochs = text.strip().partition("/")
        if epochs:
            self.report(int(epoch) / int(epochs))

    def flush(self) -> None:
        """Does nothing: `report` flushes."""

    def report(self, share: float) -> None:
        """Write the total share, given the share of the current map that is done."""
        sys.stdout.write(f" {(self.done + share) / self.maps:.4f}")
        sys.stdout.flush()


def _main(name: str, neighbours: int, seed: int) -> None:
    if hasattr(os, "nice"):
        os.nice(10)  # the app draws pages first
    folder = Path(name)
    with np.load(folder / "features.npz") as arrays:
        features = [arrays[f"arr_{number}"] for number in range(len(arrays))]
    epochs = EpochProgress(len(features))
    bar = {"disable": False, "file": epochs, "bar_format": "{n}/{total}", "mininterval": 0.1}
    umap = _umap()(n_neighbors=neighbours, random_state=seed, n_jobs=1, tqdm_kwds=bar)
    maps: list[np.ndarray] = []
    for values in features:
        maps.append(umap.transform(values) if maps else umap.fit_transform(values))
        epochs.done += 1
        epochs.report(0)
    np.savez(folder / "maps.npz", *maps)


def _umap() -> Any:
    from numba.core.registry import CPUDispatcher
    from umap import UMAP, distances, layouts, umap_, utils

    for module in (distances, layouts, umap_, utils):
        for function in vars(module).values():
            if isinstance(function, CPUDispatcher):
                with suppress(RuntimeError):  # no folder in which to cache
                    function.enable_caching()
    return UMAP


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

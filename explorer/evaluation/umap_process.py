"""UMAP in a process of its own: nothing interrupts it from within, but a process can be ended at any moment.

The process that asks runs this file as a script, which imports nothing of the explorer. umap compiles its functions
when they are first called, for half a minute; numba keeps what it has compiled on disk, so that once is enough.
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
    """Coordinates (n, 2): of the features (n, width) that the map is fitted on, then of others, placed into it.

    One-threaded and repeatable. progress: hears the share done several times a second; what it raises ends the process.
    Raises RuntimeError with what the process said, where it failed.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        np.savez(folder / "features.npz", fit, *others)
        command = [sys.executable, "-P", __file__, name, str(neighbours), str(seed)]
        with (folder / "told").open("wb") as told, (folder / "wrong").open("wb") as wrong:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=told, stderr=wrong)
            try:
                while process.poll() is None:
                    progress(float(((folder / "told").read_text().split() or ["0"])[-1]))
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(POLL)
            finally:
                process.kill()
                process.wait()
        if process.returncode:
            said = (folder / "wrong").read_text(errors="replace").split("\n")
            raise RuntimeError(next((line for line in reversed(said) if line.strip()), "no reason given"))
        with np.load(folder / "maps.npz") as found:
            return [found[f"arr_{number}"] for number in range(1 + len(others))]


class Epochs:
    """The file that umap's progress bar writes "epoch/epochs" to; the share of all maps goes to standard output."""

    def __init__(self, maps: int) -> None:
        self.maps, self.done = maps, 0

    def write(self, text: str) -> None:
        """One state of the bar, in spaces and line feeds."""
        epoch, _, epochs = text.strip().partition("/")
        if epochs:
            self.tell(int(epoch) / int(epochs))

    def flush(self) -> None:
        """Told at once."""

    def tell(self, share: float) -> None:
        """How much of the map under way is done."""
        sys.stdout.write(f" {(self.done + share) / self.maps:.4f}")
        sys.stdout.flush()


def _main(name: str, neighbours: int, seed: int) -> None:
    if hasattr(os, "nice"):
        os.nice(10)  # whoever draws or waits for a page goes first
    folder = Path(name)
    with np.load(folder / "features.npz") as given:
        features = [given[f"arr_{number}"] for number in range(len(given))]
    epochs = Epochs(len(features))
    bar = {"disable": False, "file": epochs, "bar_format": "{n}/{total}", "mininterval": 0.1}
    place = _umap()(n_neighbors=neighbours, random_state=seed, n_jobs=1, tqdm_kwds=bar)
    maps: list[np.ndarray] = []
    for values in features:
        maps.append(place.transform(values) if maps else place.fit_transform(values))
        epochs.done += 1
        epochs.tell(0)
    np.savez(folder / "maps.npz", *maps)


def _umap() -> Any:
    from numba.core.registry import CPUDispatcher
    from umap import UMAP, distances, layouts, umap_, utils

    for module in (distances, layouts, umap_, utils):
        for function in vars(module).values():
            if isinstance(function, CPUDispatcher):
                with suppress(RuntimeError):  # nowhere to keep it
                    function.enable_caching()
    return UMAP


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

"""How trained networks and runs divide the plane through three training samples: cut once, then read from the store."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.background.progress import Share, ignore_share
from explorer.evaluation import PlaneGrid, boundary_slice
from explorer.experiments.experiment import Experiment
from explorer.store import Key


def stored_slice(
    experiment: Experiment,
    of: Key,
    network: nn.Module,
    samples: tuple[int, ...],
    grid: PlaneGrid,
    progress: Share = ignore_share,
) -> np.ndarray:
    """`boundary_slice` of `network`, which `of` addresses, on the grid through these training samples.

    progress: hears 0 while somebody else cuts it, and ends that wait by what it raises. Raises StoreError.
    """

    def cut() -> tuple[dict[str, Tensor], dict[str, Any]]:
        return {"slice": torch.from_numpy(boundary_slice(network, grid))}, {}

    lines = [[len(line), float(line[0]), float(line[-1])] for line in (grid.xs, grid.ys)]
    key = {"what": "slice", "network": of, "samples": list(samples), "grid": lines}
    return experiment.store.load_or_make(key, cut, lambda: progress(0.0)).tensors["slice"].numpy()

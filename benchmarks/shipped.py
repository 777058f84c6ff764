"""Files in assets/ that make the first visit instant: networks of two experiments, and arrays of the first one.

`benchmarks.verify` makes and compares them. A test checks that the sidebar starts with the first experiment.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from explorer.data import Split
from explorer.evaluation import PlaneGrid, accuracy, boundary_slice, disagreement, logits, plane_grid
from explorer.experiments import Experiment, Request, unlearn
from explorer.experiments.runs.trajectory import GRID_SIDE
from explorer.geometry import neighbourhoods
from explorer.models import Network
from explorer.store import SHIPPED, Store
from explorer.unlearning import METHODS, default_rule

EXAMPLE_FILE = SHIPPED.parent / "story.npz"
EXPERIMENTS = (
    ("moons:n=430,noise=0.22,seed=1", "mlp", 0, "samples:35,43,44,147,170,179,226,297"),
    ("digits", "convnet", 0, "class:3"),
)
"""Data set, model, training seed and forget set; unlearned by JiT with its defaults. Overview shows the first."""
RADIUS = 0.35
"""Radius r of alpha(x); the first forget set is the correctly predicted samples of class B with the lowest alpha."""
OTHER_SEEDS = range(1, 6)
"""Training seeds of further retrained models, which measure how much the boundary depends on the seed."""
FILM_SIDE, FILM_LENGTH = 60, 40
"""Points along each side of the animation's grid, and its number of snapshots at most: both limit the first paint."""


def requests(store: Store) -> list[Request]:
    """Shipped runs, as requests on experiments of this store."""
    method, shipped = METHODS["jit"], []
    for codes in EXPERIMENTS:
        experiment = Experiment(*codes, store=store)
        settings = method.configure(experiment.data.shape, "default")
        shipped.append(Request(experiment, method, settings, default_rule(experiment.forget_set)))
    return shipped


def keys(request: Request) -> dict[str, Mapping[str, Any]]:
    """Store keys of the three networks of a run."""
    experiment = request.experiment
    return {
        "original": experiment.key("original"),
        "unlearned": request.key(),
        "retrained": experiment.key("retrained"),
    }


def make(home: Path) -> None:
    """Train and unlearn all shipped networks, into a store in `home` that does not read assets/."""
    for request in requests(Store(home)):
        for which in ("original", "retrained"):
            request.experiment.train(which)
        unlearn(request)


def made_with() -> str:
    """PyTorch version and processor of this machine, which determine how it rounds."""
    return f"torch {torch.__version__}, {platform.machine()} {torch.backends.cpu.get_cpu_capability()}"


def example_arrays(home: Path) -> dict[str, np.ndarray]:
    """Arrays of the Overview page, computed from the shipped networks; `explorer.ui.overview.example` describes them.

    Args:
        home: folder of a store, where the models of OTHER_SEEDS are trained.
    """
    request = requests(Store(home, SHIPPED))[0]
    experiment, parts = request.experiment, request.experiment.partition
    original, retrained = experiment.original, experiment.retrained
    film, fine = (plane_grid(experiment.data.train, side) for side in (FILM_SIDE, GRID_SIDE))

    def snapshot(step: int, network: Network) -> tuple[int, np.ndarray, float, float]:
        forget_accuracy, retain_accuracy = _accuracies(network, parts.forget, parts.retain)
        return step, _share(network, film), forget_accuracy, retain_accuracy

    run = experiment.unlearn(request.method, request.settings, request.rule, request.noise_seed, original)
    snapshots = [snapshot(0, original), *(snapshot(step.index, run.network) for step in run)]
    positions = np.unique(np.linspace(0, len(snapshots) - 1, min(len(snapshots), FILM_LENGTH)).round().astype(int))
    steps, snapshots, forget_accuracy, retain_accuracy = zip(*(snapshots[at] for at in positions), strict=True)

    trio = (original, run.network, retrained)
    slices = [boundary_slice(network, fine) for network in trio]
    other_seeds = [
        boundary_slice(Experiment(experiment.dataset, experiment.model, seed, experiment.forget,
        experiment.store).retrained, fine) for seed in OTHER_SEEDS
    ]  # fmt: skip
    train, forget = experiment.data.train, np.zeros(len(experiment.data.train), dtype=bool)
    forget[experiment.forget_set.indices.numpy()] = True
    alpha, _ = neighbourhoods(train.x, train.y, [RADIUS])
    return {
        "codes": np.array([experiment.dataset, experiment.model, str(experiment.seed), experiment.forget]),
        "classes": np.array(experiment.data.classes),
        "xs": film.xs,
        "ys": film.ys,
        "snapshots": np.stack(snapshots),
        "steps": np.array(steps),
        "forget_accuracy": np.array(forget_accuracy),
        "retain_accuracy": np.array(retain_accuracy),
        "retrained": _share(retrained, film),
        "points": train.x.numpy(),
        "labels": train.y.numpy(),
        "forget": forget,
        "accuracies": np.array([_accuracies(network, parts.forget, parts.retain, parts.test) for network in trio]),
        "tested": np.array(len(parts.test)),
        "moved": np.array([disagreement(each, slices[2]) for each in slices]),
        "moved_by_seed": np.array([disagreement(each, slices[2]) for each in other_seeds]),
        "radius": np.array(RADIUS),
        "alpha": np.asarray(alpha)[:, 0],
        "made_with": np.array(made_with()),
    }


def _share(network: Network, grid: PlaneGrid) -> np.ndarray:
    """Probability of class 1 on the grid, in half precision: the same line in half the space."""
    return boundary_slice(network, grid)[..., 1].astype(np.float16)


def _accuracies(network: Network, *splits: Split) -> tuple[float, ...]:
    return tuple(accuracy(logits(network, split.x), split.y) for split in splits)

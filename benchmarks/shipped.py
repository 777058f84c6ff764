"""What assets/ ships so that the first visit is instant: two stories with their networks, and the film of the first.

Declared here, once; `benchmarks.verify` makes and compares it, and a test holds that the sidebar starts with it.
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

STORY_FILE = SHIPPED.parent / "story.npz"
STORIES = (
    ("moons:n=430,noise=0.22,seed=1", "mlp", 0, "samples:35,43,44,147,170,179,226,297"),
    ("digits", "convnet", 0, "class:3"),
)
"""Data set, model, training seed and forget set; forgotten by JiT with its defaults. The Overview tells the first."""
RADIUS = 0.35
"""Of the neighbourhoods that chose the first forget set: the right ones of class B with the lowest alpha."""
OTHER_SEEDS = range(1, 6)
"""Training seeds of the retrained models that tell how far a seed alone moves the boundary."""
FILM_SIDE, FILM_LENGTH = 60, 40
"""Lines of the film's grid and snapshots at most: it travels to the browser with the first paint."""


def requests(store: Store) -> list[Request]:
    """The runs that are shipped, on experiments of this store."""
    method, found = METHODS["jit"], []
    for story in STORIES:
        experiment = Experiment(*story, store=store)
        settings = method.configure(experiment.data.shape, "default")
        found.append(Request(experiment, method, settings, default_rule(experiment.forget_set)))
    return found


def keys(request: Request) -> dict[str, Mapping[str, Any]]:
    """What addresses the three networks of a run in the store."""
    experiment = request.experiment
    return {
        "original": experiment.key("original"),
        "unlearned": request.key(),
        "retrained": experiment.key("retrained"),
    }


def make(home: Path) -> None:
    """Train and unlearn everything that is shipped, into a store in `home` that knows nothing of assets/."""
    for request in requests(Store(home)):
        for which in ("original", "retrained"):
            request.experiment.train(which)
        unlearn(request)


def made_with() -> str:
    """What decides the rounding of this machine, as far as it can be told."""
    return f"torch {torch.__version__}, {platform.machine()} {torch.backends.cpu.get_cpu_capability()}"


def story_arrays(home: Path) -> dict[str, np.ndarray]:
    """The arrays of the Overview, computed from the shipped networks; the other seeds' are trained into `home`.

    explorer/ui/story.py names and explains them.
    """
    request = requests(Store(home, SHIPPED))[0]
    experiment, parts = request.experiment, request.experiment.partition
    original, retrained = experiment.original, experiment.retrained
    film, fine = (plane_grid(experiment.data.train, side) for side in (FILM_SIDE, GRID_SIDE))

    def snapshot(step: int, network: Network) -> tuple[int, np.ndarray, float, float]:
        forget_accuracy, retain_accuracy = _right(network, parts.forget, parts.retain)
        return step, _share(network, film), forget_accuracy, retain_accuracy

    run = experiment.unlearn(request.method, request.settings, request.rule, request.noise_seed, original)
    snapshots = [snapshot(0, original), *(snapshot(step.index, run.network) for step in run)]
    chosen = np.unique(np.linspace(0, len(snapshots) - 1, min(len(snapshots), FILM_LENGTH)).round().astype(int))
    steps, snapshots, forget_accuracy, retain_accuracy = zip(*(snapshots[at] for at in chosen), strict=True)

    trio = (original, run.network, retrained)
    slices = [boundary_slice(network, fine) for network in trio]
    others = [
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
        "accuracies": np.array([_right(network, parts.forget, parts.retain, parts.test) for network in trio]),
        "tested": np.array(len(parts.test)),
        "moved": np.array([disagreement(found, slices[2]) for found in slices]),
        "moved_by_seed": np.array([disagreement(found, slices[2]) for found in others]),
        "radius": np.array(RADIUS),
        "alpha": np.asarray(alpha)[:, 0],
        "made_with": np.array(made_with()),
    }


def _share(network: Network, grid: PlaneGrid) -> np.ndarray:
    """Probability of class 1 on the grid; half precision draws the same line in half the space."""
    return boundary_slice(network, grid)[..., 1].astype(np.float16)


def _right(network: Network, *splits: Split) -> tuple[float, ...]:
    return tuple(accuracy(logits(network, split.x), split.y) for split in splits)

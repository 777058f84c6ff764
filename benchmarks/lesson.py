"""Runs of the lesson on the Overview page: three samples forgotten one at a time, and a grid of sigmas and etas.

`benchmarks.verify` makes and compares the arrays; `explorer.ui.overview.lesson_runs` describes them.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import torch
from torch import nn

from benchmarks.shipped import FILM_SIDE, RADIUS, made_with, requests
from explorer.evaluation import PlaneGrid, accuracy, boundary_slice, logits, plane_grid, probabilities
from explorer.experiments import Experiment, Request
from explorer.geometry import neighbourhoods
from explorer.store import SHIPPED, Store
from explorer.unlearning import Rule, default_rule

LESSON_FILE = SHIPPED.parent / "lesson.npz"
MARKED = (283, 243, 43)
"""Correctly predicted samples of class B: at the edge of their class, deep inside it, and inside the other class."""
SIGMAS = (0.001, 0.01, 0.05, 0.2, 1.0)
ETAS = (0.0001, 0.001, 0.01, 0.03, 0.1)
STEPS = 100
PLAIN = {"outputs": "logits", "step": "gradient", "passes": STEPS}
"""The paper's update, eta times the gradient of the loss on logits, without the default's fixed step length."""


def lesson_arrays(home: Path) -> dict[str, np.ndarray]:
    """Arrays of the lesson, computed from the shipped original model of the first experiment.

    Args:
        home: folder of a store.
    """
    request = requests(Store(home, SHIPPED))[0]
    experiment = request.experiment
    train, original = experiment.data.train, experiment.original
    alpha, _ = neighbourhoods(train.x, train.y, [RADIUS])
    alone = [_forget_alone(request, sample, original) for sample in MARKED]
    grid = plane_grid(train, FILM_SIDE)
    runs = {name: np.array(values) for name, values in _settings_grid(request, original, grid).items()}
    shape = (2, len(SIGMAS), len(ETAS))
    return {
        "marked": np.array(MARKED),
        "marked_alpha": np.asarray(alpha)[list(MARKED), 0],
        "marked_probability": np.stack([path for path, _ in alone]),
        "marked_steps": np.array([taken for _, taken in alone]),
        "marked_forgotten": np.array([path[-1] < 0.5 for path, _ in alone]),
        "sigmas": np.array(SIGMAS),
        "etas": np.array(ETAS),
        "first_step": np.array(
            [[_first_step(request, original, sigma, eta) for eta in ETAS] for sigma in SIGMAS]
        ),
        **{name: values.reshape(*shape, *values.shape[1:]) for name, values in runs.items()},
        "made_with": np.array(made_with()),
    }  # fmt: skip


def _forget_alone(request: Request, sample: int, original: nn.Module) -> tuple[np.ndarray, int]:
    """Probability of the sample's label before the run and after each step, padded with the last; number of steps."""
    shared = request.experiment
    experiment = Experiment(shared.dataset, shared.model, shared.seed, f"samples:{sample}", shared.store)
    forget = experiment.partition.forget
    run = experiment.unlearn(
        request.method, request.settings, default_rule(experiment.forget_set), network=experiment.original
    )

    def label_probability(network: nn.Module) -> float:
        return float(probabilities(logits(network, forget.x))[0, forget.y[0]])

    path = [label_probability(original)]
    path += [label_probability(run.network) for _ in run]
    taken = len(path) - 1
    total = request.settings.model_dump()["passes"]
    return np.array(path + path[-1:] * (total - taken), dtype=np.float32), taken


def _settings_grid(request: Request, original: nn.Module, grid: PlaneGrid) -> dict[str, list[object]]:
    """Runs with every sigma and eta: first without stopping rule and guard, then with both."""
    experiment, parts = request.experiment, request.experiment.partition
    runs: dict[str, list[object]] = {
        name: [] for name in ("planes", "forget_accuracy", "retain_accuracy", "steps", "stopped")
    }
    for rule, sigma, eta in product((Rule(target="none", guard=0.0), request.rule), SIGMAS, ETAS):
        settings = request.method.configure(experiment.data.shape, "default", PLAIN | {"sigma": sigma, "eta": eta})
        run = experiment.unlearn(request.method, settings, rule, request.noise_seed, experiment.original)
        for _ in run:
            pass
        share = boundary_slice(run.network, grid)[..., 1]
        runs["planes"].append(np.round(255 * share).astype(np.uint8))
        for name, part in (("forget_accuracy", parts.forget), ("retain_accuracy", parts.retain)):
            runs[name].append(accuracy(logits(run.network, part.x), part.y))
        runs["steps"].append(0 if run.last is None else run.last.index)
        runs["stopped"].append(run.stopped or "")
    return runs


def _first_step(request: Request, original: nn.Module, sigma: float, eta: float) -> float:
    """||delta theta|| of the first step over ||theta||."""
    experiment = request.experiment
    settings = request.method.configure(experiment.data.shape, "default", PLAIN | {"sigma": sigma, "eta": eta})
    network = experiment.original
    draws = torch.Generator().manual_seed(request.noise_seed)
    next(request.method.run(network, experiment.partition.forget, settings, draws))
    before, after = (nn.utils.parameters_to_vector(each.parameters()).detach() for each in (original, network))
    return float((after - before).norm() / before.norm())

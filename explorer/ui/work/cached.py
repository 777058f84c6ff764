"""Values that pages derive from the models, computed once for all users. They are shared: do not modify them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from torch import Tensor

from explorer.background.progress import ignore_progress
from explorer.data import Partition
from explorer.evaluation import (
    Measures,
    PlaneGrid,
    boundary_slice,
    entropies,
    logits,
    plane_grid,
)
from explorer.experiments import Experiment, Outcome, Request, stored_outcome
from explorer.experiments.derived.measures import LOGITS, MEASURES, OutputsOf
from explorer.experiments.experiment import Trained
from explorer.experiments.runs.trajectory import GRID_SIDE
from explorer.models import Network

LARGE_VALUES = 8  # cache size for values as large as a network or a data set
SLOW_SAMPLES = 4000  # samples for which the outputs of a network take seconds


class _DamagedError(Exception):
    """The stored file was damaged."""


@lru_cache(maxsize=LARGE_VALUES)
def partition_of(experiment: Experiment) -> Partition:
    """The forget set D_f and the retained set D_r."""
    return experiment.partition


def forget_mask(experiment: Experiment) -> np.ndarray:
    """Mask of the forget set among the training samples, (n,) bool."""
    mask = np.zeros(len(experiment.data.train), dtype=bool)
    mask[experiment.forget_set.indices.numpy()] = True
    return mask


def network_of(experiment: Experiment, which: Trained) -> Network:
    """The original or the retrained network. Unlearning must copy it."""
    return _network(_cache_key(experiment, which), which)


@lru_cache(maxsize=64)
def measures_of(experiment: Experiment, which: Trained) -> Measures:
    """Measures of the original or the retrained model."""
    return MEASURES.get(experiment, network_of(experiment, which), ignore_progress, which)


def logits_of(experiment: Experiment, which: Trained, of: OutputsOf) -> Tensor:
    """Logits of a trained network on D_f or on the test set, (m, classes); stored if they are slow to compute."""
    return _logits(experiment if of == "forget" else _cache_key(experiment, which), which, of)


@lru_cache(maxsize=64)
def forget_entropies(experiment: Experiment, which: Trained) -> np.ndarray:
    """Entropy of each forget sample in nats, (m,)."""
    return entropies(logits_of(experiment, which, "forget")).numpy()


@lru_cache(maxsize=64)
def predictions_of(experiment: Experiment, which: Trained) -> np.ndarray:
    """Class predicted by a trained network for each forget sample, (m,)."""
    return logits_of(experiment, which, "forget").argmax(1).numpy()


def entropies_on_test(experiment: Experiment) -> np.ndarray:
    """Entropy of each test sample under the original in nats, (m,)."""
    return _entropies_on_test(experiment.ignoring_forget_set)


def grid_of(experiment: Experiment) -> PlaneGrid:
    """Grid on which the decision boundaries of a plane are drawn."""
    return _grid(experiment.ignoring_forget_set)


def boundary_of(network: Network, experiment: Experiment) -> np.ndarray:
    """Probabilities of a network on `grid_of`, (side, side, classes)."""
    return _boundary(network, experiment.ignoring_forget_set)


def slice_of(experiment: Experiment, which: Trained) -> np.ndarray:
    """Probabilities of the original or the retrained model on `grid_of`."""
    return boundary_of(network_of(experiment, which), experiment)


def outcome_of(request: Request) -> Outcome | None:
    """Stored outcome of an earlier run of the same request; None if there is none or its file is damaged."""
    if not request.experiment.store.has(request.key()):
        return None
    try:
        return _stored(request)
    except _DamagedError:
        return None


def _cache_key(experiment: Experiment, which: Trained) -> Experiment:
    """Cache key of a trained network; without the forget set for the original, which does not depend on it."""
    return experiment.ignoring_forget_set if which == "original" else experiment


@lru_cache(maxsize=16)
def _network(experiment: Experiment, which: Trained) -> Network:
    return experiment.train(which)


@lru_cache(maxsize=64)
def _logits(experiment: Experiment, which: Trained, of: OutputsOf) -> Tensor:
    part = partition_of(experiment).forget if of == "forget" else experiment.data.test
    if len(part) < SLOW_SAMPLES:
        return logits(network_of(experiment, which), part.x)
    return LOGITS.get(experiment, network_of(experiment, which), ignore_progress, which, of)


@lru_cache(maxsize=16)
def _entropies_on_test(experiment: Experiment) -> np.ndarray:
    return entropies(logits_of(experiment, "original", "test")).numpy()


@lru_cache(maxsize=32)
def _grid(experiment: Experiment) -> PlaneGrid:
    return plane_grid(experiment.data.train, GRID_SIDE)


@lru_cache(maxsize=64)
def _boundary(network: Network, experiment: Experiment) -> np.ndarray:
    return boundary_slice(network, grid_of(experiment))


@lru_cache(maxsize=LARGE_VALUES)
def _stored(request: Request) -> Outcome:
    outcome = stored_outcome(request)
    if outcome is None:  # the damaged file was renamed; lru_cache would keep None, but does not keep an exception
        raise _DamagedError
    return outcome

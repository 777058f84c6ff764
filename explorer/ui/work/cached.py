"""What pages ask of the models again and again, computed once for all users; nobody may write into what comes back."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from torch import Tensor

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
from explorer.experiments.derived.measures import OutputsOf, stored_logits, stored_measures
from explorer.experiments.experiment import Trained
from explorer.experiments.runs.trajectory import GRID_SIDE
from explorer.models import Network

BIG = 8  # of what takes as much memory as a network or a data set, so many are kept
MANY = 4000  # samples, from which on a network takes seconds to answer


class _NothingError(Exception):
    """Nothing is stored, though a file was there."""


@lru_cache(maxsize=BIG)
def partition_of(experiment: Experiment) -> Partition:
    """D_f and D_r."""
    return experiment.partition


def forget_mask(experiment: Experiment) -> np.ndarray:
    """(n,) which training samples are to be forgotten."""
    mask = np.zeros(len(experiment.data.train), dtype=bool)
    mask[experiment.forget_set.indices.numpy()] = True
    return mask


def network_of(experiment: Experiment, which: Trained) -> Network:
    """A trained network; shared, so unlearning copies it."""
    return _network(_deciding(experiment, which), which)


@lru_cache(maxsize=64)
def measures_of(experiment: Experiment, which: Trained) -> Measures:
    """M of the original or the retrained model."""
    return stored_measures(experiment, which, network_of(experiment, which))


def logits_of(experiment: Experiment, which: Trained, of: OutputsOf) -> Tensor:
    """What a trained network answers to D_f or to the test set, (m, classes); kept in the store where that is slow."""
    return _logits(experiment if of == "forget" else _deciding(experiment, which), which, of)


@lru_cache(maxsize=64)
def forget_entropies(experiment: Experiment, which: Trained) -> np.ndarray:
    """Entropy of each forget sample in nats, (m,)."""
    return entropies(logits_of(experiment, which, "forget")).numpy()


@lru_cache(maxsize=64)
def predictions_of(experiment: Experiment, which: Trained) -> np.ndarray:
    """The class that a trained network names for each forget sample, (m,)."""
    return logits_of(experiment, which, "forget").argmax(1).numpy()


def entropies_on_test(experiment: Experiment) -> np.ndarray:
    """Entropy of each test sample under the original in nats."""
    return _entropies_on_test(experiment.ignoring_forget_set)


def grid_of(experiment: Experiment) -> PlaneGrid:
    """The grid on which the boundaries of a plane are drawn."""
    return _grid(experiment.ignoring_forget_set)


def boundary_of(network: Network, experiment: Experiment) -> np.ndarray:
    """Probabilities of a network on `grid_of`, (side, side, classes)."""
    return _boundary(network, experiment.ignoring_forget_set)


def slice_of(experiment: Experiment, which: Trained) -> np.ndarray:
    """Probabilities of the original or the retrained model on `grid_of`."""
    return boundary_of(network_of(experiment, which), experiment)


def outcome_of(request: Request) -> Outcome | None:
    """What an earlier run of the same request left in the store, or None; shared like the trained networks."""
    if not request.experiment.store.has(request.key()):
        return None
    try:
        return _stored(request)
    except _NothingError:
        return None


def _deciding(experiment: Experiment, which: Trained) -> Experiment:
    """What decides a trained network: the forget set has no part in the original."""
    return experiment.ignoring_forget_set if which == "original" else experiment


@lru_cache(maxsize=16)
def _network(story: Experiment, which: Trained) -> Network:
    return story.train(which)


@lru_cache(maxsize=64)
def _logits(story: Experiment, which: Trained, of: OutputsOf) -> Tensor:
    part = partition_of(story).forget if of == "forget" else story.data.test
    if len(part) < MANY:
        return logits(network_of(story, which), part.x)
    return stored_logits(story, which, network_of(story, which), of)


@lru_cache(maxsize=16)
def _entropies_on_test(story: Experiment) -> np.ndarray:
    return entropies(logits_of(story, "original", "test")).numpy()


@lru_cache(maxsize=32)
def _grid(story: Experiment) -> PlaneGrid:
    return plane_grid(story.data.train, GRID_SIDE)


@lru_cache(maxsize=64)
def _boundary(network: Network, story: Experiment) -> np.ndarray:
    return boundary_slice(network, grid_of(story))


@lru_cache(maxsize=BIG)
def _stored(request: Request) -> Outcome:
    found = stored_outcome(request)
    if found is None:  # the file was damaged and has been set aside; what is raised is not kept, as None would be
        raise _NothingError
    return found

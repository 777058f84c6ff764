"""The three models side by side: their networks, measures and entropies, and the one map that they share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from explorer.data import Split
from explorer.evaluation import Measures, SharedMap, entropies, evaluate, features, logits, shared_map, thin
from explorer.experiments import Experiment, Job, Outcome, Request
from explorer.models import Network
from explorer.ui import work
from explorer.ui.models import measures_of, network_of, outcome_of, partition_of
from explorer.ui.run import current

ENTROPIES_SHOWN = 2000  # retained or test samples in a histogram, the same ones for every model


@dataclass(frozen=True, eq=False)
class Trio:
    """Original, unlearned and retrained by name, in this order; whoever asks for a picture of them asks here."""

    experiment: Experiment
    networks: dict[str, Network]
    measures: dict[str, Measures]
    outcome: Outcome

    @property
    def request_key(self) -> str:
        """Tells this trio from any other, for keys of jobs."""
        return f"{self.experiment} {id(self.outcome)}"


def latest_outcome(experiment: Experiment, request: Request | None) -> Outcome | None:
    """What this tab's last run left if it was of this request, else what is stored for it, else None."""
    run = current(experiment)
    if run is not None and run.outcome is not None and run.request == request:
        return run.outcome
    return None if request is None else outcome_of(request)


@lru_cache(maxsize=16)
def trio_of(experiment: Experiment, outcome: Outcome) -> Trio:
    """The three models with their measures."""
    networks = {
        "original": network_of(experiment, "original"),
        "unlearned": outcome.network,
        "retrained": network_of(experiment, "retrained"),
    }
    measures = {
        "original": measures_of(experiment, "original"),
        "unlearned": evaluate(outcome.network, partition_of(experiment)),
        "retrained": measures_of(experiment, "retrained"),
    }
    return Trio(experiment, networks, measures, outcome)


@lru_cache(maxsize=48)
def entropies_of(trio: Trio, part: str) -> dict[str, np.ndarray]:
    """Entropies in nats of the samples of one part ("forget", "retain", "test") under the three models."""
    split: Split = getattr(partition_of(trio.experiment), part)
    if part != "forget":
        split = split[np.sort(np.random.default_rng(0).permutation(len(split))[:ENTROPIES_SHOWN])]
    return {name: entropies(logits(network, split.x)).numpy() for name, network in trio.networks.items()}


@dataclass(frozen=True, eq=False)
class Placed:
    """One map of the three models, and which training samples stand on it."""

    shared: SharedMap
    indices: np.ndarray


def place(trio: Trio, method: str) -> Placed:
    """PCA or UMAP of the penultimate features, fitted on the original's, the forget set whole."""
    experiment = trio.experiment
    forget = experiment.forget_set.indices.numpy()
    indices = thin(len(experiment.data.train), forget)
    inputs = experiment.data.train.x[indices]
    found = {name: features(network, inputs).numpy() for name, network in trio.networks.items()}
    retained = np.flatnonzero(~np.isin(indices, forget))
    return Placed(shared_map(found, method="umap" if method == "umap" else "pca", retained=retained), indices)


@lru_cache(maxsize=16)
def pca_of(trio: Trio) -> Placed:
    """The instant map."""
    return place(trio, "pca")


def umap_job(trio: Trio) -> Job:
    """The UMAP of these models, computed in the background once."""
    key = f"umap {trio.request_key}"
    return work.job_of(key) or work.start(key, "UMAP of the three models", lambda job: place(trio, "umap"))


def headline(trio: Trio) -> str:
    """Did it forget, what did it cost, and does it look like a model that never saw them? From the measures."""
    experiment, measures = trio.experiment, trio.measures
    before, after, never = (measures[name] for name in ("original", "unlearned", "retrained"))
    lost = 100 * ((before.retain_test_accuracy or 0) - (after.retain_test_accuracy or 0))
    cost = "cost the others nothing" if lost < 0.05 else f"cost the others {lost:.1f} points"
    if lost <= -0.05:
        cost = f"brought the others {-lost:.1f} points"
    first = f"Forgetting these {len(experiment.forget_set):,} samples {cost} of test accuracy"
    if after.forget_entropy_mean is None or never.forget_entropy_mean is None:
        return first
    gap = after.forget_entropy_mean - never.forget_entropy_mean
    surer = (
        "about as sure of them as" if abs(gap) < 0.05 else "less sure of them than" if gap > 0 else "surer of them than"
    )
    return f"{first}; the model is now {surer} one that never saw them"

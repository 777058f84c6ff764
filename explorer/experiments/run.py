"""One run of a method on one experiment: the steps under a rule, recorded for who watches, and what they left."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from explorer.experiments.experiment import Experiment
from explorer.experiments.store import Artefact
from explorer.experiments.trajectory import Trajectory
from explorer.models import Network, build_network
from explorer.settings import Settings
from explorer.unlearning import Method, Reason, Rule, Step

BETWEEN_SNAPSHOTS = 0.1  # seconds at least: more often than anybody can see would only slow the run down
WATCHING = 0.1  # the share of a run's time that recording it may take


@dataclass(frozen=True)
class Request:
    """Everything that decides a run: the same request leaves the same weights, whoever makes it.

    noise_seed: of the method's own randomness; the experiment's seed is that of training.
    """

    experiment: Experiment
    method: Method
    settings: Settings
    rule: Rule
    noise_seed: int = 0

    def key(self) -> dict[str, Any]:
        """What addresses the outcome in the store."""
        return {
            "what": "unlearned",
            "original": self.experiment.key("original"),
            "forget": self.experiment.forget,
            "method": self.method.name,
            "settings": self.settings.model_dump(),
            "rule": self.rule.model_dump(),
            "noise_seed": self.noise_seed,
        }


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a run left: the network, the steps taken, the seconds of unlearning alone, and why it stopped (`until`)."""

    network: Network
    steps: int
    seconds: float
    stopped: Reason | None


def unlearn(
    request: Request,
    trajectory: Trajectory | None = None,
    watch: Callable[[Step], None] = lambda step: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Run the method on a copy of the original and store what it leaves, unless somebody stopped it by hand.

    trajectory: records up to ten moments a second, fewer where measuring one is slow, the first and the last always.
    watch: called after each step. stopping: asked after each step; True ends the run there with the reason "user". None
    of these counts in `seconds`.
    """
    experiment = request.experiment
    original = experiment.original
    if trajectory is not None:
        trajectory.record(original)
    run = experiment.unlearn(request.method, request.settings, request.rule, request.noise_seed, original)
    seconds, recorded, cost = 0.0, time.perf_counter(), 0.0
    began = time.perf_counter()
    for step in run:
        paused = time.perf_counter()
        seconds += paused - began
        if trajectory is not None and paused - recorded >= max(BETWEEN_SNAPSHOTS, cost / WATCHING):
            trajectory.record(run.network, step)
            recorded = time.perf_counter()
            cost = recorded - paused
        watch(step)
        if stopping():
            run.stop()
        began = time.perf_counter()
    seconds += time.perf_counter() - began
    if trajectory is not None:
        trajectory.record(run.network, run.last)
    steps = 0 if run.last is None else run.last.index
    outcome = Outcome(cast(Network, run.network.eval()), steps, seconds, run.stopped)
    if outcome.stopped != "user":
        notes = {"steps": steps, "seconds": seconds, "stopped": outcome.stopped}
        experiment.store.put(request.key(), outcome.network.state_dict(), notes)
    return outcome


def stored_outcome(request: Request) -> Outcome | None:
    """What an earlier run of the same request left, or None."""
    found: Artefact | None = request.experiment.store.get(request.key())
    if found is None:
        return None
    network = build_network(request.experiment.model, request.experiment.data, request.experiment.seed)
    network.load_state_dict(found.tensors)
    return Outcome(network.eval(), found.notes["steps"], found.notes["seconds"], found.notes["stopped"])

"""Requests, which decide a run of a method on one experiment, and their outcomes, which are stored by request."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from explorer.experiments.experiment import Experiment
from explorer.models import Network, build_network
from explorer.settings import Settings
from explorer.store import Artefact
from explorer.unlearning import Method, Reason, Rule


@dataclass(frozen=True)
class Request:
    """Everything that decides a run: equal requests give equal weights.

    Attributes:
        experiment: data set, model, training seed and forget set.
        method: an entry of `METHODS`.
        settings: settings of the method.
        rule: stopping rule and collapse guard.
        noise_seed: seed of the method's own randomness; the experiment's seed is that of the training.
    """

    experiment: Experiment
    method: Method
    settings: Settings
    rule: Rule
    noise_seed: int = 0

    def key(self) -> dict[str, Any]:
        """Store key of the outcome."""
        return {
            "what": "unlearned",
            "original": self.experiment.key("original"),
            "forget": self.experiment.forget,
            "method": self.method.name,
            "settings": self.settings.key(),
            "rule": self.rule.key(),
            "noise_seed": self.noise_seed,
        }


@dataclass(frozen=True, eq=False)
class Outcome:
    """Outcome of a run.

    Attributes:
        network: the unlearned network, on the CPU, in eval mode.
        steps: steps taken.
        seconds: duration of the unlearning alone, without recording and readings.
        stopped: why the run ended (`until`); None after all passes.
        agreement: last reading of the collapse guard (`Guard.agreement`), before the weights were reset to a good step.
        number: unique in this process and, unlike id(), never reused.
    """

    network: Network
    steps: int
    seconds: float
    stopped: Reason | None
    agreement: float | None = None
    number: int = field(default_factory=count().__next__, init=False)

    def save(self, request: Request) -> None:
        """Store the outcome under its request."""
        notes = {
            "steps": self.steps, "seconds": self.seconds, "stopped": self.stopped, "agreement": self.agreement
        }  # fmt: skip
        request.experiment.store.put(request.key(), self.network.state_dict(), notes)


def stored_outcome(request: Request) -> Outcome | None:
    """Outcome of an earlier run of the same request; None if it is not stored."""
    stored: Artefact | None = request.experiment.store.get(request.key())
    if stored is None:
        return None
    network = build_network(request.experiment.model, request.experiment.data, request.experiment.seed)
    network.load_state_dict(stored.tensors)
    return Outcome(
        network.eval(), stored.notes["steps"], stored.notes["seconds"], stored.notes["stopped"],
        stored.notes.get("agreement"),
    )  # fmt: skip

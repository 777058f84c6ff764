"""What decides a run of a method on one experiment, and what the run leaves: weights, found again by their request."""

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
            "settings": self.settings.key(),
            "rule": self.rule.key(),
            "noise_seed": self.noise_seed,
        }


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a run left: the network, the steps taken, the seconds of unlearning alone, and why it stopped (`until`).

    agreement: what the collapse guard read last (`Guard.agreement`), before the weights were put back to a good step.
    number: of this process's outcomes; no other one has it, also when this one is gone.
    """

    network: Network
    steps: int
    seconds: float
    stopped: Reason | None
    agreement: float | None = None
    number: int = field(default_factory=count().__next__, init=False)

    def keep(self, request: Request) -> None:
        """Store the outcome under its request."""
        notes = {
            "steps": self.steps, "seconds": self.seconds, "stopped": self.stopped, "agreement": self.agreement
        }  # fmt: skip
        request.experiment.store.put(request.key(), self.network.state_dict(), notes)


def stored_outcome(request: Request) -> Outcome | None:
    """What an earlier run of the same request left, or None."""
    found: Artefact | None = request.experiment.store.get(request.key())
    if found is None:
        return None
    network = build_network(request.experiment.model, request.experiment.data, request.experiment.seed)
    network.load_state_dict(found.tensors)
    return Outcome(
        network.eval(), found.notes["steps"], found.notes["seconds"], found.notes["stopped"],
        found.notes.get("agreement"),
    )  # fmt: skip

"""When to stop: one pass at a fixed eta is fragile, so a rule watches D_f alone and ends the run."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import torch
from torch import Tensor, nn

from explorer.data import ForgetSet, Split
from explorer.evaluation.predictions import accuracy, entropies, logits
from explorer.settings import Settings, setting
from explorer.unlearning.guard import Guard
from explorer.unlearning.interruption import Interrupted
from explorer.unlearning.method import INPUTS_PER_FORWARD, Step

Reason = Literal["target", "guard", "nan", "user"]
CHECKS_PER_PASS = 16
GLANCE = 1000  # forget samples, by which a D_f that is larger is judged first


class Rule(Settings):
    """What ends a run early. Everything is read off D_f and the model, so a zero-shot method stays zero-shot."""

    target: Literal["accuracy", "entropy", "none"] = setting("accuracy", "which reading of the forget set ends the run")
    accuracy: float = setting(
        0.02, "stop when the model gets no more than this share of the forget set right", least=0.0, most=1.0,
        applies=lambda s: s.target == "accuracy",
    )  # fmt: skip
    entropy: float = setting(
        1.0, "stop when the mean entropy of the forget set is this high", least=0.0, most=10.0, unit="nats",
        applies=lambda s: s.target == "entropy",
    )  # fmt: skip
    guard: float = setting(
        0.4, "stop when fewer than this share of noise inputs are still called what the original called them; 0 is off",
        least=0.0, most=1.0,
    )  # fmt: skip


def default_rule(forget: ForgetSet) -> Rule:
    """The rule for a forget set of this kind.

    A class or sub-class is forgotten when it is no longer recognised. Other samples have neighbours that still tell
    their label, so a model that never saw them gets many of them right, most of all when they were drawn at random.
    """
    return Rule(accuracy={"near": 0.2, "samples": 0.2, "random": 0.8}.get(forget.kind, 0.05))


@dataclass(frozen=True)
class Reading:
    """What was read after a step: accuracy on D_f, entropies of its samples in nats (m,), and `Guard.agreement`.

    calls: the class that the network names for each of its samples, (m,).
    """

    accuracy: float
    entropies: Tensor
    predictions: Tensor
    agreement: float


class until:  # noqa: N801 (reads as a word where it is used: `for step in until(steps, ...)`)
    """Steps of any method until a rule is met; the network is left at its last good weights.

    Iterate it as the steps themselves. Afterwards `stopped` is None (ran through), "target", "guard", "nan" or "user"
    (for `stop()`, or where the network was interrupted), and `last` the step whose weights the network has. `reading`
    is what D_f showed after the step `read_after` (None: at the start), `reading_seconds` what that took, and `judged`
    the last reading that the rule saw. NaN is noticed at every step; accuracy and entropies are read about
    `CHECKS_PER_PASS` times a pass, and after every step of a large batch. A large D_f, of which a pass may go far
    beyond the rule, is looked at as often as one of 2 * `GLANCE`: at `GLANCE` of its samples, and at all once these
    meet the rule.
    """

    def __init__(self, steps: Iterator[Step], network: nn.Module, forget: Split, rule: Rule) -> None:
        self.steps, self.network, self.forget, self.rule = steps, network, forget, rule
        self.stopped: Reason | None = None
        self.last: Step | None = None
        self.read_after: Step | None = None
        self.judged: Reading | None = None
        self.reading_seconds = math.inf
        self._reading: Reading | None = None
        self._taken: Step | None = None
        self._user_stopped = False
        drawn = torch.randperm(len(forget), generator=torch.Generator().manual_seed(0))[:GLANCE]
        self._few = forget if len(forget) <= GLANCE else forget[drawn.sort().values]

    @property
    def reading(self) -> Reading:
        """What D_f showed when it was looked at last; of the original it is read when it is asked for, or at a step."""
        if self._reading is None:
            self._reading = self.judged = self._read(self.forget)
        return self._reading

    @cached_property
    def guard(self) -> Guard:
        """Made with the first reading, before the first step."""
        return Guard(self.network, self.forget)

    def stop(self) -> None:
        """End the run after the step that is under way, at its weights."""
        self._user_stopped = True

    def __iter__(self) -> Iterator[Step]:
        try:
            yield from self._until_met()
        except Interrupted:
            # A method updates after the last forward of a step, so these are the weights of the last whole one.
            self.network.zero_grad(set_to_none=True)
            self.stopped, self.last = "user", self._taken

    def _until_met(self) -> Iterator[Step]:
        good, unread = _copy(self.network), 0
        _ = self.reading  # of the original, and what its guard watches, before the first step
        for step in self.steps:
            unread += len(step.samples)
            if not math.isfinite(step.loss):
                self.stopped = "nan"
            else:
                self._taken = step
            due = unread * CHECKS_PER_PASS >= min(len(self.forget), 2 * GLANCE) or step.index == step.total
            if due and self.stopped is None:
                unread = 0
                self.judged = self._read(self._few)
                self.stopped = self._judge(self.judged)
                if self._few is not self.forget and self.stopped == "target":
                    self.judged = self._read(self.forget)
                    self.stopped = self._judge(self.judged)
            if self.stopped in ("nan", "guard"):
                self.network.load_state_dict(good)
                return
            if unread == 0:
                good, self.last = _copy(self.network), step
                if self.judged is not None and len(self.judged.predictions) == len(self.forget):
                    self._reading, self.read_after = self.judged, step
            yield step
            if self._user_stopped and self.stopped is None:
                self.stopped, self.last = "user", step
            if self.stopped:
                return

    def _judge(self, reading: Reading) -> Reason | None:
        if not bool(reading.entropies.isfinite().all()):
            return "nan"
        if self.rule.guard and reading.agreement < self.rule.guard:
            return "guard"
        if self.rule.target == "accuracy" and reading.accuracy <= self.rule.accuracy:
            return "target"
        if self.rule.target == "entropy" and float(reading.entropies.mean()) >= self.rule.entropy:
            return "target"
        return None

    def _read(self, samples: Split) -> Reading:
        began = time.perf_counter()
        found = logits(self.network, samples.x, INPUTS_PER_FORWARD)
        agreement = self.guard.agreement(self.network)
        if samples is self.forget:
            self.reading_seconds = time.perf_counter() - began
        return Reading(accuracy(found, samples.y), entropies(found), found.argmax(1), agreement)


def _copy(network: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}

"""Stopping rules: end a run at a target accuracy or entropy of D_f, or before the model collapses.

The result of a fixed number of passes depends strongly on eta. A rule reads only the model and D_f.
"""

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
GLANCE = 1000  # samples of a larger D_f that are checked before all are


class Rule(Settings):
    """Criteria that end a run early. They read only D_f and the model, so a zero-shot method stays zero-shot.

    Attributes:
        target: criterion on D_f: accuracy, entropy or none.
        accuracy: stop at an accuracy on the forget set of this or less, a share.
        entropy: stop at a mean entropy of D_f of this or more, in nats.
        guard: stop at an agreement with the original on noise inputs (`Guard.agreement`) below this share; 0 is off.
    """

    target: Literal["accuracy", "entropy", "none"] = setting("accuracy", "criterion on the forget set that ends a run")
    accuracy: float = setting(
        0.02, "stop when the accuracy on the forget set is at most this share", least=0.0, most=1.0,
        applies=lambda s: s.target == "accuracy",
    )  # fmt: skip
    entropy: float = setting(
        1.0, "stop when the mean entropy on the forget set is at least this", least=0.0, most=10.0, unit="nats",
        applies=lambda s: s.target == "entropy",
    )  # fmt: skip
    guard: float = setting(
        0.4, "collapse guard: stop when the predictions on less than this share of noise inputs are still those of the "
        "original; 0 is off", least=0.0, most=1.0,
    )  # fmt: skip


def default_rule(forget: ForgetSet) -> Rule:
    """Default rule for a forget set of this kind.

    A class or sub-class is forgotten when its accuracy is near 0. Other forget samples have neighbours of the same
    class in D_r, so a model that never saw them still predicts many of them correctly, most of all if they were drawn
    at random. Their target accuracy is higher.
    """
    return Rule(accuracy={"near": 0.2, "samples": 0.2, "random": 0.8}.get(forget.kind, 0.05))


@dataclass(frozen=True)
class Reading:
    """State of the model, measured after a step on m samples of D_f.

    Attributes:
        accuracy: accuracy on the samples, 0..1.
        entropies: entropies in nats, (m,).
        predictions: predicted classes, (m,).
        agreement: agreement with the original on noise inputs (`Guard.agreement`), 0..1.
    """

    accuracy: float
    entropies: Tensor
    predictions: Tensor
    agreement: float


class until:  # noqa: N801 (reads as a word where it is used: `for step in until(steps, ...)`)
    """Steps of any method until a rule is met. Iterate it in place of the steps themselves.

    Every step's loss must be finite, or the run ends ("nan"). Accuracy and entropies are read about `CHECKS_PER_PASS`
    times a pass, and after every step of a large batch. If D_f has more than `GLANCE` samples, a fixed subset of
    `GLANCE` is checked, as often as for a D_f of 2 * `GLANCE` samples; only when that meets the rule, all samples are
    checked. With fewer checks, one pass through a large D_f could go far beyond the rule.

    If the run ends by NaN or the guard, the network gets back the weights of the last check that passed.

    Args:
        steps: steps of a method on `network`.
        network: network that the method updates in place.
        forget: D_f.
        rule: stopping rule.

    Attributes:
        stopped: "target", "guard", "nan" or "user" (`stop()`, or an interrupted network); None if all steps were taken.
        last: after the run, the step whose weights the network has; None for the original.
        reading: latest reading of the whole D_f; before the first step, that of the original.
        read_after: step after which `reading` was taken; None for the original.
        reading_seconds: duration of the latest reading of the whole D_f.
        judged: latest reading that the rule was applied to, of D_f or of its subset.
        guard: collapse guard.
    """

    def __init__(self, steps: Iterator[Step], network: nn.Module, forget: Split, rule: Rule) -> None:
        self.steps, self.network, self.forget, self.rule = steps, network, forget, rule
        self.stopped: Reason | None = None
        self.last: Step | None = None
        self.read_after: Step | None = None
        self.judged: Reading | None = None
        self.reading_seconds = math.inf
        self._reading: Reading | None = None
        self._completed: Step | None = None
        self._user_stopped = False
        drawn = torch.randperm(len(forget), generator=torch.Generator().manual_seed(0))[:GLANCE]
        self._subset = forget if len(forget) <= GLANCE else forget[drawn.sort().values]

    @property
    def reading(self) -> Reading:
        """Latest reading of D_f. That of the original is taken on first access, at the latest before the first step."""
        if self._reading is None:
            self._reading = self.judged = self._read(self.forget)
        return self._reading

    @cached_property
    def guard(self) -> Guard:
        """Collapse guard; made with the first reading, when the network still is the original."""
        return Guard(self.network, self.forget)

    def stop(self) -> None:
        """End the run after the current step and keep the weights of that step."""
        self._user_stopped = True

    def __iter__(self) -> Iterator[Step]:
        try:
            yield from self._until_met()
        except Interrupted:
            # Methods update after the last forward of a step, so the weights are those of the last complete step.
            self.network.zero_grad(set_to_none=True)
            self.stopped, self.last = "user", self._completed

    def _until_met(self) -> Iterator[Step]:
        good, unread = _copy(self.network), 0
        _ = self.reading  # reads the original and makes its guard, before the first step changes the network
        for step in self.steps:
            unread += len(step.samples)
            if not math.isfinite(step.loss):
                self.stopped = "nan"
            else:
                self._completed = step
            due = unread * CHECKS_PER_PASS >= min(len(self.forget), 2 * GLANCE) or step.index == step.total
            if due and self.stopped is None:
                unread = 0
                self.judged = self._read(self._subset)
                self.stopped = self._judge(self.judged)
                if self._subset is not self.forget and self.stopped == "target":
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
        outputs = logits(self.network, samples.x, INPUTS_PER_FORWARD)
        agreement = self.guard.agreement(self.network)
        if samples is self.forget:
            self.reading_seconds = time.perf_counter() - began
        return Reading(accuracy(outputs, samples.y), entropies(outputs), outputs.argmax(1), agreement)


def _copy(network: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}

"""Trio: original, unlearned and retrained side by side, with their networks, measures and origins."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from itertools import count
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakValueDictionary

from explorer.background.progress import Progress, Share, ignore_progress, ignore_share
from explorer.evaluation import Measures, evaluate
from explorer.evaluation.comparison import SIMILAR_ENTROPY
from explorer.experiments import EarlierRun, Experiment, Outcome, Request
from explorer.experiments.derived.measures import MEASURES, RUN_MEASURES
from explorer.experiments.experiment import Trained
from explorer.models import Network
from explorer.store import Key
from explorer.ui.work import jobs
from explorer.ui.work.cached import measures_of, network_of, partition_of
from explorer.words import percent

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")

_SHARED: WeakValueDictionary[tuple[object, ...], Trio] = WeakValueDictionary()
"""Comparisons by request, outcome and replaced model: browser tabs that compare the same models share one `Trio`."""
_LAST: deque[Trio] = deque(maxlen=4)
"""The last four comparisons are not garbage-collected, so that reopening one is instant; each holds its networks."""


@dataclass(frozen=True)
class StandIn:
    """An earlier run of the same experiment that replaces one of the three models.

    Attributes:
        place: the replaced model: "original", "unlearned" or "retrained".
        outcome: result of the earlier run, with its network.
        run: entry of the earlier run in the experiment's history.
    """

    place: str
    outcome: Outcome
    run: EarlierRun


@dataclass(frozen=True, eq=False)
class Trio:
    """Original, unlearned and retrained models of one experiment; the key of everything computed from them.

    Attributes:
        experiment: data, architecture, seed and forget set.
        networks: by model name, in the order original, unlearned, retrained.
        measures: by model name, in the same order.
        request: settings of the run that produced the unlearned model.
        outcome: result of that run.
        stand_in: the earlier run that replaces one of the models; None: no model is replaced.
        number: unique in this process.
        cached: results of functions decorated with `cached_on_trio`.
    """

    experiment: Experiment
    networks: dict[str, Network]
    measures: dict[str, Measures]
    request: Request
    outcome: Outcome
    stand_in: StandIn | None = None
    number: int = field(default_factory=count().__next__)
    cached: dict[object, Any] = field(default_factory=dict, init=False, repr=False)

    @property
    def job_key(self) -> str:
        """Unique name of this trio, used in the keys of background jobs."""
        return f"{self.experiment} {self.number}"

    @property
    def rotated(self) -> tuple[str, ...]:
        """Models whose features must be rotated onto the original's, because they were trained from another start."""
        return () if self.stand_in is not None and self.stand_in.place == "retrained" else ("retrained",)

    def store_key(self, name: str) -> Key | None:
        """Address of a model in the store; None if it is not stored."""
        request = self.request if name == "unlearned" else None
        if self.stand_in is not None and self.stand_in.place == name:
            request = self.stand_in.run.request
        if request is None:
            return self.experiment.key("original" if name == "original" else "retrained")
        complete = name != "unlearned" or self.outcome.stopped != "user"
        return request.key() if complete and self.experiment.store.has(request.key()) else None

    def note(self, name: str) -> str:
        """Addition to a model's name in figure headings: "" unless an earlier run replaces the model."""
        if self.stand_in is None or self.stand_in.place != name:
            return ""
        return "an earlier run" if name == "unlearned" else "replaced by an earlier run"


def load_trio(request: Request, outcome: Outcome, stand_in: StandIn | None = None) -> Trio | None:
    """The three models with their measures; None while they are measured, with progress shown on the page.

    Args:
        request: settings of the run that produced the unlearned model.
        outcome: result of that run.
        stand_in: an earlier run that replaces one of the models.
    """
    replacement = None if stand_in is None else (stand_in.place, stand_in.outcome.number)
    if (trio := _SHARED.get((request, outcome, replacement))) is not None:
        return trio
    key = f"measures {request.experiment} {outcome.number} {replacement}"
    measured: Trio | None = jobs.quick_result(
        key, "Measuring the three models", lambda job: trio_of(request, outcome, stand_in, job.report)
    )
    if measured is not None:
        measured = _SHARED.setdefault((request, outcome, replacement), measured)
        _LAST.append(measured)
    return measured


def trio_of(
    request: Request,
    outcome: Outcome,
    stand_in: StandIn | None = None,
    report: Share = ignore_share,
) -> Trio:
    """Load and measure the three models, without a background job.

    Args:
        request: settings of the run that produced the unlearned model.
        outcome: result of that run.
        stand_in: an earlier run that replaces one of the models.
        report: called with the completed share, 0 to 1.
    """
    experiment = request.experiment
    networks = {
        "original": network_of(experiment, "original"),
        "unlearned": outcome.network,
        "retrained": network_of(experiment, "retrained"),
    }
    trained: tuple[Trained, ...] = ("original", "retrained")
    measures: dict[str, Measures] = {}
    other = stand_in if stand_in is not None and stand_in.outcome is not outcome else None
    turns = 3 if other is None else 4

    def part(turn: int) -> Progress:
        report(turn / turns)
        return lambda share, _: report((turn + share) / turns)

    for turn, name in enumerate(trained):
        MEASURES.get(experiment, networks[name], part(turn), name)
        measures[name] = measures_of(experiment, name)
    measures["unlearned"] = measures_of_run(request, outcome, part(2))
    if other is not None:
        networks[other.place] = other.outcome.network
        measures[other.place] = measures_of_run(other.run.request, other.outcome, part(3))
    return Trio(experiment, networks, measures, request, outcome, stand_in)


def measures_of_run(request: Request, outcome: Outcome, progress: Progress = ignore_progress) -> Measures:
    """Measures of the unlearned model of a run; stored with the run, unless the user stopped it.

    Args:
        request: settings of the run.
        outcome: its result, with the network.
        progress: called with the completed share, 0 to 1, and a description.
    """
    if outcome.stopped == "user" or not request.experiment.store.has(request.key()):
        doing = "Measuring the unlearned model"
        return evaluate(outcome.network, partition_of(request.experiment), lambda done: progress(done, doing))
    return RUN_MEASURES.get(request.experiment, outcome.network, progress, request)


def headline(trio: Trio) -> str:
    """One sentence: accuracy on D_f and retained test accuracy."""
    return "; ".join(part for part in (_forget_accuracy(trio), _retained_accuracy(trio)) if part)


def entropy_sentence(trio: Trio) -> str:
    """Mean entropy of D_f beside the retrained model's; "" if either is undefined."""
    unlearned, retrained = (trio.measures[name].forget_entropy_mean for name in ("unlearned", "retrained"))
    if unlearned is None or retrained is None:
        return ""
    gap, name = unlearned - retrained, "the earlier run" if _replaced(trio) == "retrained" else "the retrained model"
    if abs(gap) < SIMILAR_ENTROPY:
        compared = "about as certain as"
    else:
        compared = "less certain than" if gap > 0 else "more certain than"
    return (
        f"On the forget set the unlearned model is {compared} {name} "
        f"(mean entropy {unlearned:.2f} against {retrained:.2f} nats)."
    )


def accuracy_change(before: float, after: float) -> str:
    """Predicate of a sentence about an accuracy: "fell from 98.0 % to 12.5 %"; before and after are shares."""
    if percent(before) == percent(after):
        return f"did not change from {percent(before)}"
    return f"{'fell' if after < before else 'rose'} from {percent(before)} to {percent(after)}"


def _forget_accuracy(trio: Trio) -> str:
    original, unlearned = (trio.measures[name].forget_train_accuracy or 0.0 for name in ("original", "unlearned"))
    subject, rule = f"Accuracy on the forget set (n = {len(trio.experiment.forget_set):,})", trio.request.rule
    missed = rule.target == "accuracy" and unlearned > rule.accuracy
    target = f", above the target of {100 * rule.accuracy:g} %" if missed else ""
    if _replaced(trio) == "original":
        return f"{subject} is {percent(unlearned)}{target} ({percent(original)} for the earlier run)"
    return f"{subject} {accuracy_change(original, unlearned)}{target}"


def _retained_accuracy(trio: Trio) -> str:
    """Change of the retained test accuracy; "" without retained test samples."""
    before, after = (trio.measures[name].retain_test_accuracy for name in ("original", "unlearned"))
    if before is None or after is None:
        return ""
    change = 100 * (after - before)
    if _replaced(trio) == "original":
        difference = f"{abs(change):.1f} points {'lower than' if change < 0 else 'higher than'}"
        return f"retained test accuracy is {'equal to' if abs(change) < 0.05 else difference} that of the earlier run"
    if abs(change) < 0.05:
        return "retained test accuracy did not change"
    return f"retained test accuracy {'fell' if change < 0 else 'rose'} by {abs(change):.1f} points"


def _replaced(trio: Trio) -> str:
    """Name of the model that an earlier run replaces, or ""."""
    return "" if trio.stand_in is None else trio.stand_in.place


def cached_on_trio(
    compute: Callable[Concatenate[Trio, Arguments], Value],
) -> Callable[Concatenate[Trio, Arguments], Value]:
    """Decorator: cache the results of a function of a `Trio` on that trio, shared by all tabs that compare it."""

    @wraps(compute)
    def cached(trio: Trio, /, *arguments: Arguments.args, **named: Arguments.kwargs) -> Value:
        key = (compute, arguments, *named.items())
        if key not in trio.cached:
            trio.cached[key] = compute(trio, *arguments, **named)
        value: Value = trio.cached[key]
        return value

    return cached

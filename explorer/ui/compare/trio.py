"""The three models side by side: their networks, their measures, and what made them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from itertools import count
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakValueDictionary

from explorer.background.progress import Share, ignore_share
from explorer.evaluation import Measures, evaluate
from explorer.evaluation.comparison import SIMILAR_ENTROPY
from explorer.experiments import EarlierRun, Experiment, Outcome, Request
from explorer.experiments.derived.measures import stored_measures, stored_run_measures
from explorer.experiments.experiment import Trained
from explorer.models import Network
from explorer.store import Key
from explorer.ui.work import jobs
from explorer.ui.work.cached import measures_of, network_of, partition_of
from explorer.words import counted, percent, these

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")

_SHARED: WeakValueDictionary[tuple[object, ...], Trio] = WeakValueDictionary()
"""What one tab compares, another need not measure and ask again."""
_LAST: deque[Trio] = deque(maxlen=4)
"""Those that live on although no tab may need them any more; each has its networks."""


@dataclass(frozen=True)
class StandIn:
    """An earlier run of the same experiment in the place of "original", "unlearned" or "retrained"."""

    place: str
    outcome: Outcome
    run: EarlierRun


@dataclass(frozen=True, eq=False)
class Trio:
    """Original, unlearned and retrained by name, in this order; whoever asks for a picture of them asks here.

    request, outcome: of the run whose network is the unlearned one. stand_in: whose network stands under another's
    name. found: what was computed of them (`cached_on_trio`).
    """

    experiment: Experiment
    networks: dict[str, Network]
    measures: dict[str, Measures]
    request: Request
    outcome: Outcome
    stand_in: StandIn | None = None
    number: int = field(default_factory=count().__next__)
    found: dict[object, Any] = field(default_factory=dict, init=False, repr=False)

    @property
    def request_key(self) -> str:
        """Tells this trio from any other, for keys of jobs."""
        return f"{self.experiment} {self.number}"

    @property
    def turned(self) -> tuple[str, ...]:
        """Whose features lie in another basis than the original's: of a network that was trained from another start."""
        return () if self.stand_in is not None and self.stand_in.place == "retrained" else ("retrained",)

    def stored_as(self, name: str) -> Key | None:
        """What addresses this model in the store; None for one that is not there."""
        request = self.request if name == "unlearned" else None
        if self.stand_in is not None and self.stand_in.place == name:
            request = self.stand_in.run.request
        if request is None:
            return self.experiment.key("original" if name == "original" else "retrained")
        kept = name != "unlearned" or self.outcome.stopped != "user"
        return request.key() if kept and self.experiment.store.has(request.key()) else None

    def note(self, name: str) -> str:
        """What follows a model's name in the heading of a picture, where an earlier run stands in its place."""
        if self.stand_in is None or self.stand_in.place != name:
            return ""
        return "an earlier run" if name == "unlearned" else "replaced by an earlier run"


def load_trio(request: Request, outcome: Outcome, stand_in: StandIn | None = None) -> Trio | None:
    """The three models with their measures, an earlier run in the place of one of them where that was asked for.

    None while they are measured, with progress shown.
    """
    instead = None if stand_in is None else (stand_in.place, stand_in.outcome.number)
    if (known := _SHARED.get((request, outcome, instead))) is not None:
        return known
    key = f"measures {request.experiment} {outcome.number} {instead}"
    found: Trio | None = jobs.soon(
        key, "Measuring the three models", lambda job: trio_of(request, outcome, stand_in, job.report)
    )
    if found is not None:
        found = _SHARED.setdefault((request, outcome, instead), found)
        _LAST.append(found)
    return found


def trio_of(
    request: Request,
    outcome: Outcome,
    stand_in: StandIn | None = None,
    report: Share = ignore_share,
) -> Trio:
    """`load_trio`, at once; `report` hears the share done."""
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

    def part(turn: int) -> Share:
        report(turn / turns)
        return lambda share: report((turn + share) / turns)

    for turn, name in enumerate(trained):
        stored_measures(experiment, name, networks[name], part(turn))
        measures[name] = measures_of(experiment, name)
    measures["unlearned"] = measures_left(request, outcome, part(2))
    if other is not None:
        networks[other.place] = other.outcome.network
        measures[other.place] = measures_left(other.run.request, other.outcome, part(3))
    return Trio(experiment, networks, measures, request, outcome, stand_in)


def measures_left(request: Request, outcome: Outcome, progress: Share = ignore_share) -> Measures:
    """M of what a run left; kept in the store where the run is, which one that was stopped by hand is not."""
    if outcome.stopped == "user" or not request.experiment.store.has(request.key()):
        return evaluate(outcome.network, partition_of(request.experiment), progress)
    return stored_run_measures(request, outcome.network, progress)


def headline(trio: Trio) -> str:
    """Did it forget, what did it cost, and does it look like a model that never saw them? From the measures."""
    measures, size = trio.measures, len(trio.experiment.forget_set)
    replaced = "" if trio.stand_in is None else trio.stand_in.place
    before, after, never = (measures[name] for name in ("original", "unlearned", "retrained"))
    lost = 100 * ((before.retain_test_accuracy or 0) - (after.retain_test_accuracy or 0))
    cost = "cost the others nothing" if lost < 0.05 else f"cost the others {lost:.1f} points"
    if lost <= -0.05:
        cost = f"brought the others {-lost:.1f} points"
    first = f"Forgetting {these(size)} {cost} of test accuracy"
    rule, right = trio.request.rule, after.forget_train_accuracy or 0.0
    if rule.target == "accuracy" and right > rule.accuracy:
        still = f"{percent(right)} of {these(size)} are" if size > 1 else "This sample is"
        first = f"{still} still right, which is more than was aimed at; the run {cost} of test accuracy"
    if replaced == "original":
        beside = "as accurate as" if abs(lost) < 0.05 else f"{abs(lost):.1f} points {'below' if lost > 0 else 'above'}"
        first = f"On test samples of the others, this unlearned model is {beside} the earlier run"
    if after.forget_entropy_mean is None or never.forget_entropy_mean is None:
        return first
    gap = after.forget_entropy_mean - never.forget_entropy_mean
    them = "it" if size == 1 else "them"
    of = f"the {counted(size, 'forget sample')}" if replaced == "original" else them
    surer = f"less sure of {of} than" if gap > 0 else f"surer of {of} than"
    if abs(gap) < SIMILAR_ENTROPY:
        surer = f"about as sure of {of} as"
    than = "the earlier run" if replaced == "retrained" else f"one that never saw {them}"
    return f"{first}; on average the model is now {surer} {than}"


def cached_on_trio(
    of: Callable[Concatenate[Trio, Arguments], Value],
) -> Callable[Concatenate[Trio, Arguments], Value]:
    """Computes once what a function finds of a trio, for everybody who has that trio."""

    @wraps(of)
    def once(trio: Trio, /, *arguments: Arguments.args, **named: Arguments.kwargs) -> Value:
        key = (of, arguments, *named.items())
        if key not in trio.found:
            trio.found[key] = of(trio, *arguments, **named)
        found: Value = trio.found[key]
        return found

    return once

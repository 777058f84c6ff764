"""Did it forget these samples, or everything alike? The forget set's change minus the retained set's (METHOD 3c).

Unlearning can bring the entropies of D_f to those of a retrained model by blurring everything, so every change of D_f
stands beside that of D_r: in accuracy, in mean entropy, and in the membership attack, the area under its curve against
test samples of the same kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

Measure = Literal["accuracy", "entropy", "attack"]
MEASURES: tuple[Measure, ...] = ("accuracy", "entropy", "attack")
NOTICEABLE: Mapping[Measure, float] = {"accuracy": 0.01, "entropy": 0.05, "attack": 0.02}
"""Changes below these (shares, nats, area) are called hardly any."""
PARTS: Mapping[Measure, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "accuracy": (("forget_right",), ("retain_right",)),
    "entropy": (("forget",), ("retain",)),
    "attack": (("forget", "forget_peers"), ("retain", "retain_peers")),
}
"""Of which of the `Answers` each measure is made, for D_f and for D_r."""
TWO_SIDED = 1.96  # standard errors to either side of a 95 % interval


@dataclass(frozen=True, eq=False)
class Answers:
    """What one model makes of D_f, of D_r, and of the test samples like each of them (peers).

    right: (n,) 1 where the label is met, else 0; the others entropies in nats, each (n,) of its own part.
    """

    forget_right: np.ndarray
    retain_right: np.ndarray
    forget: np.ndarray
    retain: np.ndarray
    forget_peers: np.ndarray
    retain_peers: np.ndarray


@dataclass(frozen=True)
class Change:
    """A measure of the same n samples before and after; error: the standard error of the difference over samples."""

    before: float
    after: float
    error: float
    n: int

    @property
    def moved(self) -> float:
        """After minus before."""
        return self.after - self.before


@dataclass(frozen=True)
class Selectivity:
    """How much more D_f changed than D_r, with its 95 % interval over samples (training seeds are another matter)."""

    measure: Measure
    forget: Change
    retain: Change

    @property
    def value(self) -> float:
        """The forget set's change minus the retained set's: shares, nats, or area under the curve."""
        return self.forget.moved - self.retain.moved

    @property
    def interval(self) -> tuple[float, float] | None:
        """None where a part has one sample only."""
        half = TWO_SIDED * float(np.hypot(self.forget.error, self.retain.error))
        return (self.value - half, self.value + half) if np.isfinite(half) else None

    @property
    def told_apart(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.interval is not None and not self.interval[0] <= 0 <= self.interval[1]


def selectivity(measure: Measure, before: Answers, after: Answers) -> Selectivity | None:
    """From one model to another; None where a part has no samples or an output is not finite."""
    changes = []
    for names in PARTS[measure]:
        then, now = ([np.asarray(getattr(answers, name), float) for name in names] for answers in (before, after))
        if not all(len(values) and np.isfinite(values).all() for values in (*then, *now)):
            return None
        changes.append(_area_change(then, now) if measure == "attack" else _mean_change(then[0], now[0]))
    return Selectivity(measure, *changes)


def verdict(found: Mapping[Measure, Selectivity | None]) -> str:
    """These samples, or everything alike? Read off the accuracy, or off the entropy where accuracy does not tell.

    That the interval holds 0 does not show that both moved alike: for that, the retained set has to have moved too.
    """
    undecided = None
    for measure in MEASURES[:2]:
        one = found.get(measure)
        if one is None or max(abs(one.forget.moved), abs(one.retain.moved)) < NOTICEABLE[measure]:
            continue
        forget, retain = abs(one.forget.moved), abs(one.retain.moved)
        if not one.told_apart and retain < forget / 2:
            undecided = undecided or measure
            continue
        if not one.told_apart:
            return f"everything alike: these samples are not shown to have moved more than the retained, in {measure}"
        if retain >= forget:
            return f"the others more than these samples, in {measure}"
        if retain < forget / 2:
            return f"these samples rather than everything, in {measure}"
        return f"everything, these samples somewhat more, in {measure}"
    if undecided is not None:
        return f"too few samples to tell: these are not shown to have moved more than the retained, in {undecided}"
    if all(found.get(measure) is None for measure in MEASURES[:2]):
        return "nothing that can be measured: an output is not finite, or a part has no samples"
    return "hardly anything: neither accuracy nor entropy moved noticeably"


def _mean_change(before: np.ndarray, after: np.ndarray) -> Change:
    error = (after - before).std(ddof=1) / np.sqrt(len(after)) if len(after) > 1 else np.nan
    return Change(float(before.mean()), float(after.mean()), float(error), len(after))


def _area_change(before: list[np.ndarray], after: list[np.ndarray]) -> Change:
    """Areas under the attack's curve, and the error of their difference (DeLong, DeLong & Clarke-Pearson 1988)."""
    (members, others), (members_after, others_after) = _placements(*before), _placements(*after)
    squares = [
        (now - then).var(ddof=1) / len(now) if len(now) > 1 else np.nan
        for then, now in ((members, members_after), (others, others_after))
    ]
    return Change(float(members.mean()), float(members_after.mean()), float(np.sqrt(sum(squares))), len(members))


def _placements(members: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share of the others that each member is surer than, and of members surer than each other; ties count half."""

    def below(values: np.ndarray, among: np.ndarray) -> np.ndarray:
        ordered = np.sort(among)
        return (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")) / (2 * len(among))

    return 1 - below(members, others), below(others, members)

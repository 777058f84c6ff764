"""Selectivity: change of the forget set minus change of the retained set, in accuracy, entropy and membership attack.

Unlearning can bring the entropies of D_f to those of a retrained model by raising all entropies. So every change of
D_f is compared with that of D_r: in accuracy, in mean entropy, and in the AUC of the membership attack against test
samples of the same kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

Measure = Literal["accuracy", "entropy", "attack"]
MEASURES: tuple[Measure, ...] = ("accuracy", "entropy", "attack")
NOTICEABLE: Mapping[Measure, float] = {"accuracy": 0.01, "entropy": 0.05, "attack": 0.02}
"""Smallest noticeable change (share, nats, AUC)."""
PARTS: Mapping[Measure, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "accuracy": (("forget_correct",), ("retain_correct",)),
    "entropy": (("forget",), ("retain",)),
    "attack": (("forget", "forget_peers"), ("retain", "retain_peers")),
}
"""Fields of `ModelOutputs` that each measure is computed from, for D_f and for D_r."""
TWO_SIDED = 1.96  # standard errors on either side of a 95 % interval


@dataclass(frozen=True, eq=False)
class ModelOutputs:
    """Correctness and entropies of one model, sample by sample.

    Attributes:
        forget_correct: 1 for each sample of D_f that is predicted correctly, else 0, (n_f,).
        retain_correct: the same for D_r, (n_r,).
        forget: entropies of D_f in nats, (n_f,).
        retain: entropies of D_r in nats, (n_r,).
        forget_peers: entropies of test samples of the classes of D_f in nats, (m_f,).
        retain_peers: entropies of test samples of the classes of D_r in nats, (m_r,).
    """

    forget_correct: np.ndarray
    retain_correct: np.ndarray
    forget: np.ndarray
    retain: np.ndarray
    forget_peers: np.ndarray
    retain_peers: np.ndarray


@dataclass(frozen=True)
class Change:
    """A measure of the same samples under two models.

    Attributes:
        before: value under the first model.
        after: value under the second model.
        error: standard error of the difference over samples.
        n: number of samples.
    """

    before: float
    after: float
    error: float
    n: int

    @property
    def difference(self) -> float:
        """After minus before (share, nats or AUC)."""
        return self.after - self.before


@dataclass(frozen=True)
class Selectivity:
    """Change of D_f and of D_r in one measure.

    Attributes:
        measure: name of the measure.
        forget: change on D_f.
        retain: change on D_r.
    """

    measure: Measure
    forget: Change
    retain: Change

    @property
    def value(self) -> float:
        """Change of the forget set minus change of the retained set (share, nats or AUC)."""
        return self.forget.difference - self.retain.difference

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of the value over samples, for one training seed; None if a part has a single sample."""
        half = TWO_SIDED * float(np.hypot(self.forget.error, self.retain.error))
        return (self.value - half, self.value + half) if np.isfinite(half) else None

    @property
    def significant(self) -> bool:
        """True if the interval excludes 0."""
        return self.interval is not None and not self.interval[0] <= 0 <= self.interval[1]


def selectivity(measure: Measure, before: ModelOutputs, after: ModelOutputs) -> Selectivity | None:
    """Selectivity of the change from one model to another.

    Args:
        measure: "accuracy", "entropy" or "attack".
        before: outputs of the first model.
        after: outputs of the second model for the same samples.

    Returns:
        The selectivity; None if a part has no samples or an output is not finite.
    """
    changes = []
    for names in PARTS[measure]:
        first, second = ([np.asarray(getattr(outputs, name), float) for name in names] for outputs in (before, after))
        if not all(len(values) and np.isfinite(values).all() for values in (*first, *second)):
            return None
        changes.append(_auc_change(first, second) if measure == "attack" else _mean_change(first[0], second[0]))
    return Selectivity(measure, *changes)


def verdict(selectivities: Mapping[Measure, Selectivity | None]) -> str:
    """Sentence: was unlearning selective? Decided by accuracy, or by entropy if accuracy hardly changed.

    An interval that includes 0 does not show that both sets changed alike. "Not selective" also needs a change of the
    retained set of at least half that of the forget set.
    """
    undecided = None
    for measure in MEASURES[:2]:
        change = selectivities.get(measure)
        if change is None:
            continue
        forget, retain = abs(change.forget.difference), abs(change.retain.difference)
        if max(forget, retain) < NOTICEABLE[measure]:
            continue
        if not change.significant and retain < forget / 2:
            undecided = undecided or measure
            continue
        if not change.significant:
            return f"Not selective: {measure} is not shown to have changed more on the forget than on the retained set."
        if retain >= forget:
            return f"Not selective: {measure} changed more on the retained set than on the forget set."
        if retain < forget / 2:
            return f"Selective: {measure} changed mainly on the forget set."
        return f"Partly selective: {measure} changed on both sets, but more on the forget set."
    if undecided is not None:
        return f"Too few samples: {undecided} is not shown to have changed more on the forget than on the retained set."
    if all(selectivities.get(measure) is None for measure in MEASURES[:2]):
        return "Selectivity cannot be measured: an output is not finite, or a part has no samples."
    return "Hardly any change: neither accuracy nor entropy changed noticeably."


def _mean_change(before: np.ndarray, after: np.ndarray) -> Change:
    error = (after - before).std(ddof=1) / np.sqrt(len(after)) if len(after) > 1 else np.nan
    return Change(float(before.mean()), float(after.mean()), float(error), len(after))


def _auc_change(before: list[np.ndarray], after: list[np.ndarray]) -> Change:
    """AUC of the attack, with the standard error of the difference of DeLong, DeLong & Clarke-Pearson (1988)."""
    (members, peers), (members_after, peers_after) = _placements(*before), _placements(*after)
    variances = [
        (second - first).var(ddof=1) / len(second) if len(second) > 1 else np.nan
        for first, second in ((members, members_after), (peers, peers_after))
    ]
    return Change(float(members.mean()), float(members_after.mean()), float(np.sqrt(sum(variances))), len(members))


def _placements(members: np.ndarray, peers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share of peers with a higher entropy than each member, and of members with a lower one than each peer.

    Ties count half. The mean of either is the AUC.
    """

    def below(values: np.ndarray, among: np.ndarray) -> np.ndarray:
        ordered = np.sort(among)
        return (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")) / (2 * len(among))

    return 1 - below(members, peers), below(peers, members)

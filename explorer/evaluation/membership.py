"""Was this sample in the training set? Membership attacks on one feature: the entropy H of the output.

The plain one has a threshold: below it, a sample is called a member. Its curve over all thresholds, and the area under
it (AUC), set D_f against test samples of the same classes. As published, the threshold comes from a logistic regression
with balanced classes, fitted on D_r = member against the test set = non-member; the score is the share of D_f that it
calls member. That score is not centred on one half, so the AUC stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import mannwhitneyu
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_curve


@dataclass(frozen=True, eq=False)
class AttackCurve:
    """The attack at every threshold: shares of D_f and of its peers with an entropy below it, (thresholds,) each."""

    forget: np.ndarray
    peers: np.ndarray


def attack_curve(forget: Any, peers: Any) -> AttackCurve | None:
    """The curve for entropies (n,) of D_f and of test samples; None where one of them is empty or holds NaN."""
    inside, outside = _feature(forget), _feature(peers)
    if not (_usable(inside) and _usable(outside)):
        return None
    called = np.repeat([1, 0], [len(inside), len(outside)])
    of_peers, of_forget, _ = roc_curve(called, -np.concatenate([inside, outside]))
    return AttackCurve(of_forget, of_peers)


def predicted_members(entropies: Any, threshold: float) -> float | None:
    """Share of the samples whose entropy (n,) is below the threshold in nats; None where there are none, or NaN."""
    feature = _feature(entropies)
    return float((feature < threshold).mean()) if _usable(feature) else None


def membership_share(forget: Any, members: Any, others: Any) -> float | None:
    """Share of the forget samples that the published attack calls members; low means forgotten.

    Entropies in nats, each (n,): forget of D_f, members of D_r, others of the test set. None where one of them is empty
    or holds NaN, for then there is nothing to fit.
    """
    found = [_feature(part) for part in (forget, members, others)]
    if not all(map(_usable, found)):
        return None
    return float(_published(*found[1:]).predict(found[0][:, None]).mean())


def published_threshold(members: Any, others: Any) -> float | None:
    """The entropy in nats below which the published attack says member, the middle of its logistic curve.

    None where there is nothing to fit, or where lower entropy does not speak for a member.
    """
    found = [_feature(part) for part in (members, others)]
    if not all(map(_usable, found)):
        return None
    attack = _published(*found)
    slope = float(attack.coef_[0, 0])
    return -float(attack.intercept_[0]) / slope if slope < 0 else None


def membership_auc(forget: Any, peers: Any) -> float | None:
    """P(H of a forget sample < H of a peer), ties counted half: .5 means that the two cannot be told apart.

    Entropies in nats, each (n,); peers are test samples of the same classes. Above .5 the forget samples look like
    members (surer), below it more strange than what was never seen. None where one of them is empty or holds NaN.
    """
    low, high = _feature(forget), _feature(peers)
    if not (_usable(low) and _usable(high)):
        return None
    wins = mannwhitneyu(high, low, method="asymptotic").statistic
    return float(wins / (len(low) * len(high)))


def _published(members: np.ndarray, others: np.ndarray) -> LogisticRegression:
    feature, called = np.concatenate([members, others]), np.repeat([1, 0], [len(members), len(others)])
    return LogisticRegression(class_weight="balanced").fit(feature[:, None], called)


def _feature(entropies: Any) -> np.ndarray:
    return np.asarray(entropies, dtype=np.float64)


def _usable(feature: np.ndarray) -> bool:
    return bool(len(feature)) and bool(np.isfinite(feature).all())

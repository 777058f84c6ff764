"""Membership attacks by the entropy H of the output: was a sample in the training set?

Threshold attack: a sample with an entropy below the threshold is predicted as a member. Its ROC curve over all
thresholds and the area under it (AUC) compare D_f with test samples of the same classes.

Published attack: the threshold comes from a logistic regression with balanced classes, fitted on D_r (members) and the
test set (non-members). Its score is the share of D_f that is predicted as members. The chance level of that score is
not one half, so the AUC is shown beside it.
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
    """ROC curve of the threshold attack.

    Attributes:
        forget: share of D_f predicted as members (true positive rate) at each threshold, (thresholds,).
        peers: share of the test samples predicted as members (false positive rate), (thresholds,).
    """

    forget: np.ndarray
    peers: np.ndarray


def attack_curve(forget: Any, peers: Any) -> AttackCurve | None:
    """ROC curve of the threshold attack; None if an argument is empty or holds NaN.

    Args:
        forget: entropies of D_f in nats, (n,).
        peers: entropies of test samples of the same classes in nats, (m,).
    """
    inside, outside = _feature(forget), _feature(peers)
    if not (_usable(inside) and _usable(outside)):
        return None
    members = np.repeat([1, 0], [len(inside), len(outside)])
    false_positives, true_positives, _ = roc_curve(members, -np.concatenate([inside, outside]))
    return AttackCurve(true_positives, false_positives)


def predicted_members(entropies: Any, threshold: float) -> float | None:
    """Share of samples with an entropy below the threshold; None if there are no samples or one is NaN.

    Args:
        entropies: in nats, (n,).
        threshold: in nats.
    """
    feature = _feature(entropies)
    return float((feature < threshold).mean()) if _usable(feature) else None


def membership_share(forget: Any, members: Any, others: Any) -> float | None:
    """Share of D_f that the published attack predicts as members: low means forgotten.

    Args:
        forget: entropies of D_f in nats, (n,).
        members: entropies of D_r in nats, (m,).
        others: entropies of the test set in nats, (k,).

    Returns:
        A share in 0..1; None if an argument is empty or holds NaN, so that nothing can be fitted.
    """
    parts = [_feature(part) for part in (forget, members, others)]
    if not all(map(_usable, parts)):
        return None
    return float(_published(*parts[1:]).predict(parts[0][:, None]).mean())


def published_threshold(members: Any, others: Any) -> float | None:
    """Threshold of the published attack in nats: entropy at which its logistic regression predicts 1/2.

    Args:
        members: entropies of D_r in nats, (m,).
        others: entropies of the test set in nats, (k,).

    Returns:
        The threshold; None if nothing can be fitted, or if members do not have the lower entropy.
    """
    parts = [_feature(part) for part in (members, others)]
    if not all(map(_usable, parts)):
        return None
    attack = _published(*parts)
    slope = float(attack.coef_[0, 0])
    return -float(attack.intercept_[0]) / slope if slope < 0 else None


def membership_auc(forget: Any, peers: Any) -> float | None:
    """AUC of the threshold attack: P(H of a forget sample < H of a test sample), ties counted half.

    0.5 is chance level. Above it, forget samples look like members (lower entropy). Below it, they are over-forgotten:
    the model is less certain of them than of samples that it never saw.

    Args:
        forget: entropies of D_f in nats, (n,).
        peers: entropies of test samples of the same classes in nats, (m,).

    Returns:
        The AUC; None if an argument is empty or holds NaN.
    """
    low, high = _feature(forget), _feature(peers)
    if not (_usable(low) and _usable(high)):
        return None
    wins = mannwhitneyu(high, low, method="asymptotic").statistic
    return float(wins / (len(low) * len(high)))


def _published(members: np.ndarray, others: np.ndarray) -> LogisticRegression:
    feature, labels = np.concatenate([members, others]), np.repeat([1, 0], [len(members), len(others)])
    return LogisticRegression(class_weight="balanced").fit(feature[:, None], labels)


def _feature(entropies: Any) -> np.ndarray:
    return np.asarray(entropies, dtype=np.float64)


def _usable(feature: np.ndarray) -> bool:
    return bool(len(feature)) and bool(np.isfinite(feature).all())

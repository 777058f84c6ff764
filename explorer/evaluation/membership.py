"""Was this sample in the training set? The paper's membership attack, on one feature: the entropy of the output.

As published: a logistic regression with balanced classes, fitted on D_r = member against the test set = non-member;
its score is the share of D_f that it calls member. That score is not centred on one half, so the balanced area under
the curve of D_f against test samples of the same classes stands beside it.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import mannwhitneyu
from sklearn.linear_model import LogisticRegression
from torch import Tensor


def membership_share(forget: Tensor, members: Tensor, others: Tensor) -> float | None:
    """Share of the forget samples that the published attack calls members; low means forgotten.

    Entropies in nats, each (n,): forget of D_f, members of D_r, others of the test set. None where one of them is empty
    or holds NaN, for then there is nothing to fit.
    """
    found = [_feature(part) for part in (forget, members, others)]
    if not all(map(_usable, found)):
        return None
    feature, called = np.concatenate(found[1:]), np.repeat([1, 0], [len(found[1]), len(found[2])])
    attack = LogisticRegression(class_weight="balanced").fit(feature[:, None], called)
    return float(attack.predict(found[0][:, None]).mean())


def membership_auc(forget: Tensor, peers: Tensor) -> float | None:
    """P(H of a forget sample < H of a peer), ties counted half: .5 means that the two cannot be told apart.

    Entropies in nats, each (n,); peers are test samples of the same classes. Above .5 the forget samples look like
    members (surer), below it more strange than what was never seen. None where one of them is empty or holds NaN.
    """
    low, high = _feature(forget), _feature(peers)
    if not (_usable(low) and _usable(high)):
        return None
    wins = mannwhitneyu(high, low, method="asymptotic").statistic
    return float(wins / (len(low) * len(high)))


def _feature(entropies: Tensor) -> np.ndarray:
    return np.asarray(entropies, dtype=np.float64)


def _usable(feature: np.ndarray) -> bool:
    return bool(len(feature)) and bool(np.isfinite(feature).all())

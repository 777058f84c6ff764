"""The membership attack against a direct scikit-learn fit, and its orientation."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from explorer.evaluation import membership_auc, membership_share


def drawn(n, scale, seed):
    return torch.from_numpy(np.random.default_rng(seed).exponential(scale, n))


def test_share_equals_a_direct_fit():
    forget, members, others = drawn(40, 0.3, 0), drawn(300, 0.2, 1), drawn(100, 0.6, 2)
    x = torch.cat([members, others]).numpy().reshape(-1, 1)
    fitted = LogisticRegression(class_weight="balanced").fit(x, [1] * 300 + [0] * 100)
    expected = fitted.predict(forget.numpy().reshape(-1, 1)).mean()
    assert 0 < expected < 1
    assert membership_share(forget, members, others) == expected


def test_sure_samples_are_called_members_and_unsure_ones_are_not():
    members, others = drawn(300, 0.1, 1), drawn(100, 2.0, 2)
    assert membership_share(torch.zeros(5), members, others) == 1
    assert membership_share(torch.full((5,), 9.0), members, others) == 0


def test_auc_equals_scikit_learn_and_counts_ties_half():
    forget, peers = drawn(40, 0.3, 0).round(decimals=1), drawn(70, 0.6, 2).round(decimals=1)
    expected = roc_auc_score([1] * 40 + [0] * 70, -torch.cat([forget, peers]).numpy())
    assert membership_auc(forget, peers) == pytest.approx(expected)


def test_auc_is_one_for_samples_that_the_net_is_surer_of():
    assert membership_auc(torch.tensor([0.1, 0.2]), torch.tensor([0.5, 0.6, 0.7])) == 1
    assert membership_auc(torch.tensor([0.5]), torch.tensor([0.1, 0.2])) == 0
    assert membership_auc(torch.zeros(3), torch.zeros(4)) == 0.5


@pytest.mark.parametrize("wrong", [torch.empty(0), torch.tensor([0.1, float("nan")])])
def test_nothing_to_measure_is_none(wrong):
    right = torch.tensor([0.1, 0.4])
    assert membership_auc(wrong, right) is None and membership_auc(right, wrong) is None
    assert membership_share(right, wrong, right) is None and membership_share(wrong, right, right) is None

"""The membership attack against a direct scikit-learn fit, and its orientation."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from explorer.evaluation import attack_curve, membership_auc, membership_share, predicted_members, published_threshold


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


def test_the_curve_equals_a_count_at_every_threshold():
    forget, peers = drawn(40, 0.3, 0).round(decimals=1), drawn(70, 0.6, 2).round(decimals=1)
    curve = attack_curve(forget, peers)
    counted = {
        (predicted_members(peers, threshold), predicted_members(forget, threshold))
        for threshold in np.append(np.unique(np.append(forget, peers)) + 1e-9, -1)
    }
    assert set(zip(curve.peers.tolist(), curve.forget.tolist(), strict=True)) <= counted
    assert (curve.peers[0], curve.forget[0], curve.peers[-1], curve.forget[-1]) == (0, 0, 1, 1)
    assert np.trapezoid(curve.forget, curve.peers) == pytest.approx(membership_auc(forget, peers))


def test_below_the_threshold_is_a_member():
    assert predicted_members(np.array([0.1, 0.2, 0.3]), 0.2) == pytest.approx(1 / 3)
    assert predicted_members(np.array([]), 0.2) is None


def test_the_published_attack_is_its_own_threshold():
    forget, members, others = drawn(40, 0.3, 0), drawn(300, 0.2, 1), drawn(100, 0.6, 2)
    threshold = published_threshold(members, others)
    assert predicted_members(forget, threshold) == membership_share(forget, members, others)
    assert published_threshold(others, members) is None  # there, surer speaks for a stranger


@pytest.mark.parametrize("wrong", [torch.empty(0), torch.tensor([0.1, float("nan")])])
def test_no_attack_without_samples(wrong):
    right = torch.tensor([0.1, 0.4])
    assert attack_curve(wrong, right) is None and attack_curve(right, wrong) is None
    assert published_threshold(wrong, right) is None and predicted_members(wrong, 1.0) is None

"""Logits in batches, and entropies in nats, against the plain computation and scipy."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.stats import entropy
from torch import nn

from explorer.evaluation import accuracy, entropies, features, logits, probabilities
from explorer.models import Network


def network():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Network(nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Dropout(0.5)), 8, 4)


def inputs(n=11):
    return torch.randn(n, 3, generator=torch.Generator().manual_seed(1))


def test_logits_are_those_of_eval_mode_and_the_net_is_left_as_it_was():
    net = network().train()
    statistics = net.backbone[1].running_mean.clone()
    found = logits(net, inputs(), batch=4)
    assert net.training and net.backbone[2].training and torch.equal(net.backbone[1].running_mean, statistics)
    assert not found.requires_grad
    torch.testing.assert_close(found, net.eval()(inputs()).detach())


def test_features_come_before_the_head():
    net = network()
    torch.testing.assert_close(net.head(features(net, inputs(), batch=5)).detach(), logits(net, inputs()))


def test_never_more_than_a_batch_at_once():
    seen = []
    net = nn.Linear(3, 2)
    net.register_forward_hook(lambda module, given, output: seen.append(len(output)))
    logits(net, inputs(10), batch=4)
    assert seen == [4, 4, 2]


def test_entropies_equal_scipy():
    drawn = 5 * torch.randn(50, 7, generator=torch.Generator().manual_seed(0))
    p = probabilities(drawn)
    torch.testing.assert_close(p.sum(1), torch.ones(50, dtype=torch.float64))
    np.testing.assert_allclose(entropies(drawn), entropy(p.numpy(), axis=1), rtol=1e-12)


def test_entropies_at_the_extremes():
    certain = torch.tensor([[1000.0, 0.0, -1000.0], [50.0, 0.0, float("-inf")], [3.0, 3.0, 3.0]])
    found = entropies(certain).tolist()
    assert found[0] == 0
    assert found[1] == pytest.approx(51 * math.exp(-50), rel=1e-6)  # p = e^-50 vanishes beside 1 in float64
    assert found[2] == pytest.approx(math.log(3))
    assert entropies(torch.tensor([[float("nan"), 0.0]])).isnan().all()


def test_accuracy_counts_what_is_not_a_number_as_wrong():
    found = torch.tensor([[2.0, 1.0], [1.0, 2.0], [float("nan"), 1.0], [0.0, 1.0]])
    assert accuracy(found, torch.tensor([0, 0, 0, 1])) == 0.5
    assert math.isnan(accuracy(torch.empty(0, 2), torch.empty(0, dtype=torch.long)))

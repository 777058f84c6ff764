"""Greedy mislabelling: a wrong label for each sample, drawn once, learned by plain gradient descent."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from explorer.data import Split
from explorer.unlearning import MislabelSettings, Rule, mislabel, until


def drawing(seed=0):
    return torch.Generator().manual_seed(seed)


def identity(classes):
    """A network whose logits are its inputs."""
    network = nn.Linear(classes, classes, bias=False)
    nn.init.eye_(network.weight)
    return network


def taught(samples, classes, seed=0, passes=1):
    """The label that each sample is taught in each pass, read off its loss: log sum exp(x) - x[label]."""
    x = torch.arange(float(classes)).repeat(samples, 1)
    y = torch.arange(samples) % classes
    settings = MislabelSettings(eta=1e-6, passes=passes, batch_size=1)
    steps = list(mislabel(identity(classes), Split(x, y), settings, drawing(seed)))
    losses = torch.tensor([step.loss for step in steps]).reshape(passes, samples)
    return y, (x[0].logsumexp(0) - losses).round().long()


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_no_sample_is_taught_its_own_label_and_all_others_occur(classes):
    y, (labels,) = taught(60 * classes, classes)
    assert not (labels == y).any()
    for own in range(classes):
        assert set(labels[y == own].tolist()) == set(range(classes)) - {own}


def test_labels_are_drawn_once_and_from_the_seed():
    _, (first, second, third) = taught(50, 10, passes=3)
    assert torch.equal(first, second) and torch.equal(first, third)
    assert torch.equal(taught(50, 10)[1][0], first)
    assert not torch.equal(taught(50, 10, seed=1)[1][0], first)


def test_a_step_is_gradient_descent_on_the_wrong_label():
    x, y = (
        torch.randn(6, 2, generator=drawing(3)),
        torch.tensor([0, 1, 0, 1, 0, 1]),
    )  # two classes: one wrong label each
    network = identity(2)
    plain = network.weight.detach().clone()
    for step in mislabel(network, Split(x, y), MislabelSettings(eta=0.1, passes=2, batch_size=4), drawing()):
        batch = [[0, 1, 2, 3], [4, 5]][(step.index - 1) % 2]
        assert step.samples.tolist() == batch and step.total == 4
        p = (x[batch] @ plain.T).softmax(1)
        wrong = 1 - y[batch]
        assert step.loss == pytest.approx(-p[range(len(batch)), wrong].log().mean().item(), rel=1e-5)
        plain = plain - 0.1 * (p - nn.functional.one_hot(wrong, 2)).T @ x[batch] / len(batch)
        torch.testing.assert_close(network.weight.detach(), plain)


def test_a_few_samples_are_called_something_else_in_the_end(moons):
    dataset, trained = moons
    network, forget = copy.deepcopy(trained), dataset.train[:4]
    assert (network(forget.x).argmax(1) == forget.y).all()
    run = until(
        mislabel(network, forget, MislabelSettings(eta=0.1), drawing()), network, forget, Rule(accuracy=0, guard=0)
    )
    steps = list(run)
    assert run.stopped == "target" and 0 < len(steps) < steps[-1].total
    assert not (network(forget.x).argmax(1) == forget.y).any()


def test_nothing_but_the_given_network_is_touched(moons):
    dataset, trained = moons
    network, forget = copy.deepcopy(trained), dataset.train[:4]
    before, state = (
        [forget.x.clone(), forget.y.clone(), *copy.deepcopy(list(trained.parameters()))],
        torch.get_rng_state(),
    )
    list(mislabel(network, forget, MislabelSettings(passes=3), drawing()))
    assert all(torch.equal(a, b) for a, b in zip(before, [forget.x, forget.y, *trained.parameters()], strict=True))
    assert torch.equal(torch.get_rng_state(), state)

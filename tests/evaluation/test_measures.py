"""M against a plain computation over all samples at once."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest
import torch
from scipy.stats import entropy
from torch import nn

from explorer.data import ForgetSet, Partition, Split, load_dataset, partition
from explorer.evaluation import Measures, evaluate, membership_auc, membership_share

# The names and their order that the command line promises.
NAMES = [
    "retain_train_accuracy", "forget_train_accuracy", "retain_test_accuracy", "forget_test_accuracy",
    "forget_entropy_mean", "retain_entropy_mean", "test_entropy_mean", "membership_share", "membership_auc",
]  # fmt: skip


class Counted(nn.Module):
    """A linear net that remembers how many samples went through it."""

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.layer = nn.Linear(inputs, classes)
        weight = torch.randn(classes, inputs, generator=torch.Generator().manual_seed(0))
        self.layer.weight = nn.Parameter(weight / inputs**0.5)
        self.passed = 0

    def forward(self, x):
        self.passed += len(x)
        return self.layer(x.flatten(1))


def plainly(net, split):
    """Accuracy and entropies of a split, in one go."""
    p = net(split.x).softmax(1).detach().double()
    return (p.argmax(1) == split.y).float().mean().item(), torch.from_numpy(entropy(p.numpy(), axis=1))


def check(found: Measures, net: nn.Module, parts: Partition):
    forget, retain, test = (plainly(net, part) for part in (parts.forget, parts.retain, parts.test))
    expected = {
        "retain_train_accuracy": retain[0],
        "forget_train_accuracy": forget[0],
        "retain_test_accuracy": plainly(net, parts.retain_test)[0],
        "forget_test_accuracy": None if parts.forget_test is None else plainly(net, parts.forget_test)[0],
        "forget_entropy_mean": forget[1].mean().item(),
        "retain_entropy_mean": retain[1].mean().item(),
        "test_entropy_mean": test[1].mean().item(),
        "membership_share": membership_share(forget[1], retain[1], test[1]),
        "membership_auc": membership_auc(forget[1], plainly(net, parts.peers_test)[1]),
    }
    for name, value in found.as_dict().items():
        assert value == (None if expected[name] is None else pytest.approx(expected[name], rel=1e-5)), name


@pytest.mark.parametrize("code", ["class:3", "random:50@1", "samples:4,17,90"])
def test_digits_equal_a_plain_computation(code):
    dataset = load_dataset("digits")
    parts, net = partition(dataset, ForgetSet.parse(code, dataset)), Counted(64, 10)
    found = evaluate(net, parts)
    extra = len(parts.peers_test) if parts.forget_test is None else 0
    assert net.passed == len(dataset.train) + len(dataset.test) + extra
    check(found, net, parts)
    assert (found.forget_test_accuracy is None) == (code != "class:3")


def test_a_partition_made_by_hand():
    def split(*labels, seed):
        return Split(torch.randn(len(labels), 2, generator=torch.Generator().manual_seed(seed)), torch.tensor(labels))

    test = split(0, 1, 2, 1, seed=0)
    gone = test.y == 1
    parts = Partition(
        forget=split(1, 1, seed=1),
        retain=split(0, 2, 0, seed=2),
        test=test,
        retain_test=test[~gone],
        forget_test=test[gone],
        peers_test=test[gone],
    )
    net = Counted(2, 3)
    check(evaluate(net, parts), net, parts)


def test_a_broken_net_and_a_missing_test_class_give_none_not_nan():
    dataset = load_dataset("blobs:n=40")
    parts, net = partition(dataset, ForgetSet.parse("class:1", dataset)), Counted(2, 2)
    nn.init.constant_(net.layer.weight, float("nan"))
    found = evaluate(net, parts).as_dict()
    assert all(value is None for name, value in found.items() if "accuracy" not in name)
    assert found["retain_test_accuracy"] == found["forget_train_accuracy"] == 0
    json.dumps(found, allow_nan=False)

    nobody = test = parts.test[parts.test.y == 0]
    parts = Partition(parts.forget, parts.retain, test, test, nobody[:0], nobody[:0])
    found = evaluate(Counted(2, 2), parts)
    assert found.forget_test_accuracy is None and found.membership_auc is None and found.membership_share is not None


def test_names_are_those_of_the_command_line_and_each_is_described():
    assert [each.name for each in fields(Measures)] == NAMES
    described = Measures.descriptions()
    assert [each.name for each in described] == NAMES
    assert all(each.label and each.help.endswith(".") and each.unit in ("share", "nats") for each in described)
    assert len({each.label for each in described}) == len(NAMES)


@pytest.mark.parametrize("code", ["class:3", "random:30@1"])
def test_it_tells_how_far_it_is_and_hears_a_stop(code):
    data = load_dataset("digits")
    parts, said = partition(data, ForgetSet.parse(code, data)), []
    net = Counted(64, 10)
    evaluate(net, parts, said.append)
    assert said == sorted(said) and said[-1] == 1.0 and len(said) > 4

    def stop(done):
        raise KeyboardInterrupt

    net.passed = 0
    with pytest.raises(KeyboardInterrupt):
        evaluate(net, parts, stop)
    assert net.passed == len(parts.forget)

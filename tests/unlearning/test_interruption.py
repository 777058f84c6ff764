"""A stop in the middle of a step: heard before the next forward, and the weights are those of the last whole step."""

from __future__ import annotations

import copy
import sys
from itertools import pairwise

import pytest
import torch

from explorer.data import ForgetSet
from explorer.evaluation import logits
from explorer.unlearning import METHODS, Interrupted, Rule, interruptible, method_named, until

NEVER = Rule(target="none", guard=0)
BATCH = {"jit": {"update": "batch", "batch_size": 64, "perturbations": 4}, "mislabel": {"batch_size": 64}}


class Counted:
    """How often a network was asked, and whether it is to be asked no more: from its forward number `most` on."""

    def __init__(self, network, most=10**9):
        self.forwards, self.most = 0, most
        network.register_forward_hook(self.count)

    def count(self, *_):
        self.forwards += 1

    def asked(self):
        return self.forwards >= self.most


@pytest.fixture
def small_parts(monkeypatch):
    """A forward takes four inputs, so that a step takes several."""
    for module in ("jit", "mislabel"):
        monkeypatch.setattr(sys.modules[f"explorer.unlearning.{module}"], "INPUTS_PER_FORWARD", 4)


def run_of(moons, name, forget="near:9@4"):
    dataset, trained = moons
    network, method = copy.deepcopy(trained), method_named(name)
    samples = dataset.train[ForgetSet.parse(forget, dataset).indices]
    settings = method.configure(dataset.shape, method.presets[0].name, {"passes": 3, **BATCH[name]})
    steps = method.run(network, samples, settings, torch.Generator().manual_seed(0))
    return until(steps, network, samples, NEVER)


def equal(first, second):
    return all(torch.equal(a, second[name]) for name, a in first.items())


def weights(network):
    return {name: value.clone() for name, value in network.state_dict().items()}


def test_a_network_answers_until_it_is_asked_to_stop_and_again_afterwards(moons):
    dataset, trained = moons
    network, asked = copy.deepcopy(trained), []
    with interruptible(network, lambda: bool(asked)):
        network(dataset.train.x)
        asked.append(True)
        for ask in (network, lambda x: logits(network, x)):
            with pytest.raises(Interrupted):
                ask(dataset.train.x)
    assert network(dataset.train.x).shape == (len(dataset.train), 2)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("name", METHODS)
def test_every_forward_of_a_run_is_a_place_to_stop_and_leaves_the_last_whole_step(moons, name):
    """Cut off after each number of forwards in turn: at the first reading, in a step's parts, in a reading between."""
    whole = run_of(moons, name)
    counted, after, ends = Counted(whole.network), [weights(whole.network)], [0]
    for _ in whole:
        after.append(weights(whole.network))
        ends.append(counted.forwards)
    assert len(after) == 4 and not any(equal(a, b) for a, b in pairwise(after))
    steps_seen = set()
    for most in range(1, counted.forwards):
        run = run_of(moons, name)
        cut = Counted(run.network, most)
        with interruptible(run.network, cut.asked):
            taken = [step.index for step in run]
        last = 0 if run.last is None else run.last.index
        assert run.stopped == "user" and cut.forwards == most
        assert equal(weights(run.network), after[last])
        assert last in (len(taken), len(taken) + 1), "a step that was taken but not read yet is whole"
        assert all(parameter.grad is None for parameter in run.network.parameters())
        steps_seen.add(last)
    assert steps_seen == {0, 1, 2, 3}
    assert ends[2] - ends[1] > 4, "a step takes several forwards, else this test shows little"


def test_a_reading_says_which_step_it_is_of(moons):
    run = run_of(moons, "mislabel")
    assert run.read_after is None and run.judged is None
    first = run.reading
    assert run.judged is first and run.reading is first and run.reading_seconds < 60
    for step in run:
        assert run.read_after is step and run.reading is not first

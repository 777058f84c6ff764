"""`until` around any method's steps: when it stops, why, and the weights at which it leaves the network."""

from __future__ import annotations

import copy
import math

import pytest
import torch
from scipy.stats import entropy
from torch import nn

from explorer.data import ForgetSet, Split, load_dataset
from explorer.settings import InputError
from explorer.unlearning import METHODS, JitSettings, Rule, Step, jit, method_named, stopping, until
from explorer.unlearning.guard import Guard, probes
from explorer.unlearning.stopping import CHECKS_PER_PASS, default_rule

NEVER = {"target": "none", "guard": 0}


class Shifting(nn.Module):
    """Logits (x + shift, 0) of numbers x: class 0 to the right of -shift."""

    def __init__(self, shift=0.0):
        super().__init__()
        self.shift = nn.Parameter(torch.tensor(float(shift)))

    def forward(self, x):
        moved = x[:, 0] + self.shift
        return torch.stack([moved, torch.zeros_like(moved)], 1)


class Scaling(nn.Module):
    """Logits W x times a scale, of points: as sure as its scale is large."""

    def __init__(self, scale):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(float(scale)))

    def forward(self, x):
        return self.scale * x


def numbers(count):
    """Samples 0.5, 1.5, ... that a network with no shift calls class 0."""
    return Split(torch.arange(count, dtype=torch.float32)[:, None] + 0.5, torch.zeros(count, dtype=torch.int64))


def by_hand(parameter, values, samples, losses=None):
    """A method of one's own: it sets a parameter to one value after the other."""
    for index, value in enumerate(values):
        with torch.no_grad():
            parameter.copy_(torch.tensor(float(value)))
        loss = 1.0 if losses is None else losses[index]
        yield Step(index + 1, len(values), loss, torch.arange(samples))


def entropies(network, x):
    with torch.no_grad():
        return entropy(network(x).double().softmax(1).numpy(), axis=1)


def test_it_runs_through_where_nothing_ends_it():
    network, forget = Shifting(), numbers(4)
    run = until(by_hand(network.shift, [-1, -2, -9], 4), network, forget, Rule(**NEVER))
    assert run.stopped is None and run.reading.accuracy == 1
    seen = [(step.index, network.shift.item()) for step in run]
    assert seen == [(1, -1), (2, -2), (3, -9)]
    assert run.stopped is None and network.shift.item() == -9 and run.network is network and run.last.index == 3
    assert run.reading.accuracy == 0


class Counting(Shifting):
    """Remembers how many numbers it was shown at a time."""

    def __init__(self):
        super().__init__()
        self.shown = []

    def forward(self, x):
        self.shown.append(len(x))
        return super().forward(x)


def test_a_large_forget_set_is_judged_by_some_first_and_by_all_at_the_end(monkeypatch):
    monkeypatch.setattr(stopping, "GLANCE", 10)
    network, forget = Counting(), numbers(40)
    run = until(by_hand(network.shift, range(-1, -41, -1), 40), network, forget, Rule(accuracy=0.5, guard=0.0))
    seen, glances = [], []
    for step in run:
        seen.append(step.index)
        glances.append([size for size in network.shown if size in (10, 40)])
        network.shown.clear()
    assert run.stopped == "target" and run.reading.accuracy <= 0.5 and len(run.reading.predictions) == 40
    assert abs(seen[-1] - 20) <= 8  # as near as ten samples tell
    assert glances[0] == [40, 10]  # the original whole, then a glance
    assert all(sizes == [10] for sizes in glances[1:-5]) and glances[-1] == [10, 40]
    assert run.read_after is run.last


@pytest.mark.parametrize("share", [0.75, 0.5, 0.3, 0.25, 0.0])
def test_it_stops_at_the_first_step_that_forgets_enough(share):
    """After step i the network still calls 10 - i of 10 samples by their name."""
    network, forget = Shifting(), numbers(10)
    values = [-i for i in range(1, 11)]
    run = until(by_hand(network.shift, values, 10), network, forget, Rule(accuracy=share, guard=0))
    indices = [step.index for step in run]
    first = next(i for i in range(1, 11) if (10 - i) / 10 <= share)
    assert indices == list(range(1, first + 1))
    assert run.stopped == "target" and network.shift.item() == -first and run.last.index == first
    assert run.reading.accuracy == pytest.approx((10 - first) / 10)


def test_it_stops_at_the_first_step_whose_entropy_is_high_enough():
    x = torch.randn(20, 3, generator=torch.Generator().manual_seed(0))
    forget, scales = Split(x, x.argmax(1)), [3.0, 2.0, 1.0, 0.5, 0.2, 0.1]
    expected = [entropies(Scaling(scale), x).mean() for scale in scales]
    assert expected == sorted(expected)
    target = (expected[2] + expected[3]) / 2
    network = Scaling(5)
    run = until(by_hand(network.scale, scales, 20), network, forget, Rule(target="entropy", entropy=target, guard=0))
    assert [step.index for step in run] == [1, 2, 3, 4] and run.stopped == "target"
    assert network.scale.item() == 0.5
    assert run.reading.entropies.tolist() == pytest.approx(entropies(network, x).tolist(), rel=1e-5)


def test_a_loss_that_is_not_a_number_leaves_the_step_before_it():
    network, forget = Shifting(), numbers(4)
    for bad in (math.nan, math.inf):
        run = until(by_hand(network.shift, [-1, -2, 7, 8], 4, [1, 1, bad, 1]), network, forget, Rule(**NEVER))
        assert [step.index for step in run] == [1, 2]
        assert run.stopped == "nan" and network.shift.item() == -2
        assert run.reading.accuracy == 0.5


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_weights_that_are_not_numbers_leave_the_step_before_them(bad):
    network, forget = Shifting(), numbers(4)
    run = until(by_hand(network.shift, [-1, bad, -3], 4), network, forget, Rule(**NEVER))
    assert [step.index for step in run] == [1]
    assert run.stopped == "nan" and network.shift.item() == -1
    assert run.reading.entropies.isfinite().all()


def test_a_first_step_that_goes_wrong_leaves_the_original():
    network, forget = Shifting(0.25), numbers(4)
    run = until(by_hand(network.shift, [math.nan], 4, [math.nan]), network, forget, Rule())
    assert list(run) == [] and run.stopped == "nan" and network.shift.item() == 0.25 and run.last is None


def test_every_buffer_is_restored_too():
    class Counting(Shifting):
        def __init__(self):
            super().__init__()
            self.register_buffer("counted", torch.zeros(()))

    network, forget = Counting(), numbers(4)

    def steps():
        for step in by_hand(network.shift, [-1, -2, -3], 4, [1, 1, math.nan]):
            network.counted += 1
            yield step

    run = until(steps(), network, forget, Rule(**NEVER))
    assert len(list(run)) == 2 and network.counted.item() == 2


def star(classes):
    """A network on the plane that calls a point by the direction in which it lies, and samples of class 0."""
    network, angles = nn.Linear(2, classes), torch.arange(classes) * (2 * math.pi / classes)
    with torch.no_grad():
        network.weight.copy_(torch.stack([angles.cos(), angles.sin()], 1))
        network.bias.zero_()
    return network, Split(torch.tensor([[2.0, 0.0], [3.0, 0.1]]), torch.tensor([0, 0]))


def test_the_guard_leaves_the_step_before_a_collapse():
    """The third step calls everything class 2."""
    biases = [0.1, 0.2, 99.0, 99.0]

    def run_under(rule):
        network, forget = star(6)
        run = until(by_hand(network.bias[2], biases, 2), network, forget, rule)
        return [step.index for step in run], run

    indices, run = run_under(Rule(target="none"))
    assert indices == [1, 2] and run.stopped == "guard" and run.last.index == 2
    assert run.network.bias.tolist() == pytest.approx([0, 0, 0.2, 0, 0, 0])
    assert torch.equal(run.network.weight, star(6)[0].weight) and run.reading.agreement > 0.8
    indices, run = run_under(Rule(target="none", guard=0))
    assert indices == [1, 2, 3, 4] and run.stopped is None and run.network.bias[2].item() == 99


def test_agreement_is_the_mean_over_classes_of_the_share_of_noise_inputs_that_keep_their_name():
    network, forget = star(3)
    guard, inputs = Guard(network, forget), probes((2,))
    assert guard.agreement(network) == 1.0
    with torch.no_grad():
        names = network(inputs).argmax(1).tolist()
        network.bias[2] = 1.0
        now = network(inputs).argmax(1).tolist()
    kept = []
    for watched in (1, 2):  # class 0 is to be forgotten
        others = [new for name, new in zip(names, now, strict=True) if name == watched]
        assert 20 < len(others) < len(names)
        kept.append(sum(new == watched for new in others) / len(others))
    assert guard.agreement(network) == pytest.approx(sum(kept) / 2)
    assert guard.agreement(network) < 1
    with torch.no_grad():
        network.bias.copy_(torch.tensor([-99.0, 0.0, 0.0]))  # class 0 is gone, and the other two are as they were
    assert guard.agreement(network) == 1.0
    with torch.no_grad():
        network.bias[2] = 99.0  # everything is class 2, however common that was
    assert guard.agreement(network) == pytest.approx(0.5)


@pytest.mark.parametrize("shape", [(2,), (1, 8, 8), (3, 28, 28)])
def test_the_guard_shows_the_same_noise_every_time(shape):
    state = torch.get_rng_state()
    assert probes(shape).shape[1:] == shape and torch.equal(probes(shape), probes(shape))
    assert torch.equal(torch.get_rng_state(), state)


def test_a_user_ends_it_after_the_step_that_is_under_way():
    network, forget = Shifting(), numbers(4)
    run, seen = until(by_hand(network.shift, [-0.1, -0.2, -0.3, -0.4], 4), network, forget, Rule(**NEVER)), []
    for step in run:
        seen.append(step.index)
        if step.index == 2:
            run.stop()
    assert seen == [1, 2] and run.stopped == "user" and network.shift.item() == pytest.approx(-0.2)
    assert run.last.index == 2


def test_a_target_that_is_met_at_the_users_last_step_is_the_reason():
    network, forget = Shifting(), numbers(4)
    run = until(by_hand(network.shift, [-9, -9], 4), network, forget, Rule(guard=0))
    for _ in run:
        run.stop()
    assert run.stopped == "target"


def one_by_one(parameter, values, losses=None):
    """Steps that look at one sample each."""
    for step in by_hand(parameter, values, 1, losses):
        yield Step(step.index, step.total, step.loss, torch.tensor([step.index - 1]))


def test_small_steps_are_read_a_few_times_a_pass_and_end_at_a_reading():
    """64 samples, one a step: read after every fourth, so the target of step 6 is seen after step 8."""
    network, forget = Shifting(), numbers(64)
    every = 64 // CHECKS_PER_PASS
    assert every == 4
    values = [0, 0, 0, 0, 0, *[-99] * 59]
    run = until(one_by_one(network.shift, values), network, forget, Rule(guard=0))
    assert [step.index for step in run][-1] == 8 and run.stopped == "target"
    network, values = Shifting(), [-i / 10 for i in range(1, 65)]
    losses = [math.nan if i == 6 else 1.0 for i in range(64)]
    run = until(one_by_one(network.shift, values, losses), network, forget, Rule(**NEVER))
    assert [step.index for step in run][-1] == 6
    assert run.stopped == "nan" and network.shift.item() == pytest.approx(-0.4)  # step 4 was the last that was read
    assert run.last.index == 4


def test_the_last_step_of_all_is_read():
    network, forget = Shifting(), numbers(64)
    run = until(one_by_one(network.shift, [0, 0, math.nan]), network, forget, Rule(**NEVER))
    assert len(list(run)) == 2 and run.stopped == "nan" and network.shift.item() == 0


def test_modes_and_samples_are_left_alone(moons):
    dataset, trained = moons
    network, forget = copy.deepcopy(trained), dataset.train[:6]
    x, y, state = forget.x.clone(), forget.y.clone(), torch.get_rng_state()
    network.train()
    for step in until(by_hand(network.head.bias, [0.0, 0.1], 6), network, forget, Rule(**NEVER)):
        assert network.training and step.total == 2
    assert torch.equal(forget.x, x) and torch.equal(forget.y, y) and torch.equal(torch.get_rng_state(), state)


def test_jit_runs_until_its_samples_are_forgotten(moons):
    dataset, trained = moons
    forget = dataset.train[ForgetSet.parse("class:1", dataset).indices]
    network = copy.deepcopy(trained)
    settings = JitSettings.for_shape(dataset.shape)
    run = until(
        jit(network, forget, settings, torch.Generator().manual_seed(0)), network, forget, Rule(accuracy=0.5, guard=0)
    )
    steps = list(run)
    assert run.stopped == "target" and steps[-1].index < steps[-1].total
    with torch.no_grad():
        left = (network(forget.x).argmax(1) == forget.y).double().mean().item()
    assert left == run.reading.accuracy <= 0.5


@pytest.mark.parametrize("name", METHODS)
def test_every_method_stands_under_the_rule(moons, name):
    dataset, trained = moons
    network, forget, method = copy.deepcopy(trained), dataset.train[:3], method_named(name)
    assert method.name == name and method.title and method.help.endswith(".")
    settings = method.configure(dataset.shape, method.presets[0].name, {"passes": 3})
    run = until(method.run(network, forget, settings, torch.Generator().manual_seed(0)), network, forget, Rule(**NEVER))
    assert [(step.index, step.total) for step in run] == [(1, 3), (2, 3), (3, 3)]
    moved = [not torch.equal(a, b) for a, b in zip(network.parameters(), trained.parameters(), strict=True)]
    assert any(moved)


def test_an_unknown_method_is_refused():
    with pytest.raises(InputError, match=r"^There is no method 'ssd'; the methods are jit, mislabel\.$"):
        method_named("ssd")


@pytest.mark.parametrize(("code", "stricter"), [("class:3", "near:9@4"), ("near:9@4", "random:9@4")])
def test_the_default_rule_asks_less_where_neighbours_tell_the_label(code, stricter):
    dataset = load_dataset("digits")
    rules = [default_rule(ForgetSet.parse(each, dataset)) for each in (code, stricter)]
    assert rules[0].target == rules[1].target == "accuracy" and rules[0].accuracy < rules[1].accuracy

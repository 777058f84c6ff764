"""A step of JiT against a plain loop over the noisy copies, closed forms, and all that it must leave alone."""

from __future__ import annotations

import copy
import importlib
import itertools
import random

import numpy as np
import pytest
import torch
from torch import nn

from explorer.data import Split, load_dataset
from explorer.models import build_network
from explorer.models.network import Dropout
from explorer.settings import InputError
from explorer.unlearning import METHODS, JitSettings, jit
from explorer.unlearning.jit import perturb

jit_module = importlib.import_module("explorer.unlearning.jit")  # the package has the function under this name
SMALL = {"sigma": 0.5, "perturbations": 3, "passes": 2, "batch_size": 3, "smoothing": 2, "eta": 0.1, "length": 0.2}


def drawing(seed=0):
    return torch.Generator().manual_seed(seed)


def weights(network):
    return [tensor.detach().clone() for tensor in network.state_dict().values()]


def equal(first, second):
    return all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def noisy_copies(x, settings, seed):
    """What a step showed the network, drawn again from the seed in its detail."""
    bounds = (x.min(), x.max()) if settings.clamp else ()
    return perturb(x, settings, drawing(seed), *bounds)


class PlainJit:
    """JiT as one would write it down: one forward for each sample and each copy, one sum after the other."""

    def __init__(self, network, settings):
        self.network, self.settings = network, settings
        moved = network.head if settings.layers == "head" else network
        self.theta = list(moved.parameters())
        self.running = [torch.zeros_like(parameter) for parameter in self.theta]

    def outputs(self, x):
        logits = self.network(x.unsqueeze(0))[0]
        return logits if self.settings.outputs == "logits" else logits.exp() / logits.exp().sum()

    def step(self, x, seed):
        """Returns the loss and k of each copy, and moves theta."""
        noisy = noisy_copies(x, self.settings, seed)
        k = []
        for i in range(len(x)):
            k.append([])
            for j in range(self.settings.perturbations):
                moved = self.outputs(noisy[i, j])
                if self.settings.gradient == "clean":
                    moved = moved.detach()
                xi = noisy[i, j] - x[i]
                k[i].append(((self.outputs(x[i]) - moved) ** 2).sum().sqrt() / (xi**2).sum().sqrt())
        losses = [sum(row) / len(row) for row in k]
        loss = sum(losses) / (len(losses) if self.settings.reduction == "mean" else 1)
        gradient = torch.autograd.grad(loss, self.theta)
        if self.settings.accumulate:
            self.running = [old + new for old, new in zip(self.running, gradient, strict=True)]
            gradient = self.running
        length = sum((part**2).sum() for part in gradient).sqrt()
        scale = self.settings.eta if self.settings.step == "gradient" else self.settings.length / length
        with torch.no_grad():
            for parameter, part in zip(self.theta, gradient, strict=True):
                parameter -= scale * part
        return loss.item(), torch.stack([torch.stack(row) for row in k]).detach()


def compare(network, forget, settings, batches):
    """Run both side by side; every loss, every ratio and every weight agree after each step."""
    plain = PlainJit(copy.deepcopy(network), settings)
    steps = []
    for step in jit(network, forget, settings, drawing(7)):
        assert step.samples.tolist() == batches[(step.index - 1) % len(batches)]
        loss, k = plain.step(forget.x[step.samples], step.detail.seed)
        assert step.loss == pytest.approx(loss, rel=1e-9)
        torch.testing.assert_close(step.detail.ratios, k)
        for ours, theirs in zip(weights(network), weights(plain.network), strict=True):
            torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-12)
        steps.append(step)
    total = settings.passes * len(batches)
    assert [(step.index, step.total) for step in steps] == [(index, total) for index in range(1, total + 1)]


VARIANTS = [
    (outputs, gradient, update, reduction, step)
    for outputs, gradient, (update, reduction), step in itertools.product(
        ["logits", "probabilities"],
        ["clean", "both"],
        [("sample", "mean"), ("sample", "sum"), ("batch", "mean"), ("batch", "sum")],
        ["gradient", "length"],
    )
]


@pytest.mark.parametrize(("outputs", "gradient", "update", "reduction", "step"), VARIANTS)
def test_every_variant_equals_a_plain_loop(network, pictures, outputs, gradient, update, reduction, step):
    settings = JitSettings(**SMALL, outputs=outputs, gradient=gradient, update=update, reduction=reduction, step=step)
    batches = [[0], [1], [2], [3], [4]] if update == "sample" else [[0, 1, 2], [3, 4]]
    compare(network, pictures, settings, batches)


@pytest.mark.parametrize("noise", ["gaussian", "smooth"])
@pytest.mark.parametrize("layers", ["all", "head"])
@pytest.mark.parametrize("clamp", [False, True])
@pytest.mark.parametrize("accumulate", [False, True])
def test_every_other_switch_equals_a_plain_loop(network, pictures, noise, layers, clamp, accumulate):
    settings = JitSettings(**SMALL, noise=noise, layers=layers, clamp=clamp, accumulate=accumulate)
    compare(network, pictures, settings, [[0, 1, 2], [3, 4]])


@pytest.mark.parametrize("preset", [preset.name for preset in METHODS["jit"].presets])
def test_every_preset_equals_a_plain_loop(network, pictures, preset):
    settings = METHODS["jit"].configure((2, 4, 4), preset, {"passes": 2, "perturbations": 4})
    single = settings.update == "sample"
    compare(network, pictures, settings, [[0], [1], [2], [3], [4]] if single else [[0, 1, 2, 3, 4]])


def test_points_of_a_plane_equal_a_plain_loop(moons):
    dataset, trained = moons
    forget = Split(dataset.train.x[:5].double(), dataset.train.y[:5])
    compare(copy.deepcopy(trained).double(), forget, JitSettings(**SMALL), [[0, 1, 2], [3, 4]])


@pytest.mark.parametrize("update", ["sample", "batch"])
def test_on_a_linear_model_k_is_the_length_of_what_its_weights_make_of_the_noise(pictures, update):
    """||W x + b - W (x + xi) - b|| / ||xi|| = ||W xi|| / ||xi||, whatever x is."""
    linear = nn.Sequential(nn.Flatten(), nn.Linear(32, 4).double())
    settings = JitSettings(**SMALL, outputs="logits", gradient="both", update=update, step="gradient")
    before = linear[1].weight.detach().clone()
    for step in jit(linear, pictures, settings, drawing()):
        x = pictures.x[step.samples]
        xi = (noisy_copies(x, settings, step.detail.seed) - x.unsqueeze(1)).flatten(2)
        k = (xi @ before.T).norm(dim=-1) / xi.norm(dim=-1)
        torch.testing.assert_close(step.detail.ratios, k)
        assert step.loss == pytest.approx(k.mean().item())
        before = linear[1].weight.detach().clone()


def test_the_clean_branch_alone_moves_a_linear_model_along_its_closed_form(pictures):
    """d/dW ||W x + b - c|| = (f(x) - c) x^T / ||f(x) - c|| for a constant c = f(x + xi), over ||xi||."""
    linear = nn.Sequential(nn.Flatten(), nn.Linear(32, 4).double())
    settings = JitSettings(**SMALL, outputs="logits", update="sample", step="gradient")
    weight = linear[1].weight.detach().clone()
    step = next(jit(linear, pictures, settings, drawing()))
    x = pictures.x[:1].flatten(1)
    xi = (noisy_copies(pictures.x[:1], settings, step.detail.seed) - pictures.x[:1].unsqueeze(1)).flatten(2)[0]
    expected = torch.zeros_like(weight)
    for draw in xi:
        difference = -weight @ draw
        expected += torch.outer(difference / difference.norm(), x[0]) / draw.norm() / len(xi)
    torch.testing.assert_close(linear[1].weight.detach(), weight - 0.1 * expected)


def test_a_step_of_fixed_length_has_that_length_and_a_flat_net_stays_where_it_is(network, pictures):
    settings = JitSettings(**SMALL, step="length")
    before = weights(network)
    for _ in jit(network, pictures, settings, drawing()):
        after = weights(network)
        moved = sum(((a - b) ** 2).sum() for a, b in zip(before, after, strict=True)).sqrt()
        assert moved.item() == pytest.approx(0.2)
        before = after
    flat = nn.Sequential(nn.Flatten(), nn.Linear(32, 4).double())
    nn.init.zeros_(flat[1].weight)
    before = weights(flat)
    assert [step.loss for step in jit(flat, pictures, settings, drawing())] == [0] * 4
    assert equal(weights(flat), before)


def test_noisy_inputs_are_clamped_to_the_range_of_their_batch(network, pictures):
    settings, seen = JitSettings(**SMALL, clamp=True), []
    network.backbone[0].register_forward_hook(lambda module, given, output: seen.append(given[0].detach()))
    steps = list(jit(network, pictures, settings, drawing()))
    for step, x in zip(steps, seen[::2], strict=True):
        batch = pictures.x[step.samples]
        assert x.min() == batch.min() and x.max() == batch.max()


@pytest.mark.parametrize("parts", [1, 7, 10**6])
@pytest.mark.parametrize("layers", ["all", "head"])
@pytest.mark.parametrize(("noise", "perturbations"), [("gaussian", 5), ("smooth", 5), ("gaussian", 1)])
def test_the_size_of_a_forward_changes_nothing(monkeypatch, network, pictures, noise, perturbations, layers, parts):
    settings = JitSettings(**SMALL | {"perturbations": perturbations, "batch_size": 5}, noise=noise, layers=layers)
    plain = PlainJit(copy.deepcopy(network), settings)
    largest = []
    network.backbone[0].register_forward_hook(lambda module, given, output: largest.append(len(given[0])))
    monkeypatch.setattr(jit_module, "INPUTS_PER_FORWARD", parts)
    for step in jit(network, pictures, settings, drawing()):
        loss, k = plain.step(pictures.x[step.samples], step.detail.seed)
        assert step.loss == pytest.approx(loss, rel=1e-9)
        torch.testing.assert_close(step.detail.ratios, k)
    for ours, theirs in zip(weights(network), weights(plain.network), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-12)
    assert max(largest) <= max(parts, perturbations)


@pytest.mark.parametrize("perturbations", [3, 25])
@pytest.mark.parametrize("parts", [1, 60, 10**6])
def test_the_size_of_a_forward_changes_nothing_on_a_plane(monkeypatch, moons, parts, perturbations):
    dataset, trained = moons
    settings = JitSettings(perturbations=perturbations, passes=2, sigma=0.2)
    monkeypatch.setattr(jit_module, "INPUTS_PER_FORWARD", parts)
    ours, theirs = copy.deepcopy(trained), PlainJit(copy.deepcopy(trained), settings)
    for step in jit(ours, dataset.train[:9], settings, drawing()):
        loss, k = theirs.step(dataset.train.x[:9], step.detail.seed)
        assert step.loss == pytest.approx(loss, rel=1e-3)
        torch.testing.assert_close(step.detail.ratios, k, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("parts", [3, 10**6])
@pytest.mark.parametrize("dropout", [False, True])
def test_the_seed_of_a_step_draws_what_the_network_saw(monkeypatch, dropout, parts):
    dataset = load_dataset("digits")
    network, seen = build_network("vgg-small", dataset), []
    network.backbone[0].register_forward_hook(lambda module, given, output: seen.append(given[0].detach()))
    monkeypatch.setattr(jit_module, "INPUTS_PER_FORWARD", parts)
    settings = JitSettings.for_shape(dataset.shape, {"perturbations": 3, "dropout": dropout})
    forget = dataset.train[:4]
    step = next(jit(network, forget, settings, drawing()))
    copies = [x for x in seen if not any(torch.equal(x, part) for part in (forget.x, *forget.x.split(1)))]
    torch.testing.assert_close(torch.cat(copies), noisy_copies(forget.x, settings, step.detail.seed).flatten(0, 1))


def digits_run(name, seed=0, **values):
    """The weights and steps of a short run on digits."""
    dataset = load_dataset("digits")
    network = build_network(name, dataset)
    given = {"passes": 2, "batch_size": 4, "perturbations": 2, "layers": "all", **values}
    steps = list(jit(network, dataset.train[:8], JitSettings.for_shape(dataset.shape, given), drawing(seed)))
    return weights(network), [step.loss for step in steps], network


@pytest.mark.parametrize("name", ["convnet", "vgg-small", "resnet-small"])
@pytest.mark.parametrize("dropout", [False, True])
def test_the_same_seed_gives_the_same_numbers_and_another_does_not(name, dropout):
    first, second, other = (digits_run(name, seed, dropout=dropout) for seed in (0, 0, 1))
    assert equal(first[0], second[0]) and first[1] == second[1]
    assert not equal(first[0], other[0]) and first[1] != other[1]


def test_dropout_is_off_unless_the_settings_leave_it_on(monkeypatch):
    off, on = digits_run("vgg-small"), digits_run("vgg-small", dropout=True)
    assert off[1] != on[1] and not equal(off[0], on[0])
    assert not any(module.training for module in on[2].modules())
    drops = [module for module in on[2].modules() if isinstance(module, Dropout)]
    assert drops and all(drop.generator is None for drop in drops)
    monkeypatch.setattr(Dropout, "forward", lambda self, x: x)
    without = digits_run("vgg-small")
    assert equal(off[0], without[0]) and off[1] == without[1]


def test_batch_norm_keeps_its_statistics():
    fresh = build_network("resnet-small", load_dataset("digits"))
    _, _, network = digits_run("resnet-small", passes=3, dropout=True)
    moved = {name for name, tensor in network.state_dict().items() if not torch.equal(tensor, fresh.state_dict()[name])}
    statistics = {name for name, _ in network.named_buffers()}
    assert len(statistics) == 27 and not moved & statistics
    assert moved == {name for name, _ in network.named_parameters()}


def test_nothing_but_the_given_network_is_touched(network, pictures):
    other = copy.deepcopy(network)
    before = [tensor.clone() for tensor in (pictures.x, pictures.y, pictures.fine)], weights(other)
    states = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].copy()  # noqa: NPY002
    for preset in METHODS["jit"].presets:
        settings = METHODS["jit"].configure((2, 4, 4), preset.name, {"passes": 2, "perturbations": 2})
        for _ in jit(network, pictures, settings, drawing()):
            pass
    assert not equal(weights(network), before[1])
    assert equal([pictures.x, pictures.y, pictures.fine], before[0]) and equal(weights(other), before[1])
    assert not pictures.x.requires_grad and pictures.x.grad is None
    assert all(parameter.grad is None for parameter in [*network.parameters(), *other.parameters()])
    assert torch.equal(torch.get_rng_state(), states[0]) and random.getstate() == states[1]
    assert np.array_equal(np.random.get_state()[1], states[2])  # noqa: NPY002


def test_a_network_is_not_touched_before_its_first_step_and_no_further_than_is_asked(network, pictures):
    before = weights(network)
    steps = jit(network, pictures, JitSettings(**SMALL), drawing())
    assert equal(weights(network), before)
    next(steps)
    after = weights(network)
    assert not equal(after, before)
    steps.close()
    assert equal(weights(network), after)


def test_the_head_alone_moves_when_that_is_asked(network, pictures):
    before = copy.deepcopy(network.state_dict())
    list(jit(network, pictures, JitSettings(**SMALL, layers="head"), drawing()))
    moved = {name for name, tensor in network.state_dict().items() if not torch.equal(tensor, before[name])}
    assert moved == {"head.weight", "head.bias"}


def test_a_frozen_parameter_stays(network, pictures):
    network.backbone[1].weight.requires_grad_(False)
    before = network.backbone[1].weight.detach().clone()
    list(jit(network, pictures, JitSettings(**SMALL), drawing()))
    assert torch.equal(network.backbone[1].weight, before)


def test_any_network_is_taken_and_smooth_noise_or_a_head_only_where_there_is_one(pictures):
    points = Split(torch.zeros(3, 2), torch.zeros(3, dtype=torch.int64))
    with pytest.raises(InputError, match=r"^noise must be gaussian for points of a plane; .*\.$"):
        next(jit(nn.Linear(2, 2), points, JitSettings(noise="smooth"), drawing()))
    with pytest.raises(InputError, match=r"^Only a network with a head .*; set layers to all\.$"):
        next(jit(nn.Linear(2, 2), points, JitSettings(layers="head"), drawing()))
    assert len(list(jit(nn.Linear(2, 2), points, JitSettings(passes=2), drawing()))) == 2


@pytest.mark.parametrize(("shape", "noise", "layers", "smoothing"), [
    ((2,), "gaussian", "all", 3), ((1, 8, 8), "smooth", "head", 3), ((1, 28, 28), "smooth", "head", 9),
])  # fmt: skip
def test_the_defaults_depend_on_the_shape(shape, noise, layers, smoothing):
    settings = JitSettings.for_shape(shape)
    assert (settings.noise, settings.layers, settings.smoothing) == (noise, layers, smoothing)


@pytest.mark.parametrize("outputs", ["logits", "probabilities"])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_every_copy_pulls_alike_however_far_its_output_lies(network, pictures, outputs, reduction):
    settings = JitSettings(**SMALL | {"passes": 1}, outputs=outputs, reduction=reduction, update="batch")
    before = copy.deepcopy(network)
    first = next(jit(network, pictures, settings, drawing(3)))
    x = pictures.x[first.samples]
    noisy = noisy_copies(x, settings, first.detail.seed)
    plain = PlainJit(before, settings)
    for i, pull in enumerate(first.detail.pull):
        moves = [plain.outputs(copy_of) - plain.outputs(x[i]) for copy_of in noisy[i]]
        expected = sum(m / m.norm() / (c - x[i]).norm() for m, c in zip(moves, noisy[i], strict=True)) / len(moves)
        torch.testing.assert_close(pull, expected.detach())


def test_a_step_moves_the_output_of_a_linear_model_along_its_pull(pictures):
    """df = eta (||x||^2 + 1) pull: the parameters' share of W x + b is x and 1."""
    linear = nn.Sequential(nn.Flatten(), nn.Linear(32, 4).double())
    settings = JitSettings(**SMALL, outputs="logits", gradient="clean", update="sample", step="gradient")
    for step in itertools.islice(jit(linear, pictures, settings, drawing()), 3):
        x = pictures.x[step.samples]
        moved = linear(x) - step.detail.clean
        torch.testing.assert_close(moved.detach(), settings.eta * (x.square().sum() + 1) * step.detail.pull)

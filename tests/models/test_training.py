"""fit: reproducible from its generator, sees every sample once an epoch, and learns."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from explorer.data import Split, load_dataset
from explorer.models import FitSettings, Training, build_network, fit, schedule

MOONS = load_dataset("moons")


def drawing(seed=0):
    return torch.Generator().manual_seed(seed)


def weights(network):
    return torch.cat([tensor.flatten().float() for tensor in network.state_dict().values()])


def accuracy(network, split):
    with torch.no_grad():
        return float((network(split.x).argmax(1) == split.y).float().mean())


def part(code, samples):
    dataset = load_dataset(code)
    return dataset, dataset.train[:samples]


def test_moons_are_learned_in_few_epochs():
    network = build_network("mlp", MOONS)
    epochs = list(fit(network, MOONS.train, FitSettings(epochs=15, batch_size=32, rate=1e-2), drawing()))
    assert [(epoch.index, epoch.total) for epoch in epochs] == [(index, 15) for index in range(1, 16)]
    assert accuracy(network, MOONS.test) >= 0.9
    assert epochs[-1].accuracy > 0.9 and epochs[-1].loss < 0.5 * epochs[0].loss


def test_digits_are_learned_by_a_net_with_dropout():
    dataset = load_dataset("digits")
    network = build_network("vgg-small", dataset)
    list(fit(network, dataset.train, FitSettings(epochs=3), drawing()))
    assert accuracy(network.eval(), dataset.test) > 0.8


@pytest.mark.parametrize("name", ["mlp", "convnet", "vgg-small", "resnet-small", "vit-small"])
def test_the_same_seeds_give_the_same_network_and_others_do_not(name):
    dataset, split = part("digits", 70)
    settings, before = FitSettings(epochs=2, batch_size=16), torch.get_rng_state()

    def trained(seed):
        network = build_network(name, dataset, seed=5)
        return list(fit(network, split, settings, drawing(seed))), weights(network)

    first, second, other = trained(0), trained(0), trained(1)
    assert first[0] == second[0] and torch.equal(first[1], second[1])
    assert not torch.equal(first[1], other[1])
    assert torch.equal(torch.get_rng_state(), before)


class Watching(nn.Module):
    """A linear net that keeps every batch it is shown while training."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(1, 2)
        self.batches = []

    def forward(self, x):
        if self.training:
            self.batches.append(x.flatten().long())
        return self.layer(x)


@pytest.mark.parametrize(
    ("samples", "sizes"), [(32, [16, 16]), (33, [16, 17]), (34, [16, 16, 2]), (17, [17]), (9, [9]), (1, [1])]
)
def test_every_sample_is_seen_once_an_epoch_and_none_alone(samples, sizes):
    split = Split(torch.arange(float(samples))[:, None], torch.zeros(samples, dtype=torch.int64))
    network = Watching()
    for _ in fit(network, split, FitSettings(epochs=2, batch_size=16), drawing()):
        assert [len(batch) for batch in network.batches] == sizes
        assert sorted(torch.cat(network.batches).tolist()) == list(range(samples))
        order, network.batches = torch.cat(network.batches).tolist(), []
    assert samples == 1 or order != sorted(order)


def test_a_net_with_batch_norm_takes_any_number_of_samples():
    dataset = load_dataset("digits")
    for samples in (2, 17, 33):
        network = build_network("resnet-small", dataset)
        list(fit(network, dataset.train[:samples], FitSettings(epochs=1, batch_size=16), drawing()))
        assert weights(network).isfinite().all()


def test_a_step_equals_adam_with_a_falling_rate():
    """Two epochs over two batches, by hand: four steps along half a cosine."""
    dataset, split = part("moons", 8)
    settings = FitSettings(epochs=2, batch_size=4, rate=0.01, weight_decay=0.1)
    network, plain = build_network("mlp", dataset), build_network("mlp", dataset)
    epochs = list(fit(network, split, settings, drawing(3)))
    optimiser, generator, step = torch.optim.Adam(plain.parameters(), weight_decay=0.1), drawing(3), 0
    for epoch in epochs:
        losses = []
        for batch in torch.randperm(8, generator=generator).split(4):
            optimiser.param_groups[0]["lr"] = 0.01 * (1 + math.cos(math.pi * step / 4)) / 2
            loss = nn.functional.cross_entropy(plain(split.x[batch]), split.y[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
            step += 1
        assert epoch.loss == pytest.approx(sum(losses) / 2, rel=1e-4)
    torch.testing.assert_close(weights(network), weights(plain), rtol=1e-4, atol=1e-5)


@given(passes=st.integers(1, 12), warm_up=st.floats(0.01, 0.9))
@settings(deadline=None, max_examples=25)
def test_a_rate_that_warms_up_can_do_so_in_any_number_of_steps(passes, warm_up):
    """Also in one or two; it never exceeds what was asked for."""
    chosen = FitSettings(epochs=passes, batch_size=4, rate=0.01, warm_up=warm_up, optimiser="sgd")
    training = Training(nn.Linear(2, 2), Split(torch.ones(4, 2), torch.zeros(4, dtype=torch.int64)), chosen, drawing())
    rates = [training.state()[1]["rates"][0] for _ in training.epochs()]
    assert len(rates) == passes and 0 < max(rates) <= 0.01


def test_training_leaves_the_samples_alone_and_the_net_ready_to_measure():
    dataset, split = part("digits", 40)
    inputs, labels = split.x.clone(), split.y.clone()
    network = build_network("vgg-small", dataset)
    for _ in fit(network, split, FitSettings(epochs=2), drawing()):
        assert not any(module.training for module in network.modules())
        network(split.x)  # needs no generator between epochs
    assert torch.equal(split.x, inputs) and torch.equal(split.y, labels)


@pytest.mark.parametrize(("code", "name"), [("moons", "mlp"), ("digits", "convnet"), ("fashion-mini", "mlp")])
def test_the_explorer_has_a_schedule_for_every_set(code, name):
    assert isinstance(schedule(load_dataset(code), name), FitSettings)

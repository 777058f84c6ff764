"""Dropout draws from a generator that is passed in; measuring leaves every module in the mode that it had."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from explorer.models import drawing_from, evaluation_mode, layout_for
from explorer.models.architectures import meta_network
from explorer.models.initialisation import initialise
from explorer.models.network import Dropout


def drawing(seed=0):
    return torch.Generator().manual_seed(seed)


def untrained_network(name, shape):
    network = meta_network(name, shape, 10).to_empty(device="cpu")
    initialise(network, drawing())
    return network.eval()


def test_dropout_drops_its_share_and_scales_the_rest():
    drop, x = Dropout(0.3), torch.full((200, 100), 2.0)
    with drawing_from(drop, drawing()):
        found = drop(x)
    kept = found != 0
    assert 0.68 < kept.float().mean() < 0.72
    torch.testing.assert_close(found[kept], torch.full_like(found[kept], 2 / 0.7))
    assert torch.equal(found != 0, torch.rand(200, 100, generator=drawing()) >= 0.3)


def test_masks_come_from_the_generator_and_nowhere_else():
    drop, x, before = nn.Sequential(Dropout(0.5), Dropout(0.5)), torch.ones(50, 50), torch.get_rng_state()
    generator = drawing(1)
    with drawing_from(drop, generator):
        first, second = drop(x), drop(x)
    assert torch.equal(torch.get_rng_state(), before)
    assert not torch.equal(first, second)
    with drawing_from(drop, drawing(1)):
        assert torch.equal(drop(x), first)
        assert torch.equal(drop(x), second)


def test_dropout_without_a_generator_is_an_error_and_in_evaluation_nothing():
    drop, x = Dropout(0.5), torch.ones(4)
    with pytest.raises(RuntimeError, match="drawing_from"):
        drop(x)
    with drawing_from(drop, drawing()):
        pass
    with pytest.raises(RuntimeError, match="drawing_from"):
        drop(x)
    assert drop.eval()(x) is x


def test_the_generator_is_taken_back_when_something_goes_wrong():
    drop = Dropout(0.5)
    with pytest.raises(KeyError), drawing_from(drop, drawing()):
        raise KeyError
    assert drop.generator is None


def test_measuring_puts_every_module_into_evaluation_and_back():
    net = nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.BatchNorm1d(2), Dropout(0.5))).train()
    net[1][0].eval()
    modes = [module.training for module in net.modules()]
    assert any(modes) and not all(modes)
    with evaluation_mode(net):
        assert not any(module.training for module in net.modules())
    assert [module.training for module in net.modules()] == modes
    with pytest.raises(KeyError), evaluation_mode(net):
        raise KeyError
    assert [module.training for module in net.modules()] == modes


def test_colour_pictures_are_laid_out_with_channels_last_and_change_nothing_else():
    network, grey = (untrained_network("resnet-small", shape) for shape in ((3, 16, 16), (1, 16, 16)))
    assert layout_for(network, (3, 16, 16)) == torch.channels_last
    assert layout_for(grey, (1, 16, 16)) == layout_for(grey, (2,)) == torch.contiguous_format
    x = torch.randn(4, 3, 16, 16, generator=drawing())
    before = network(x)
    network.to(memory_format=layout_for(network, (3, 16, 16)))
    torch.testing.assert_close(network(x), before, rtol=1e-4, atol=1e-5)

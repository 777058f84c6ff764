"""Every parameter is initialised from the generator: PyTorch's defaults for narrow networks, He's for deep ones."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from explorer.models import MODELS, Network
from explorer.models.architectures import meta_network
from explorer.models.initialisation import TOKEN_DEVIATION, initialise

SHAPE = (3, 32, 32)


def started(name, seed=0, shape=SHAPE):
    """Initialised over NaN, so that parameters that are not set show."""
    network = meta_network(name, shape, 10).to_empty(device="cpu")
    with torch.no_grad():
        for tensor in network.state_dict().values():
            tensor.fill_(torch.nan if tensor.is_floating_point() else -1)
    initialise(network, torch.Generator().manual_seed(seed))
    return network


def equal(one, other):
    one, other = one.state_dict(), other.state_dict()
    return all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("name", [name for name in MODELS if name not in ("vit-b16", "vgg16")])
def test_everything_is_set_from_the_generator_and_nothing_else(name):
    before = torch.get_rng_state()
    first = started(name)
    assert torch.equal(torch.get_rng_state(), before)
    with torch.random.fork_rng():
        torch.rand(3)
        assert equal(started(name), first)
    assert not equal(started(name, seed=1), first)
    assert all(tensor.isfinite().all() for tensor in first.state_dict().values())
    assert all(tensor >= 0 for key, tensor in first.state_dict().items() if key.endswith("num_batches_tracked"))


@pytest.mark.parametrize("name", ["mlp", "convnet", "vgg-small", "resnet-small"])
def test_shipped_weights_start_as_they_always_did(name):
    """PyTorch's rule, layer by layer, in the order of the modules: what is stored was trained from these numbers."""
    network, generator = started(name, seed=5), torch.Generator().manual_seed(5)
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Conv2d):
            bound = 1 / math.sqrt(module.weight[0].numel())
            weight = nn.init.kaiming_uniform_(torch.empty_like(module.weight), a=math.sqrt(5), generator=generator)
            assert torch.equal(module.weight, weight)
            if module.bias is not None:
                bias = torch.empty_like(module.bias)
                assert torch.equal(module.bias, nn.init.uniform_(bias, -bound, bound, generator=generator))


def test_a_deep_network_starts_after_he_and_its_head_after_pytorch():
    network = started("vgg11")
    convolution, hidden = network.backbone.torchvision.features[8], network.backbone.torchvision.classifier[0]
    assert convolution.weight.std().item() == pytest.approx((2 / (9 * 256)) ** 0.5, rel=0.01)
    assert hidden.weight.std().item() == pytest.approx((2 / 512) ** 0.5, rel=0.01)
    assert not convolution.bias.any() and not hidden.bias.any()
    assert 0.95 * 512**-0.5 < network.head.weight.abs().max() <= 512**-0.5


def test_a_transformer_starts_with_attention_after_glorot_and_small_tokens():
    net = started("vit-small").backbone.torchvision
    attention = net.encoder.layers[0].self_attention
    bound = (6 / (4 * 64)) ** 0.5
    assert 0.98 * bound < attention.in_proj_weight.abs().max() <= bound and not attention.in_proj_bias.any()
    assert net.encoder.pos_embedding.std().item() == pytest.approx(TOKEN_DEVIATION, rel=0.05)
    assert net.class_token.abs().max() > 0
    assert torch.equal(net.encoder.ln.weight, torch.ones(64)) and not net.encoder.ln.bias.any()


def test_an_unknown_layer_is_an_error():
    with pytest.raises(TypeError, match="weight of PReLU"):
        initialise(Network(nn.Sequential(nn.Flatten(), nn.PReLU()), 4, 2), torch.Generator())

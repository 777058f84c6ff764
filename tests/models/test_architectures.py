"""The narrow networks on every kind of input: shapes, and where randomness comes from; which network takes what."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from explorer.data import load_dataset
from explorer.models import MODELS, build_network, check_model, models_for
from explorer.models.architectures import MIN_SIDE, meta_network
from explorer.models.narrow import Residual
from explorer.models.network import Dropout
from explorer.settings import InputError

WIDTHS = {"mlp": 128, "convnet": 128, "vgg-small": 128, "resnet-small": 64, "vit-small": 64}
NARROW = tuple(WIDTHS)
ON_PICTURES = [(name, code) for code in ("digits", "fashion-mini", "fashion-mini-coarse") for name in NARROW]


def weights(network):
    return torch.cat([tensor.flatten().float() for tensor in network.state_dict().values()])


@pytest.mark.parametrize(("name", "code"), [*ON_PICTURES, ("mlp", "moons")])
def test_features_and_logits_have_their_shapes(name, code):
    dataset = load_dataset(code)
    network, x = build_network(name, dataset).eval(), dataset.train.x[:3]
    with torch.no_grad():
        features, logits = network.features(x), network(x)
    assert features.shape == (3, 64 if code == "moons" else WIDTHS[name])
    assert logits.shape == (3, len(dataset.classes)) and logits.isfinite().all()
    torch.testing.assert_close(network.head(features), logits)
    assert len({tuple(row) for row in logits.tolist()}) == 3


@pytest.mark.parametrize("name", NARROW)
def test_the_seed_alone_decides_the_weights(name):
    dataset, before = load_dataset("digits"), torch.get_rng_state()
    first = weights(build_network(name, dataset, seed=3))
    assert torch.equal(torch.get_rng_state(), before)
    with torch.random.fork_rng():
        torch.rand(7)
        assert torch.equal(weights(build_network(name, dataset, seed=3)), first)
    assert not torch.equal(weights(build_network(name, dataset, seed=4)), first)
    assert not torch.equal(weights(build_network(name, dataset)), first)


@pytest.mark.parametrize("name", [name for name in NARROW if name != "vit-small"])
def test_layers_start_as_pytorch_starts_them(name):
    """Uniform between -1 / sqrt(inputs) and that, weights and biases alike; batch norm at 1 and 0."""
    network = build_network(name, load_dataset("fashion-mini"), seed=1)
    seen = 0
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Conv2d):
            bound = module.weight[0].numel() ** -0.5
            for values in (module.weight, module.bias):
                if values is None:
                    continue
                seen += 1
                assert values.abs().max() <= bound * (1 + 1e-6)
                if values.numel() >= 1000:
                    assert values.abs().max() > 0.98 * bound
                    assert values.mean().abs() < 0.1 * bound
                    assert values.std().item() == pytest.approx(bound / 3**0.5, rel=0.05)
        elif isinstance(module, nn.BatchNorm2d):
            assert torch.equal(module.weight, torch.ones(module.num_features)) and not module.bias.any()
            assert not module.running_mean.any() and torch.equal(module.running_var, torch.ones(module.num_features))
    assert seen >= 6


def test_two_layers_of_one_shape_start_differently():
    network = build_network("vgg-small", load_dataset("digits"))
    convolutions = [m for m in network.modules() if isinstance(m, nn.Conv2d)]
    assert len(convolutions) == 4
    pairs = [(a, b) for i, a in enumerate(convolutions) for b in convolutions[:i]]
    assert all(not torch.equal(a.weight.flatten()[:100], b.weight.flatten()[:100]) for a, b in pairs)


def test_the_nets_are_of_their_families():
    kinds = {name: {type(m) for m in build_network(name, load_dataset("digits")).modules()} for name in NARROW}
    assert nn.Conv2d not in kinds["mlp"]
    assert nn.Conv2d in kinds["convnet"] and nn.BatchNorm2d not in kinds["convnet"] | kinds["vgg-small"]
    assert Dropout in kinds["vgg-small"]
    assert {nn.BatchNorm2d, Residual} <= kinds["resnet-small"]


@pytest.mark.parametrize("stride", [1, 2])
def test_a_residual_block_is_its_formula(stride):
    block, x = Residual(4, 6, stride), torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    block.eval()
    path, shortcut = block.path, block.shortcut
    expected = nn.functional.relu(shortcut(x) + path[4](path[3](nn.functional.relu(path[1](path[0](x))))))
    torch.testing.assert_close(block(x), expected)
    assert block(x).shape == (2, 6, 8 // stride, 8 // stride)
    same = Residual(4, 4, 1).eval()
    for parameter in same.path.parameters():
        nn.init.zeros_(parameter)
    torch.testing.assert_close(same(x), x.relu())


def test_points_have_the_mlp_and_pictures_what_is_not_too_large_for_them():
    assert models_for(load_dataset("moons")) == ("mlp",)
    assert models_for(load_dataset("digits")) == (*NARROW, "resnet18")
    assert models_for(load_dataset("fashion-mini")) == MODELS == (*NARROW, "vgg11", "vgg16", "resnet18", "vit-b16")


@pytest.mark.parametrize("name", MODELS)
def test_the_least_side_is_one_that_the_network_takes(name):
    """On shapes alone, at the least side, at one pixel more, and at sides that differ."""
    least = MIN_SIDE[name]
    for shape in ((1, least, least), (3, least + 1, least + 1), (3, least + 5, least)):
        network = meta_network(name, shape, 7).eval()
        assert network(torch.empty(2, *shape, device="meta")).shape == (2, 7)


THE_MODELS = ", ".join(MODELS)


@pytest.mark.parametrize(
    ("name", "code", "sentence"),
    [
        ("vgg", "digits", f"There is no model 'vgg'; the models are {THE_MODELS}."),
        ("", "moons", f"There is no model ''; the models are {THE_MODELS}."),
        ("convnet", "moons:n=60", "convnet takes pictures, and moons:n=60 contains points; its model is mlp."),
        (
            "vgg16",
            "digits",
            "vgg16 needs pictures of at least 28 x 28, and those of digits are 8 x 8; its models are mlp, convnet, "
            "vgg-small, resnet-small, vit-small, resnet18.",
        ),
    ],
)
def test_a_wrong_model_gives_one_sentence(name, code, sentence):
    for ask in (build_network, check_model):
        with pytest.raises(InputError) as caught:
            ask(name, load_dataset(code))
        assert str(caught.value) == sentence

"""torchvision's networks fitted to small pictures: against torchvision's own, with its weights put into ours."""

from __future__ import annotations

import pytest
import torch
import torchvision
from torch import nn

from explorer.models.architectures import meta_network
from explorer.models.fitting import torchvision_name
from explorer.models.initialisation import initialise
from explorer.models.network import Dropout, drawing_from

PUBLISHED = {"vgg11": "vgg11", "vgg16": "vgg16", "resnet18": "resnet18", "vit-b16": "vit_b_16"}


def pictures(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def built(name, shape, classes=10):
    network = meta_network(name, shape, classes).to_empty(device="cpu")
    initialise(network, torch.Generator().manual_seed(0))
    return network


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_fits_has_torchvisions_names_and_shapes(name):
    """All but what the docstrings say: the classifier of VGG, the stem of ResNet, patches and positions of ViT."""
    with torch.device("meta"):
        published = getattr(torchvision.models, PUBLISHED[name])().state_dict()
    ours = {
        torchvision_name(name, key): value.shape
        for key, value in meta_network(name, (3, 32, 32), 10).state_dict().items()
    }
    assert list(ours) == list(published)
    fitted = {key.rpartition(".")[0] or key for key in ours if ours[key] != published[key].shape}
    assert (
        fitted
        == {
            "vgg11": {"classifier.0", "classifier.3", "classifier.6"},
            "vgg16": {"classifier.0", "classifier.3", "classifier.6"},
            "resnet18": {"conv1", "fc"},
            "vit-b16": {"conv_proj", "encoder", "heads.head"},
        }[name]
    )


@pytest.mark.parametrize("shape", [(3, 65, 65), (3, 70, 80)])
def test_on_larger_pictures_resnet18_is_torchvisions(shape):
    ours, x = built("resnet18", shape, 4).eval(), pictures(2, *shape)
    theirs = torchvision.models.resnet18(num_classes=4).eval()
    theirs.load_state_dict({torchvision_name("resnet18", key): value for key, value in ours.state_dict().items()})
    torch.testing.assert_close(ours(x), theirs(x))


def test_vgg11_is_torchvisions_convolutions_then_its_own_classifier():
    ours, x = built("vgg11", (3, 32, 32)).eval(), pictures(2, 3, 32, 32)
    with torch.device("meta"):
        theirs = torchvision.models.vgg11().features
    theirs = theirs.to_empty(device="cpu")
    theirs.load_state_dict(ours.backbone.torchvision.features.state_dict())
    features = theirs(x).flatten(1)
    assert features.shape == (2, 512)
    first, _, _, second, _, _ = ours.backbone.torchvision.classifier
    torch.testing.assert_close(ours.features(x), second(first(features).relu()).relu())


def test_vit_small_is_a_vision_transformer_of_its_patches():
    ours, x = built("vit-small", (3, 32, 32)).eval(), pictures(2, 3, 32, 32)
    theirs = torchvision.models.VisionTransformer(32, 4, 4, 4, 64, 128, num_classes=10).eval()
    theirs.load_state_dict({torchvision_name("vit-small", key): value for key, value in ours.state_dict().items()})
    torch.testing.assert_close(ours(x), theirs(x))


@pytest.mark.parametrize(
    ("side", "patch", "tokens"), [(8, 2, 16), (28, 4, 49), (32, 4, 64), (33, 8, 25), (64, 8, 64), (224, 16, 196)]
)
def test_patches_make_a_sensible_number_of_tokens(side, patch, tokens):
    net = meta_network("vit-small", (1, side, side), 2).backbone.torchvision
    assert net.conv_proj.kernel_size == net.conv_proj.stride == (patch, patch)
    assert net.encoder.pos_embedding.shape == (1, 1 + tokens, 64)


def test_a_border_of_zeros_makes_up_for_what_is_missing():
    network, x = meta_network("vgg11", (1, 28, 31), 2), pictures(2, 1, 28, 31)
    framed = network.backbone.border(x)
    assert framed.shape == (2, 1, 32, 32) and torch.equal(framed[:, :, 2:30, 0:31], x)
    assert framed.abs().sum() == x.abs().sum()
    assert isinstance(meta_network("vgg11", (3, 40, 33), 2).backbone.border, nn.Identity)
    assert meta_network("vit-b16", (3, 112, 92), 2).backbone.border(pictures(1, 3, 112, 92)).shape == (1, 3, 112, 112)


@pytest.mark.parametrize("name", [*PUBLISHED, "vit-small"])
def test_dropout_is_ours_and_attention_has_none(name):
    modules = [*meta_network(name, (3, 32, 32), 2).modules()]
    assert not any(isinstance(module, nn.Dropout) for module in modules)
    assert [module.share for module in modules if isinstance(module, Dropout)] == ([0.5, 0.5] if "vgg" in name else [])
    assert all(module.dropout == 0 for module in modules if isinstance(module, nn.MultiheadAttention))


def test_training_draws_its_masks_from_the_generator():
    network, x = built("vgg11", (1, 28, 28)).train(), pictures(3, 1, 28, 28)
    state, outputs = torch.get_rng_state(), []
    for seed in (1, 1, 2):
        with drawing_from(network, torch.Generator().manual_seed(seed)):
            outputs.append(network(x).detach())
    assert torch.equal(outputs[0], outputs[1]) and not torch.equal(outputs[0], outputs[2])
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("name", ["vgg11", "resnet18", "vit-small"])
def test_each_sample_is_looked_at_on_its_own_and_the_backward_pass_reaches_all_of_the_network(name):
    network, x = built(name, (1, 28, 28)).eval(), pictures(3, 1, 28, 28)
    logits = network(x)
    torch.testing.assert_close(logits[1:2], network(x[1:2]), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(network.head(network.features(x)), logits)
    logits.square().sum().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in network.parameters())

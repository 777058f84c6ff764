"""ImageNet weights are loaded where shapes match, described, never downloaded, and verified by checksum."""

from __future__ import annotations

import hashlib

import pytest
import torch
import torchvision

from explorer.data import load_dataset
from explorer.models import architecture_of, build_network, check_model, models_for
from explorer.models.pretrained import FILES, pretrained_for, start_from_imagenet, weights_path
from explorer.settings import InputError
from tests.models.files import torch_file

DIGITS = load_dataset("digits")


@pytest.fixture(scope="module")
def published():
    """Content of torchvision's ResNet18 file: its names and shapes, with random numbers."""
    with torch.device("meta"):
        found = torchvision.models.resnet18().state_dict()
    generator = torch.Generator().manual_seed(3)
    return {
        name: torch.rand(tensor.shape, generator=generator) if tensor.is_floating_point() else torch.tensor(5)
        for name, tensor in found.items()
    }


@pytest.fixture
def cached(published, tmp_path, monkeypatch):
    """That file in torch.hub's folder, in the older format of some of torchvision's files."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    content = torch_file(published, _use_new_zipfile_serialization=False)
    monkeypatch.setitem(FILES, "resnet18", f"resnet18-{hashlib.sha256(content).hexdigest()[:8]}.pth")
    weights_path("resnet18").parent.mkdir(parents=True)
    weights_path("resnet18").write_bytes(content)
    return weights_path("resnet18")


def test_the_files_are_those_of_torchvision():
    enums = {"vgg11": "VGG11", "vgg16": "VGG16", "resnet18": "ResNet18", "vit-b16": "ViT_B_16"}
    weights = {name: getattr(torchvision.models, f"{enum}_Weights").IMAGENET1K_V1 for name, enum in enums.items()}
    assert {name: each.url.rpartition("/")[2] for name, each in weights.items()} == FILES


def test_matching_weights_are_loaded_and_the_rest_is_described(cached, published):
    assert pretrained_for(DIGITS) == ("pretrained:resnet18",)
    assert {architecture_of(name) for name in pretrained_for(DIGITS)} <= set(models_for(DIGITS))
    assert architecture_of("pretrained:resnet18") == "resnet18"
    network, fresh = (build_network(name, DIGITS, seed=2) for name in ("pretrained:resnet18", "resnet18"))
    started, plain = network.state_dict(), fresh.state_dict()
    for name, tensor in started.items():
        inner = name.removeprefix("backbone.torchvision.")
        new = name.startswith("head.") or inner == "conv1.weight"
        assert torch.equal(tensor, plain[name] if new else published[inner])
    said = start_from_imagenet(fresh, "resnet18")
    assert said == "99.9 % of the weights of resnet18 are from ImageNet; newly initialised: conv1, the last layer."


def test_large_colour_pictures_take_the_stem_too(cached):
    from explorer.models.architectures import meta_network

    network = meta_network("resnet18", (3, 96, 96), 10).to_empty(device="cpu")
    assert start_from_imagenet(network, "resnet18", cached).endswith("; newly initialised: the last layer.")


def test_without_the_file_nothing_is_offered_and_nothing_downloaded(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(torch.hub, "download_url_to_file", None)
    assert pretrained_for(DIGITS) == ()
    for ask in (check_model, build_network):
        with pytest.raises(InputError, match=rf"put torchvision's {FILES['resnet18']} into {tmp_path}"):
            ask("pretrained:resnet18", DIGITS)
        with pytest.raises(InputError, match=r"^There are ImageNet weights for vgg11, .*, not for convnet\.$"):
            ask("pretrained:convnet", DIGITS)
        with pytest.raises(InputError, match=r"^vgg16 needs pictures of at least 28 x 28"):
            ask("pretrained:vgg16", DIGITS)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_not_torchvisions_is_refused(cached):
    cached.write_bytes(cached.read_bytes()[:-1] + b"x")
    with pytest.raises(InputError, match=r"is damaged or not torchvision's: its SHA-256 does not begin with "):
        build_network("pretrained:resnet18", DIGITS)

"""Weights are matched by our names or torchvision's; an error names the first mismatches."""

from __future__ import annotations

import pytest
import torchvision

from explorer.models.architectures import meta_network
from explorer.models.fitting import match_names, torchvision_name
from explorer.settings import InputError

SMALL = meta_network("convnet", (1, 8, 8), 10)


def shapes(network):
    return {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}


@pytest.mark.parametrize("name", ["mlp", "vgg11", "resnet18", "vit-small", "vit-b16"])
@pytest.mark.parametrize("before", ["", "module."])
def test_our_names_and_torchvisions_are_both_understood(name, before):
    network = meta_network(name, (3, 32, 32), 10)
    wanted = shapes(network)
    ours = {before + key: shape for key, shape in wanted.items()}
    assert match_names(ours, network, name) == {key: before + key for key in wanted}
    if name != "mlp":
        theirs = {before + torchvision_name(name, key): shape for key, shape in wanted.items()}
        assert match_names(theirs, network, name) == {key: before + torchvision_name(name, key) for key in wanted}


def test_a_network_of_torchvision_as_it_comes_fits_where_the_pictures_are_large():
    theirs = shapes(torchvision.models.resnet18(num_classes=10))
    assert set(match_names(theirs, meta_network("resnet18", (3, 96, 96), 10), "resnet18").values()) == set(theirs)


def test_files_without_the_counters_of_batch_norm_fit():
    network = meta_network("resnet-small", (1, 8, 8), 10)
    found = {key: shape for key, shape in shapes(network).items() if not key.endswith("num_batches_tracked")}
    assert set(match_names(found, network, "resnet-small")) == set(found)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"backbone.0.weight": None, "head.weight": (100, 128)},
            "backbone.0.weight is missing, and head.weight is 100 x 128 and must be 10 x 128.",
        ),
        ({"head.bias": (9,)}, "head.bias is 9 and must be 10."),
        ({"fc2.weight": (1, 1)}, "fc2.weight is unexpected."),
        ({"head.bias": ()}, "head.bias is a single number and must be 10."),
        (
            {"head.bias": None, "head.weight": None, "head.gain": (1,)},
            "head.weight is missing, and head.gain is unexpected (1 more name does not fit).",
        ),
    ],
)
def test_mismatches_are_described_in_one_sentence(change, said):
    found = {**shapes(SMALL), **change}
    with pytest.raises(InputError) as caught:
        match_names({name: shape for name, shape in found.items() if shape is not None}, SMALL, "convnet")
    assert str(caught.value) == f"The weights in this file do not fit convnet: {said}"


def test_another_network_altogether():
    with pytest.raises(InputError, match=r": \S+ is missing, and .* is .* \(\d+ more names do not fit\)\.$"):
        match_names(shapes(meta_network("resnet-small", (1, 8, 8), 10)), SMALL, "convnet")
    with pytest.raises(InputError, match=r" is missing"):
        match_names({}, SMALL, "convnet")

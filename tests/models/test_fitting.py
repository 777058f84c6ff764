"""Named weights find their place by our names and by torchvision's; the first things that do not fit are said."""

from __future__ import annotations

import pytest
import torchvision

from explorer.models.architectures import blank
from explorer.models.fitting import fitted, torchvision_name
from explorer.settings import InputError

SMALL = blank("convnet", (1, 8, 8), 10)


def shapes(network):
    return {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}


@pytest.mark.parametrize("name", ["mlp", "vgg11", "resnet18", "vit-small", "vit-b16"])
@pytest.mark.parametrize("before", ["", "module."])
def test_our_names_and_torchvisions_are_both_understood(name, before):
    network = blank(name, (3, 32, 32), 10)
    wanted = shapes(network)
    ours = {before + key: shape for key, shape in wanted.items()}
    assert fitted(ours, network, name) == {key: before + key for key in wanted}
    if name != "mlp":
        theirs = {before + torchvision_name(name, key): shape for key, shape in wanted.items()}
        assert fitted(theirs, network, name) == {key: before + torchvision_name(name, key) for key in wanted}


def test_a_network_of_torchvision_as_it_comes_fits_where_the_pictures_are_large():
    theirs = shapes(torchvision.models.resnet18(num_classes=10))
    assert set(fitted(theirs, blank("resnet18", (3, 96, 96), 10), "resnet18").values()) == set(theirs)


def test_files_without_the_counters_of_batch_norm_fit():
    network = blank("resnet-small", (1, 8, 8), 10)
    found = {key: shape for key, shape in shapes(network).items() if not key.endswith("num_batches_tracked")}
    assert set(fitted(found, network, "resnet-small")) == set(found)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"backbone.0.weight": None, "head.weight": (100, 128)},
            "it has no backbone.0.weight, and head.weight is 100 x 128 where 10 x 128 is needed.",
        ),
        ({"head.bias": (9,)}, "head.bias is 9 where 10 is needed."),
        ({"fc2.weight": (1, 1)}, "it also holds fc2.weight."),
        ({"head.bias": ()}, "head.bias is a single number where 10 is needed."),
        (
            {"head.bias": None, "head.weight": None, "head.gain": (1,)},
            "it has no head.weight, and it also holds head.gain (1 more name does not fit).",
        ),
    ],
)
def test_what_does_not_fit_is_said_in_one_sentence(change, said):
    found = {**shapes(SMALL), **change}
    with pytest.raises(InputError) as caught:
        fitted({name: shape for name, shape in found.items() if shape is not None}, SMALL, "convnet")
    assert str(caught.value) == f"This file is of another network than convnet: {said}"


def test_another_network_altogether():
    with pytest.raises(InputError, match=r"it has no .*, and .* is .* \(\d+ more names do not fit\)\.$"):
        fitted(shapes(blank("resnet-small", (1, 8, 8), 10)), SMALL, "convnet")
    with pytest.raises(InputError, match=r"it has no "):
        fitted({}, SMALL, "convnet")

"""What the sidebar offers: the data sets that are here, and the models that take one; with their names for people."""

from __future__ import annotations

from explorer.data import DATASETS, Dataset
from explorer.data.own import OWN, own_sets
from explorer.data.planes import PLANES
from explorer.data.torchvision_sets import TORCHVISION_SETS, found
from explorer.models import architecture_of, models_for, pretrained_for
from explorer.models.own import own_networks

MODEL_TITLES = {
    "mlp": "MLP",
    "convnet": "Convnet",
    "vgg-small": "VGG, small",
    "resnet-small": "ResNet, small",
    "vit-small": "ViT, small",
    "vgg11": "VGG-11",
    "vgg16": "VGG-16",
    "resnet18": "ResNet-18",
    "vit-b16": "ViT-B/16",
}


def families() -> dict[str, str]:
    """Titles of the data sets by name: those that are shipped, the large ones that are here, the reader's own."""
    large = {name: one.title for name, one in TORCHVISION_SETS.items() if found(name)}
    return (
        {name: load_title(name) for name in DATASETS} | large | _distinct({own.code: own.title for own in own_sets()})
    )


def family_of(code: str) -> str:
    """What a data set's code is listed under: its name without options, or, for one's own, all of it."""
    return code if code.startswith(OWN) else code.partition(":")[0]


def models_of(dataset: Dataset) -> dict[str, str]:
    """Titles of the models that take this data set's inputs, by name: those whose training starts from ImageNet, where
    its weights are on this machine, after the others, and one's own networks for these classes last.
    """
    own = {
        network.code: network.title
        for network in own_networks()
        if (network.shape, network.classes) == (dataset.shape, dataset.classes)
    }
    plain = {name: MODEL_TITLES.get(name, name) for name in models_for(dataset)}
    started = {name: f"{plain[architecture_of(name)]}, from ImageNet" for name in pretrained_for(dataset)}
    return plain | started | _distinct(own)


def first_model(dataset: Dataset) -> str:
    """The one that is chosen where nobody says which."""
    return "mlp" if dataset.kind == "plane" else "convnet"


def load_title(name: str) -> str:
    """The name of a data set for people."""
    return PLANES[name][0] if name in PLANES else name.replace("-", " ").capitalize()


def _distinct(titles: dict[str, str]) -> dict[str, str]:
    """Titles by code, with the code's digits behind those that occur twice."""
    known = list(titles.values())
    return {code: f"{title} ({code[-8:]})" if known.count(title) > 1 else title for code, title in titles.items()}

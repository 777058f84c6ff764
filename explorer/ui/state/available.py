"""Data sets and models that the sidebar offers, with their display titles."""

from __future__ import annotations

from explorer.data import DATASETS, Dataset
from explorer.data.own import OWN, own_sets
from explorer.data.planes import PLANES
from explorer.data.torchvision_sets import TORCHVISION_SETS, is_available
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
    """Titles of the data sets by name: shipped, downloaded, uploaded."""
    large = {name: large_set.title for name, large_set in TORCHVISION_SETS.items() if is_available(name)}
    return (
        {name: load_title(name) for name in DATASETS} | large | _distinct({own.code: own.title for own in own_sets()})
    )


def family_of(code: str) -> str:
    """Name under which `families` lists a data set: its code without options, or the whole code of an uploaded set."""
    return code if code.startswith(OWN) else code.partition(":")[0]


def models_of(dataset: Dataset) -> dict[str, str]:
    """Titles of the models for this data set by name: ours, then ImageNet starts that are on this machine, then the
    user's own.
    """
    own = {
        network.code: network.title
        for network in own_networks()
        if (network.shape, network.classes) == (dataset.shape, dataset.classes)
    }
    plain = {name: MODEL_TITLES.get(name, name) for name in models_for(dataset)}
    started = {name: f"{plain[architecture_of(name)]}, from ImageNet" for name in pretrained_for(dataset)}
    return plain | started | _distinct(own)


def default_model(dataset: Dataset) -> str:
    """Name of the model that is selected when none is given."""
    return "mlp" if dataset.kind == "plane" else "convnet"


def load_title(name: str) -> str:
    """Display title of a shipped data set."""
    return PLANES[name].title if name in PLANES else name.replace("-", " ").capitalize()


def _distinct(titles: dict[str, str]) -> dict[str, str]:
    """Titles by code; duplicate titles get the last eight digits of their code."""
    all_titles = list(titles.values())
    return {code: f"{title} ({code[-8:]})" if all_titles.count(title) > 1 else title for code, title in titles.items()}

"""Initialisation with torchvision's ImageNet weights, in every layer whose shape matches.

Nothing is downloaded. The files must be in torch.hub's folder (TORCH_HOME or ~/.cache/torch, then hub/checkpoints)
under torchvision's names.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch

from explorer.data import Dataset
from explorer.models.architectures import models_for
from explorer.models.fitting import torchvision_name
from explorer.models.network import Network
from explorer.models.weights_file import open_verified
from explorer.settings import InputError

PREFIX = "pretrained:"
MOST_BYTES = 600 * 2**20  # torchvision's VGG16 has 528
FILES = {
    "vgg11": "vgg11-8a719046.pth",
    "vgg16": "vgg16-397923af.pth",
    "resnet18": "resnet18-f37072fd.pth",
    "vit-b16": "vit_b_16-c867db91.pth",
}
"""torchvision's file of IMAGENET1K_V1 for each network; the name ends in the first digits of the file's SHA-256."""


def pretrained_for(dataset: Dataset) -> tuple[str, ...]:
    """Models `pretrained:NAME` for a data set whose ImageNet weights are on this machine."""
    return tuple(PREFIX + name for name in models_for(dataset) if name in FILES and weights_path(name).is_file())


def weights_path(architecture: str) -> Path:
    """Path of the ImageNet weights of vgg11, vgg16, resnet18 or vit-b16, which need not exist."""
    return Path(torch.hub.get_dir()) / "checkpoints" / FILES[architecture]


def check_available(architecture: str) -> None:
    """Raises InputError if there are no ImageNet weights for this architecture, or not on this machine."""
    if architecture not in FILES:
        raise InputError(f"There are ImageNet weights for {', '.join(FILES)}, not for {architecture}.")
    if not weights_path(architecture).is_file():
        raise _missing(architecture)


def start_from_imagenet(network: Network, architecture: str, path: Path | None = None) -> str:
    """Load ImageNet weights into all layers with matching shapes, in place.

    The head keeps its initial weights. So does any layer adapted to small or grey pictures: a stem, a VGG classifier,
    or the position embeddings of another number of tokens.

    Args:
        network: an initialised network.
        architecture: vgg11, vgg16, resnet18 or vit-b16.
        path: torchvision's file; `weights_path(architecture)` if None.

    Returns:
        A sentence with the share of loaded weights and the names of the other layers.

    Raises:
        InputError: if there is no such file, or its checksum is not torchvision's.
    """
    if architecture not in FILES:
        raise InputError(f"There are ImageNet weights for {', '.join(FILES)}, not for {architecture}.")
    file = path or weights_path(architecture)
    published = open_verified(_verified(file, architecture), file.name)
    state = network.state_dict()
    names = {ours: torchvision_name(architecture, ours) for ours in state if not ours.startswith("head.")}
    matching = {
        ours: theirs for ours, theirs in names.items() if published.shapes.get(theirs) == tuple(state[ours].shape)
    }
    if not matching:
        raise InputError(f"{file.name} has no tensor that fits {architecture}.")
    weights = published.read()
    network.load_state_dict({**state, **{ours: weights[theirs] for ours, theirs in matching.items()}})
    return _summary(network, architecture, set(matching))


def _missing(architecture: str) -> InputError:
    return InputError(
        f"The ImageNet weights of {architecture} are not on this machine; put torchvision's {FILES[architecture]} into "
        f"{weights_path(architecture).parent}."
    )


def _verified(file: Path, architecture: str) -> bytes:
    digits = FILES[architecture].rpartition("-")[2].removesuffix(".pth")
    try:
        content = file.read_bytes() if file.stat().st_size <= MOST_BYTES else b""
    except OSError as error:
        raise _missing(architecture) from error
    if not hashlib.sha256(content).hexdigest().startswith(digits):
        raise InputError(f"{file.name} is damaged or not torchvision's: its SHA-256 does not begin with {digits}.")
    return content


def _summary(network: Network, architecture: str, matching: set[str]) -> str:
    sizes = {name: parameter.numel() for name, parameter in network.named_parameters()}
    share = sum(sizes[name] for name in matching & sizes.keys()) / sum(sizes.values())
    layers = dict.fromkeys(
        "the last layer"
        if name.startswith("head.")
        else torchvision_name(architecture, name).rpartition(".")[0] or name
        for name in sizes
        if name not in matching
    )
    initial = ", ".join(layers)
    return f"{100 * share:.1f} % of the weights of {architecture} are from ImageNet; newly initialised: {initial}."

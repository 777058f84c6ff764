"""A start from ImageNet: torchvision's own weights, where the user has them, in every layer that they fit.

Nothing is ever downloaded. They are looked for where torch.hub keeps what it downloaded before (TORCH_HOME, else
~/.cache/torch, then hub/checkpoints), under the names that torchvision gives them, or given as a file of theirs.
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
"""torchvision's file of IMAGENET1K_V1 for each network; the digits are the first of its SHA-256."""


def pretrained_for(dataset: Dataset) -> tuple[str, ...]:
    """The models of a data set whose ImageNet weights are on this machine, as `pretrained:resnet18`."""
    return tuple(PREFIX + name for name in models_for(dataset) if name in FILES and where(name).is_file())


def where(architecture: str) -> Path:
    """Where the weights of vgg11, vgg16, resnet18 or vit-b16 are looked for."""
    return Path(torch.hub.get_dir()) / "checkpoints" / FILES[architecture]


def check_here(architecture: str) -> None:
    """Raises InputError where there are no ImageNet weights of this architecture, or not on this machine."""
    if architecture not in FILES:
        raise InputError(f"There are ImageNet weights of {', '.join(FILES)}, not of {architecture}.")
    if not where(architecture).is_file():
        raise _absent(architecture)


def start_from_imagenet(network: Network, architecture: str, path: Path | None = None) -> str:
    """Put ImageNet's weights into the network's layers that they fit, and say in a sentence which they are.

    The head always stays as it is, for its classes are others; so do a stem made for small or grey pictures, a
    classifier fitted to them, and the positions of another number of tokens. path: a file of torchvision's, else the
    one that `where` names. Raises InputError where there is none, or it is not torchvision's.
    """
    if architecture not in FILES:
        raise InputError(f"There are ImageNet weights of {', '.join(FILES)}, not of {architecture}.")
    file = path or where(architecture)
    given = open_verified(_verified(file, architecture), file.name)
    wanted = network.state_dict()
    names = {ours: torchvision_name(architecture, ours) for ours in wanted if not ours.startswith("head.")}
    taken = {ours: theirs for ours, theirs in names.items() if given.shapes.get(theirs) == tuple(wanted[ours].shape)}
    if not taken:
        raise InputError(f"{file.name} has nothing that fits {architecture}.")
    weights = given.read()
    network.load_state_dict({**wanted, **{ours: weights[theirs] for ours, theirs in taken.items()}})
    return _said(network, architecture, set(taken))


def _absent(architecture: str) -> InputError:
    return InputError(
        f"The ImageNet weights of {architecture} are not here: put torchvision's {FILES[architecture]} into "
        f"{where(architecture).parent}."
    )


def _verified(file: Path, architecture: str) -> bytes:
    digits = FILES[architecture].rpartition("-")[2].removesuffix(".pth")
    try:
        content = file.read_bytes() if file.stat().st_size <= MOST_BYTES else b""
    except OSError as error:
        raise _absent(architecture) from error
    if not hashlib.sha256(content).hexdigest().startswith(digits):
        raise InputError(f"{file.name} is damaged or not torchvision's: its SHA-256 does not begin with {digits}.")
    return content


def _said(network: Network, architecture: str, taken: set[str]) -> str:
    sizes = {name: parameter.numel() for name, parameter in network.named_parameters()}
    share = sum(sizes[name] for name in taken & sizes.keys()) / sum(sizes.values())
    layers = dict.fromkeys(
        "the last layer"
        if name.startswith("head.")
        else torchvision_name(architecture, name).rpartition(".")[0] or name
        for name in sizes
        if name not in taken
    )
    return f"{100 * share:.1f} % of {architecture}'s weights are those of ImageNet; new are {', '.join(layers)}."

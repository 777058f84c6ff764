"""CIFAR-10, CIFAR-100, CIFAR-20, MNIST and Fashion-MNIST, read by torchvision.

The folder EXPLORER_DATA has torchvision's layout; `explorer.data.download` fetches a missing set. CIFAR's files are
pickles. torchvision compares their checksums before it unpickles them, so only the published files are unpickled.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explorer.data.dataset import Dataset, Split
from explorer.data.images import GARMENTS
from explorer.data.pixels import standard_pixels
from explorer.settings import InputError
from explorer.store import Store

DIGITS = tuple(str(digit) for digit in range(10))
OBJECTS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SUPERCLASSES = (
    "aquatic-mammals", "fish", "flowers", "food-containers", "fruit-and-vegetables", "household-electrical-devices",
    "household-furniture", "insects", "large-carnivores", "large-man-made-outdoor-things",
    "large-natural-outdoor-scenes", "large-omnivores-and-herbivores", "medium-mammals", "non-insect-invertebrates",
    "people", "reptiles", "small-mammals", "trees", "vehicles-1", "vehicles-2",
)  # fmt: skip
SUPERCLASS_OF = torch.tensor([  # superclass of each CIFAR-100 class, by class number
    4, 1, 14, 8, 0, 6, 7, 7, 18, 3, 3, 14, 9, 18, 7, 11, 3, 9, 7, 11, 6, 11, 5, 10, 7, 6, 13, 15, 3, 15, 0, 11, 1, 10,
    12, 14, 16, 9, 11, 5, 5, 19, 8, 8, 15, 13, 14, 17, 18, 10, 16, 4, 17, 4, 2, 0, 17, 4, 18, 17, 10, 3, 2, 12, 12, 16,
    12, 1, 9, 19, 2, 10, 0, 1, 16, 12, 9, 13, 15, 13, 16, 19, 2, 4, 6, 19, 5, 5, 8, 19, 18, 1, 2, 15, 6, 0, 17, 8, 14,
    13,
])  # fmt: skip
_CLASSES = {"cifar10": OBJECTS, "mnist": DIGITS, "fashion-mnist": GARMENTS}
"""Class names that replace torchvision's; other sets keep torchvision's names."""


@dataclass(frozen=True)
class TorchvisionSet:
    """Description of a torchvision data set, available without reading its files.

    Attributes:
        title: name shown on pages.
        name: class name in `torchvision.datasets`.
        folder: folder of its files within EXPLORER_DATA.
        bytes: size of the download.
        shape: shape of one picture, (channels, height, width).
        train: number of training samples.
        test: number of test samples.
        classes: number of classes.
    """

    title: str
    name: str
    folder: str
    bytes: int
    shape: tuple[int, int, int]
    train: int
    test: int
    classes: int


TORCHVISION_SETS = {
    "cifar10": TorchvisionSet(
        "CIFAR-10", "CIFAR10", "cifar-10-batches-py", 170_498_071, (3, 32, 32), 50_000, 10_000, 10
    ),
    "cifar100": TorchvisionSet(
        "CIFAR-100", "CIFAR100", "cifar-100-python", 169_001_437, (3, 32, 32), 50_000, 10_000, 100
    ),
    "cifar20": TorchvisionSet(
        "CIFAR-20", "CIFAR100", "cifar-100-python", 169_001_437, (3, 32, 32), 50_000, 10_000, 20
    ),
    "mnist": TorchvisionSet("MNIST", "MNIST", "MNIST/raw", 11_594_722, (1, 28, 28), 60_000, 10_000, 10),
    "fashion-mnist": TorchvisionSet(
        "Fashion-MNIST", "FashionMNIST", "FashionMNIST/raw", 30_878_645, (1, 28, 28), 60_000, 10_000, 10
    ),
}  # fmt: skip


def data_folder() -> Path:
    """Folder of the torchvision sets and of downloads: EXPLORER_DATA, by default a folder `data` beside the store."""
    configured = os.environ.get("EXPLORER_DATA")
    return Path(configured).expanduser().resolve() if configured else Store.default().home.parent / "data"


def torchvision_class(name: str) -> Any:
    """The class of `torchvision.datasets` that reads one of `TORCHVISION_SETS`."""
    from torchvision import datasets

    classes = {
        "cifar10": datasets.CIFAR10,
        "cifar100": datasets.CIFAR100,
        "cifar20": datasets.CIFAR100,
        "mnist": datasets.MNIST,
        "fashion-mnist": datasets.FashionMNIST,
    }
    return classes[name]


def is_available(name: str) -> bool:
    """Whether the set's folder exists. Its files are not opened, so they may still be damaged."""
    try:
        return (data_folder() / TORCHVISION_SETS[name].folder).is_dir()
    except OSError:  # no permission to look
        return False


def load_torchvision(name: str) -> Dataset:
    """One of `TORCHVISION_SETS`. The pictures stay uint8 until they are used (`Pixels`).

    Args:
        name: key of `TORCHVISION_SETS`.

    Returns:
        The same object for the same files.

    Raises:
        InputError: if the set is missing, cannot be read or is damaged.
    """
    folder = data_folder()
    if not is_available(name):
        megabytes = TORCHVISION_SETS[name].bytes / 1e6
        raise InputError(
            f"{name} is not in the data folder: download it with `python -m explorer download --dataset "
            f"{name}` ({megabytes:.0f} MB), or set EXPLORER_DATA to the folder that holds it."
        )
    try:
        return _load(name, folder)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise InputError(
            f"The files of {name} in EXPLORER_DATA's {TORCHVISION_SETS[name].folder} cannot be read ({why}): make "
            "them readable, or set EXPLORER_DATA to another folder."
        ) from error


@lru_cache(maxsize=3)
def _load(name: str, folder: Path) -> Dataset:
    stored = Store.default().load_or_make(_key(name, folder), lambda: _read(name, folder))
    train, test = standard_pixels(stored.tensors["train_x"], stored.tensors["test_x"])
    train_y, test_y = stored.tensors["train_y"], stored.tensors["test_y"]
    classes: tuple[str, ...] = _CLASSES.get(name, tuple(stored.notes["classes"]))
    subclasses: tuple[str, ...] = ()
    fine: tuple[Tensor | None, Tensor | None] = (None, None)
    if name == "cifar20":
        classes, subclasses = SUPERCLASSES, classes
        fine, (train_y, test_y) = (train_y, test_y), (SUPERCLASS_OF[train_y], SUPERCLASS_OF[test_y])
    return Dataset(
        code=name,
        kind="image",
        title=TORCHVISION_SETS[name].title,
        train=Split(train, train_y, fine[0]),
        test=Split(test, test_y, fine[1]),
        classes=classes,
        mean=train.centre,
        deviation=train.spread,
        subclasses=subclasses,
    )


def _key(name: str, folder: Path) -> dict[str, Any]:
    """Store key from size and modification time of the files, so that changed files are read again."""
    files = sorted(path for path in (folder / TORCHVISION_SETS[name].folder).iterdir() if path.is_file())
    marks = [[path.name, path.stat().st_size, path.stat().st_mtime_ns] for path in files]
    return {"what": "pictures", "of": TORCHVISION_SETS[name].name, "folder": str(folder), "files": marks}


def _read(name: str, folder: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Pictures uint8 (n, channels, h, w), labels int64 (n,) and class names, as torchvision reads them.

    Reading takes seconds, mostly for checksums, so the result is stored.
    """
    source = torchvision_class(name)
    tensors: dict[str, Tensor] = {}
    try:
        for part in ("train", "test"):
            content = source(folder, train=part == "train")
            pictures = torch.from_numpy(np.asarray(content.data))
            pictures = pictures.unsqueeze(1) if pictures.ndim == 3 else pictures.movedim(-1, 1)
            tensors[f"{part}_x"] = pictures.contiguous()
            tensors[f"{part}_y"] = torch.as_tensor(content.targets, dtype=torch.int64)
    except OSError:
        raise
    except Exception as error:  # torchvision's readers raise various exceptions for damaged files
        raise InputError(
            f"The files of {name} in EXPLORER_DATA's {TORCHVISION_SETS[name].folder} are incomplete or not the "
            f"published ones: remove that folder and download it with `python -m explorer download --dataset {name}`."
        ) from error
    return tensors, {"classes": [label.replace("_", "-") for label in content.classes]}

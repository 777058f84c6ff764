"""The picture sets of the paper and their neighbours, read by torchvision from where they lie.

Each is looked for in the folder EXPLORER_DATA, laid out as torchvision lays it out; `explorer.data.download` fetches
one that is not there. CIFAR's files are pickles: torchvision compares their checksums first, so that nothing is ever
unpickled but what their makers published.
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
SUPERCLASS_OF = torch.tensor([  # of each of CIFAR-100's classes, in the order of their numbers
    4, 1, 14, 8, 0, 6, 7, 7, 18, 3, 3, 14, 9, 18, 7, 11, 3, 9, 7, 11, 6, 11, 5, 10, 7, 6, 13, 15, 3, 15, 0, 11, 1, 10,
    12, 14, 16, 9, 11, 5, 5, 19, 8, 8, 15, 13, 14, 17, 18, 10, 16, 4, 17, 4, 2, 0, 17, 4, 18, 17, 10, 3, 2, 12, 12, 16,
    12, 1, 9, 19, 2, 10, 0, 1, 16, 12, 9, 13, 15, 13, 16, 19, 2, 4, 6, 19, 5, 5, 8, 19, 18, 1, 2, 15, 6, 0, 17, 8, 14,
    13,
])  # fmt: skip
_CLASSES = {"cifar10": OBJECTS, "mnist": DIGITS, "fashion-mnist": GARMENTS}  # as these names are written here


@dataclass(frozen=True)
class TorchvisionSet:
    """A set as a list shows it, without reading it: what torchvision calls it, and where it keeps its files.

    bytes: of the download; folder: within EXPLORER_DATA; classes: how many.
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
    """Where picture sets lie or are downloaded to: EXPLORER_DATA, or a folder of their own beside the store."""
    chosen = os.environ.get("EXPLORER_DATA")
    return Path(chosen).expanduser().resolve() if chosen else Store.default().home.parent / "data"


def found(name: str) -> bool:
    """Whether the set's folder is there; its files are not opened, so they may yet turn out to be damaged."""
    try:
        return (data_folder() / TORCHVISION_SETS[name].folder).is_dir()
    except OSError:  # it may not be looked for
        return False


def load_torchvision(name: str) -> Dataset:
    """One of `TORCHVISION_SETS`; the pictures stay uint8 until they are used (`Pixels`).

    The same object for the same files. Raises InputError for a set that is not there, that may not be read, or whose
    files are damaged.
    """
    folder = data_folder()
    if not found(name):
        megabytes = TORCHVISION_SETS[name].bytes / 1e6
        raise InputError(
            f"{name} is not in the folder of picture sets: fetch it with `python -m explorer download --dataset "
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
    one = TORCHVISION_SETS[name]
    kept = Store.default().load_or_make(_key(name, folder), lambda: _read(one.name, folder))
    train, test = standard_pixels(kept.tensors["train_x"], kept.tensors["test_x"])
    train_y, test_y = kept.tensors["train_y"], kept.tensors["test_y"]
    classes: tuple[str, ...] = _CLASSES.get(name, tuple(kept.notes["classes"]))
    subclasses: tuple[str, ...] = ()
    fine: tuple[Tensor | None, Tensor | None] = (None, None)
    if name == "cifar20":
        classes, subclasses = SUPERCLASSES, classes
        fine, (train_y, test_y) = (train_y, test_y), (SUPERCLASS_OF[train_y], SUPERCLASS_OF[test_y])
    return Dataset(
        code=name,
        kind="image",
        title=one.title,
        train=Split(train, train_y, fine[0]),
        test=Split(test, test_y, fine[1]),
        classes=classes,
        mean=train.centre,
        deviation=train.spread,
        subclasses=subclasses,
    )


def _key(name: str, folder: Path) -> dict[str, Any]:
    """The files as they lie there: other ones, or the same written anew, are read anew."""
    files = sorted(path for path in (folder / TORCHVISION_SETS[name].folder).iterdir() if path.is_file())
    marks = [[path.name, path.stat().st_size, path.stat().st_mtime_ns] for path in files]
    return {"what": "pictures", "of": TORCHVISION_SETS[name].name, "folder": str(folder), "files": marks}


def _read(name: str, folder: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The pictures of torchvision's set, uint8 (n, channels, h, w), the labels int64 (n,) and the classes' names.

    Its own reading takes seconds, most of them comparing checksums, so what it gives is kept in the store.
    """
    import torchvision.datasets

    tensors: dict[str, Tensor] = {}
    try:
        for part in ("train", "test"):
            read = getattr(torchvision.datasets, name)(folder, train=part == "train")
            pictures = torch.from_numpy(np.asarray(read.data))
            pictures = pictures.unsqueeze(1) if pictures.ndim == 3 else pictures.movedim(-1, 1)
            tensors[f"{part}_x"] = pictures.contiguous()
            tensors[f"{part}_y"] = torch.as_tensor(read.targets, dtype=torch.int64)
    except OSError:
        raise
    except Exception as error:  # whatever a damaged file may cause in its reader
        one = next(code for code, each in TORCHVISION_SETS.items() if each.name == name)
        raise InputError(
            f"The files of {one} in EXPLORER_DATA's {TORCHVISION_SETS[one].folder} are not whole or not the original "
            f"ones: remove that folder, and fetch the set with `python -m explorer download --dataset {one}`."
        ) from error
    return tensors, {"classes": [each.replace("_", "-") for each in read.classes]}

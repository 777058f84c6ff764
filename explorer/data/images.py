"""Pictures that come with the project: scikit-learn's digits, and 7,000 garments of Fashion-MNIST."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits as sklearn_digits
from sklearn.model_selection import train_test_split
from torch import Tensor

from explorer.data.dataset import Dataset, Split, standardise

ASSETS = Path(__file__).resolve().parents[2] / "assets"
GARMENTS = (
    "t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot",
)  # fmt: skip
COARSE = ("tops", "trousers", "shoes", "bag")
COARSE_OF_GARMENT = torch.tensor([0, 1, 0, 0, 0, 2, 0, 2, 3, 2])


def _images(
    code: str, title: str, train: Split, test: Split, classes: tuple[str, ...], subclasses: tuple[str, ...] = ()
) -> Dataset:
    x_train, x_test, mean, deviation = standardise(train.x, test.x)
    return Dataset(
        code=code,
        kind="image",
        title=title,
        train=Split(x_train, train.y, train.fine),
        test=Split(x_test, test.y, test.fine),
        classes=classes,
        mean=mean,
        deviation=deviation,
        subclasses=subclasses,
    )


def load_digits(code: str) -> Dataset:
    """1,797 handwritten digits, 8 x 8, brightness 0 to 1, split 70/30 with the classes in equal shares (seed 0)."""
    found = sklearn_digits()
    parts = train_test_split(found.images, found.target, test_size=0.3, stratify=found.target, random_state=0)
    x_train, x_test = (torch.from_numpy(part).float().unsqueeze(1) / 16 for part in parts[:2])
    y_train, y_test = (torch.from_numpy(part).long() for part in parts[2:])
    classes = tuple(str(digit) for digit in range(10))
    return _images(code, "Digits", Split(x_train, y_train), Split(x_test, y_test), classes)


def _garments() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    with np.load(ASSETS / "fashion_mnist_mini.npz", allow_pickle=False) as found:
        images = [torch.from_numpy(found[f"{part}_images"]).float().unsqueeze(1) / 255 for part in ("train", "test")]
        labels = [torch.from_numpy(found[f"{part}_labels"]).long() for part in ("train", "test")]
    return images[0], labels[0], images[1], labels[1]


def load_fashion_mini(code: str) -> Dataset:
    """6,000 + 1,000 garments of Fashion-MNIST, 28 x 28, brightness 0 to 1, ten classes in equal shares."""
    x_train, y_train, x_test, y_test = _garments()
    return _images(code, "Fashion mini", Split(x_train, y_train), Split(x_test, y_test), GARMENTS)


def load_fashion_mini_coarse(code: str) -> Dataset:
    """The same garments as tops, trousers, shoes and bag; the ten garments are the sub-classes."""
    x_train, y_train, x_test, y_test = _garments()
    train = Split(x_train, COARSE_OF_GARMENT[y_train], y_train)
    test = Split(x_test, COARSE_OF_GARMENT[y_test], y_test)
    return _images(code, "Fashion mini, coarse", train, test, COARSE, GARMENTS)


IMAGES = {
    "digits": load_digits,
    "fashion-mini": load_fashion_mini,
    "fashion-mini-coarse": load_fashion_mini_coarse,
}

"""Picture sets included in the project: scikit-learn's digits and 7,000 garments of Fashion-MNIST."""

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
    """scikit-learn's digits: 1,797 pictures of 8 x 8, ten classes, stratified split 70/30 (seed 0)."""
    digits = sklearn_digits()
    parts = train_test_split(digits.images, digits.target, test_size=0.3, stratify=digits.target, random_state=0)
    x_train, x_test = (torch.from_numpy(part).float().unsqueeze(1) / 16 for part in parts[:2])
    y_train, y_test = (torch.from_numpy(part).long() for part in parts[2:])
    classes = tuple(str(digit) for digit in range(10))
    return _images(code, "Digits", Split(x_train, y_train), Split(x_test, y_test), classes)


def _garments() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Training inputs and labels, then test inputs and labels; brightness 0 to 1."""
    with np.load(ASSETS / "fashion_mnist_mini.npz", allow_pickle=False) as arrays:
        images = [torch.from_numpy(arrays[f"{part}_images"]).float().unsqueeze(1) / 255 for part in ("train", "test")]
        labels = [torch.from_numpy(arrays[f"{part}_labels"]).long() for part in ("train", "test")]
    return images[0], labels[0], images[1], labels[1]


def load_fashion_mini(code: str) -> Dataset:
    """Garments of Fashion-MNIST: 6,000 training and 1,000 test pictures of 28 x 28, ten classes of equal size."""
    x_train, y_train, x_test, y_test = _garments()
    return _images(code, "Fashion mini", Split(x_train, y_train), Split(x_test, y_test), GARMENTS)


def load_fashion_mini_coarse(code: str) -> Dataset:
    """The pictures of fashion-mini with the classes tops, trousers, shoes, bag; the ten garments are sub-classes."""
    x_train, y_train, x_test, y_test = _garments()
    train = Split(x_train, COARSE_OF_GARMENT[y_train], y_train)
    test = Split(x_test, COARSE_OF_GARMENT[y_test], y_test)
    return _images(code, "Fashion mini, coarse", train, test, COARSE, GARMENTS)


IMAGES = {
    "digits": load_digits,
    "fashion-mini": load_fashion_mini,
    "fashion-mini-coarse": load_fashion_mini_coarse,
}

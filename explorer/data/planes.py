"""Synthetic two-dimensional data sets, for which a decision boundary can be drawn; blobs follow the paper's Fig. 2."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from sklearn.datasets import make_blobs, make_circles, make_moons
from sklearn.model_selection import train_test_split

from explorer.data.dataset import Dataset, Split, standardise
from explorer.settings import LARGEST_SEED, Settings, setting

Points = tuple[np.ndarray, np.ndarray]


class PlaneOptions(Settings):
    """Options of a code such as "moons:n=400,noise=.25,seed=0"."""

    n: int = setting(400, "number of points, training and test together", least=20, most=4000)
    noise: float = setting(0.2, "standard deviation around the shape, half of it for circles", least=0.0, most=2.0)
    seed: int = setting(0, "seed of the points and of their split", least=0, most=LARGEST_SEED)


class BlobOptions(PlaneOptions):
    """Options of two Gaussians as in the paper's Fig. 2, about 100 points each."""

    n: int = setting(200, "number of points, training and test together", least=20, most=4000)
    noise: float = setting(1.0, "standard deviation of each blob", least=0.0, most=4.0)


def _blobs(options: PlaneOptions) -> Points:
    centres = np.array([[-2.0, -1.7], [2.2, 2.2]])
    return make_blobs(options.n, centers=centres, cluster_std=options.noise, random_state=options.seed)[:2]


def _moons(options: PlaneOptions) -> Points:
    return make_moons(options.n, noise=options.noise, random_state=options.seed)


def _circles(options: PlaneOptions) -> Points:
    return make_circles(options.n, noise=options.noise / 2, factor=0.5, random_state=options.seed)


def _spirals(options: PlaneOptions) -> Points:
    """Two arms, (t cos t, t sin t) and its mirror image, t from 0.5 to 3 pi."""
    draw = np.random.default_rng(options.seed)
    first, second = options.n - options.n // 2, options.n // 2
    turn = np.sqrt(draw.uniform(0.25, (3 * np.pi) ** 2, first))
    arm = np.stack([turn * np.cos(turn), turn * np.sin(turn)], 1) / np.pi
    points = np.concatenate([arm, -arm[:second]]) + draw.normal(0, options.noise, (options.n, 2))
    return points, np.repeat([0, 1], [first, second])


class Plane(NamedTuple):
    """A synthetic data set.

    Attributes:
        title: name shown on pages.
        options: model of its options.
        sample: draws points float64 (n, 2) and labels int64 (n,).
    """

    title: str
    options: type[PlaneOptions]
    sample: Callable[[PlaneOptions], Points]


PLANES = {
    "blobs": Plane("Blobs", BlobOptions, _blobs),
    "moons": Plane("Moons", PlaneOptions, _moons),
    "circles": Plane("Circles", PlaneOptions, _circles),
    "spirals": Plane("Spirals", PlaneOptions, _spirals),
}


def load_plane(name: str, options: PlaneOptions, code: str) -> Dataset:
    """One of `PLANES`: stratified split 70/30, standardised per coordinate.

    Args:
        name: key of `PLANES`.
        options: number of points, noise and seed; the seed is that of the points and of the split.
        code: canonical code of the data set.
    """
    plane = PLANES[name]
    points, labels = plane.sample(options)
    parts = train_test_split(points, labels, test_size=0.3, stratify=labels, random_state=options.seed)
    x_train, x_test = (torch.from_numpy(part).float() for part in parts[:2])
    y_train, y_test = (torch.from_numpy(part).long() for part in parts[2:])
    x_train, x_test, mean, deviation = standardise(x_train, x_test)
    return Dataset(
        code=code,
        kind="plane",
        title=plane.title,
        train=Split(x_train, y_train),
        test=Split(x_test, y_test),
        classes=("A", "B"),
        mean=mean,
        deviation=deviation,
    )

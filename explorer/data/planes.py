"""Points on the plane, where a decision boundary can be seen whole; blobs are those of the paper's Fig. 2."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from sklearn.datasets import make_blobs, make_circles, make_moons
from sklearn.model_selection import train_test_split

from explorer.data.dataset import Dataset, Split, standardise
from explorer.settings import LARGEST_SEED, Settings, setting

Points = tuple[np.ndarray, np.ndarray]


class PlaneOptions(Settings):
    """What a code such as "moons:n=400,noise=.25,seed=0" may say."""

    n: int = setting(400, "points in all, training and test together", least=20, most=4000)
    noise: float = setting(0.2, "how far points stray from their shape", least=0.0, most=2.0)
    seed: int = setting(0, "seed of the points and of their split", least=0, most=LARGEST_SEED)


class BlobOptions(PlaneOptions):
    """Two Gaussians as in the paper's Fig. 2: about 100 points each."""

    n: int = setting(200, "points in all, training and test together", least=20, most=4000)
    noise: float = setting(1.0, "deviation of each blob", least=0.0, most=4.0)


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


PLANES: dict[str, tuple[str, type[PlaneOptions], Callable[[PlaneOptions], Points]]] = {
    "blobs": ("Blobs", BlobOptions, _blobs),
    "moons": ("Moons", PlaneOptions, _moons),
    "circles": ("Circles", PlaneOptions, _circles),
    "spirals": ("Spirals", PlaneOptions, _spirals),
}


def load_plane(name: str, options: PlaneOptions, code: str) -> Dataset:
    """One of `PLANES`, split 70/30 with the classes in equal shares and standardised per coordinate."""
    title, _, make = PLANES[name]
    points, labels = make(options)
    parts = train_test_split(points, labels, test_size=0.3, stratify=labels, random_state=options.seed)
    x_train, x_test = (torch.from_numpy(part).float() for part in parts[:2])
    y_train, y_test = (torch.from_numpy(part).long() for part in parts[2:])
    x_train, x_test, mean, deviation = standardise(x_train, x_test)
    return Dataset(
        code=code,
        kind="plane",
        title=title,
        train=Split(x_train, y_train),
        test=Split(x_test, y_test),
        classes=("A", "B"),
        mean=mean,
        deviation=deviation,
    )

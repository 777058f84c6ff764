"""A plane with two classes, and a map of image-like samples with ten: what the pictures are drawn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from explorer.figures.theme import DARK, LIGHT, Theme


@dataclass(frozen=True)
class Samples:
    points: np.ndarray
    labels: np.ndarray
    forget: np.ndarray
    alone: np.ndarray
    indices: np.ndarray
    classes: tuple[str, ...]


@pytest.fixture(params=[LIGHT, DARK], ids=lambda theme: theme.name)
def theme(request: pytest.FixtureRequest) -> Theme:
    return request.param


def samples(n: int, classes: tuple[str, ...], draws: np.random.Generator) -> Samples:
    labels = draws.integers(0, len(classes), n)
    points = draws.normal(size=(n, 2)).astype(np.float32) + labels[:, None]
    return Samples(points, labels, draws.random(n) < 0.2, draws.random(n) < 0.1, draws.permutation(5 * n)[:n], classes)


@pytest.fixture(params=[(60, ("A", "B")), (1200, tuple("0123456789"))], ids=["plane", "images"])
def data(request: pytest.FixtureRequest) -> Samples:
    return samples(*request.param, np.random.default_rng(4))

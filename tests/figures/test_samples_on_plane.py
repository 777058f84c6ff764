from __future__ import annotations

import numpy as np

from explorer.figures.boundary import boundary
from explorer.figures.samples_on_plane import describe_samples, samples_on_plane
from explorer.figures.theme import Theme

XS, YS = np.linspace(-1, 3, 5), np.linspace(0, 2, 4)
POINTS, LABELS = np.random.default_rng(1).random((12, 2)), np.arange(12) % 2


def test_it_has_every_sample_once_and_the_axes_of_the_plane_beside_it(theme: Theme) -> None:
    picture = samples_on_plane(XS, YS, POINTS, LABELS, theme, classes=("A", "B"))
    drawn = np.concatenate([np.column_stack([trace.x, trace.y]) for trace in picture.data])
    assert sorted(map(tuple, drawn)) == sorted(map(tuple, POINTS.astype(np.float32)))
    regions = np.full((4, 5, 2), 0.5)
    beside = boundary(XS, YS, regions, POINTS, LABELS, LABELS < 0, "original", theme, classes=("A", "B"))
    assert picture.layout.xaxis == beside.layout.xaxis and picture.layout.yaxis == beside.layout.yaxis
    assert (picture.layout.height, picture.layout.margin) == (beside.layout.height, beside.layout.margin)


def test_the_sentence_counts_each_class() -> None:
    assert describe_samples(np.array([0, 1, 1]), ("A", "B")) == "3 samples on a plane: 1 of class A and 2 of class B."

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.figures.shared_map import describe_shared_map, shared_map, shared_spans
from explorer.figures.theme import IDENTITIES, Theme


def test_the_three_have_one_pair_of_axes_that_holds_them_all(data: Any, theme: Theme) -> None:
    maps = {name: data.points * scale for name, scale in zip(IDENTITIES, (1, 2, 0.5), strict=True)}
    spans = shared_spans(maps)
    for name, points in maps.items():
        picture = shared_map(
            points, data.labels, data.forget, name, theme, classes=data.classes, spans=spans, indices=data.indices
        )
        assert (picture.layout.xaxis.range, picture.layout.yaxis.range) == spans
        assert name.capitalize() in picture.layout.annotations[0].text
        assert theme.identity(name) in picture.layout.annotations[0].text
        for (low, high), values in zip(spans, points.T, strict=True):
            assert low < values.min() and values.max() < high
        assert sorted(np.concatenate([trace.customdata for trace in picture.data[:-1]])) == sorted(data.indices)


def test_a_map_of_one_point_has_an_extent() -> None:
    (left, right), (bottom, top) = shared_spans({"original": np.zeros((3, 2))})
    assert left < right and bottom < top


def test_the_sentence_names_the_models_in_order() -> None:
    maps = {name: np.zeros((300, 2)) for name in reversed(IDENTITIES)}
    words = describe_shared_map(maps, np.arange(300) < 8, "PCA")
    assert (
        "One PCA map of 300 samples" in words and "original, unlearned and retrained" in words and "8 ringed" in words
    )

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.figures.theme import LIGHT, Theme
from explorer.figures.uploaded_points import describe_uploaded, uploaded_points

AXES = ("first coordinate: width in cm", "second coordinate: height in metres above the sea")


def test_the_axes_have_names_and_scales_and_every_point_its_class(data: Any, theme: Theme) -> None:
    picture = uploaded_points(data.points, data.labels, theme, classes=data.classes, axes=AXES)
    across, along = picture.layout.xaxis, picture.layout.yaxis
    assert across.title.text == AXES[0]
    assert along.title.text.startswith("second coordinate: ") and "…" in along.title.text
    assert across.visible is not False and along.visible is not False and along.scaleanchor is None
    assert [trace.name for trace in picture.data] == list(data.classes)  # nothing is to be forgotten yet
    for number, trace in enumerate(picture.data):
        np.testing.assert_array_equal(
            np.stack([trace.x, trace.y], 1), data.points[data.labels == number].astype(np.float32)
        )


def test_many_classes_are_named_among_the_points_and_few_in_the_legend() -> None:
    points, labels = np.random.default_rng(0).normal(size=(60, 2)), np.arange(60) % 6
    many = uploaded_points(points, labels, LIGHT, classes=tuple("abcdef"), axes=AXES)
    assert sorted(note.text for note in many.layout.annotations) == list("abcdef")
    few = uploaded_points(points, labels % 2, LIGHT, classes=("a", "b"), axes=AXES)
    assert [trace.name for trace in few.data if trace.showlegend] == ["a", "b"] and not few.layout.annotations


def test_the_sentence_says_what_the_axes_span() -> None:
    said = describe_uploaded(np.array([[0, 10], [2.5, -10]]), ("a", "b"), ("width", "height"))
    assert said == "2 points of 2 classes: width from 0 to 2.5 and height from -10 to 10."

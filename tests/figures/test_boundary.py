from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.figures.boundary import LEVEL, boundary, describe_boundary, log_odds, predicted_classes, region_edges
from explorer.figures.theme import IDENTITIES, LIGHT, Theme

XS, YS = np.linspace(-2, 3, 31, dtype=np.float32), np.linspace(-1, 4, 21, dtype=np.float32)


def probabilities(classes: int) -> np.ndarray:
    x, y = np.meshgrid(XS, YS)
    logits = np.stack([np.cos(number) * x + np.sin(number) * y for number in range(classes)], -1)
    exponentials = np.exp(logits)
    return (exponentials / exponentials.sum(-1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("identity", IDENTITIES)
def test_a_plane_has_a_name_a_line_in_the_models_colour_and_fixed_axes(data: Any, theme: Theme, identity: str) -> None:
    regions = probabilities(len(data.classes))
    samples = data.points, data.labels, data.forget
    named = {"classes": data.classes, "note": "step 3"}
    picture, again = (boundary(XS, YS, regions, *samples, identity, theme, **named) for _ in range(2))
    assert picture.to_json() == again.to_json()
    assert f"{identity.capitalize()}, step 3" in picture.layout.annotations[0].text
    assert theme.identity(identity) in {trace.line.color for trace in picture.data[:2] if trace.type != "heatmap"}
    assert picture.layout.xaxis.range == (-2, 3) and picture.layout.yaxis.range == (-1, 4)
    assert [trace.name for trace in picture.data] == [identity, identity, *data.classes, "forget set"]
    assert picture.data[-1].customdata.tolist() == np.flatnonzero(data.forget).tolist()


def test_two_classes_part_where_both_are_equally_likely() -> None:
    regions = probabilities(2)
    none = np.zeros((0, 2)), np.zeros(0, dtype=int), np.zeros(0, dtype=bool)
    contour = boundary(XS, YS, regions, *none, "original", LIGHT, classes=("A", "B")).data[0]
    assert (contour.contours.start, contour.contours.end, LEVEL) == (0, 0, 0)
    assert ((contour.z > LEVEL) == (regions[..., 1] > 0.5)).all()
    assert [color for _, color in contour.colorscale] == [LIGHT.region(0), LIGHT.region(1)]


def test_log_odds_keep_the_side_and_survive_certainty() -> None:
    share = np.array([0.0, 1e-12, 0.25, 0.5, 0.75, 1.0], dtype=np.float32)
    expected = np.array([-8000, -8000, -1099, 0, 1099, 8000])
    assert log_odds(share).tolist() == expected.tolist()
    bytes_ = np.array([0, 127, 128, 255], dtype=np.uint8)
    assert np.sign(log_odds(bytes_)).tolist() == [-1, -1, 1, 1]


def test_numbers_of_classes_serve_as_well_as_probabilities() -> None:
    regions = probabilities(5)
    none = np.zeros((0, 2)), np.zeros(0, dtype=int), np.zeros(0, dtype=bool)
    one, other = (
        boundary(XS, YS, given, *none, "original", LIGHT, classes=tuple("ABCDE"))
        for given in (regions, predicted_classes(regions))
    )
    assert (one.data[0].z == other.data[0].z).all()
    assert one.data[1].x.tobytes() == other.data[1].x.tobytes()


def test_lines_run_where_the_called_class_changes_and_nowhere_else() -> None:
    xs, ys = np.arange(7.0), np.arange(5.0) * 2
    predictions = np.random.default_rng(0).integers(0, 3, (5, 7))
    expected = set()
    for row in range(5):
        for column in range(7):
            if column < 6 and predictions[row, column] != predictions[row, column + 1]:
                expected.add((column + 0.5, 2 * row - 1.0, column + 0.5, 2 * row + 1.0))
            if row < 4 and predictions[row, column] != predictions[row + 1, column]:
                expected.add((column - 0.5, 2 * row + 1.0, column + 0.5, 2 * row + 1.0))
    sides = region_edges(xs, ys, predictions).reshape(-1, 3, 2)
    assert np.isnan(sides[:, 2]).all()
    assert {tuple(side.flatten().tolist()) for side in sides[:, :2]} == expected
    assert len(sides) == len(expected)
    assert region_edges(xs, ys, np.zeros((5, 7), dtype=int)).shape == (0, 2)


def test_the_sentence_counts() -> None:
    predictions = np.array([[0, 0, 0, 1]])
    words = describe_boundary(predictions, np.zeros(300), np.arange(300) < 8, "retrained", ("A", "B"))
    assert "retrained" in words and "75.0 % A and 25.0 % B" in words
    assert "300 samples" in words and "8 of them" in words

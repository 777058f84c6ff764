from __future__ import annotations

import numpy as np

from explorer.figures.prediction_matrix import condense, describe_prediction_matrix, prediction_matrix
from explorer.figures.theme import DARK, LIGHT, Theme

CLASSES = ("0", "1", "2")
MATRIX = np.array([[3, 1, 0], [0, 0, 0], [0, 4, 0]])


def test_rows_are_shares_of_a_class_and_empty_classes_have_none(theme: Theme) -> None:
    picture = prediction_matrix(MATRIX, "unlearned", theme, classes=CLASSES)
    heat, words = picture.data
    np.testing.assert_allclose(heat.z, [[75, 25, np.nan], [np.nan, 100, np.nan]])
    assert heat.y == ("0", "2") and heat.x == CLASSES
    assert (heat.zmin, heat.zmax) == (0, 100)
    assert list(zip(words.x, words.y, words.text, strict=True)) == [("0", "0", "3"), ("1", "0", "1"), ("1", "2", "4")]
    assert picture.layout.xaxis.type == picture.layout.yaxis.type == "category"
    assert "Unlearned" in picture.layout.annotations[0].text


def luminance(color):
    parts = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]


def test_counts_are_legible_on_every_shade() -> None:
    for theme in (LIGHT, DARK):
        counts = np.array([[share, 100 - share] for share in range(0, 101, 5)])
        for matrix in counts:
            picture = prediction_matrix(np.array([matrix, [0, 0]]), "original", theme, classes=("A", "B"))
            heat, words = picture.data
            shares = [share for share in np.ravel(heat.z).tolist() if share == share]
            for share, color in zip(shares, words.textfont.color, strict=True):
                shade = luminance(theme.field[round(share / 100 * 8)])
                low, high = sorted((shade, luminance(color)))
                assert (high + 0.05) / (low + 0.05) >= 4.5


def test_many_classes_have_no_counts_in_their_cells() -> None:
    classes = tuple(map(str, range(100)))
    assert len(prediction_matrix(np.eye(100, dtype=int), "original", LIGHT, classes=classes).data) == 1


def test_one_class_and_no_prediction_can_be_drawn() -> None:
    prediction_matrix(np.array([[5]]), "original", LIGHT, classes=("A",)).to_json()
    prediction_matrix(np.zeros((2, 2), dtype=int), "original", LIGHT, classes=("A", "B")).to_json()
    assert describe_prediction_matrix({"original": np.zeros((2, 2), dtype=int)}, CLASSES).startswith("There are no")


def test_the_sentence_names_the_most_frequent_wrong_class() -> None:
    sentence = describe_prediction_matrix({"retrained": np.diag([2, 0, 4]), "original": MATRIX}, CLASSES)
    assert sentence == (
        "Accuracy on the forget set (n = 8): original 37.5 % (most frequent wrong class: 1) and retrained 100.0 % of 6."
    )


def test_of_many_classes_those_that_gained_stand_beside_the_forgotten_one_and_nothing_is_lost() -> None:
    classes = tuple(f"c{number}" for number in range(100))
    original, unlearned = np.zeros((2, 100, 100), dtype=int)
    original[70, 70] = 50
    unlearned[70, [70, 8, 93]] = 5, 15, 30
    found = condense({"original": original, "unlearned": unlearned}, classes)
    assert found.classes == ["c70"] and found.predicted[:3] == ["c70", "c93", "c8"]
    assert len(found.predicted) == 13 and found.predicted[-1] == "88 other classes"
    assert [matrix.sum() for matrix in found.matrices.values()] == [50, 50]
    assert found.matrices["unlearned"][0, :3].tolist() == [5, 30, 15]
    picture = prediction_matrix(
        found.matrices["unlearned"], "unlearned", LIGHT, classes=found.classes, predicted=found.predicted
    )
    assert picture.data[0].x == tuple(found.predicted) and picture.data[1].text == ("5", "30", "15")


def test_many_forgotten_classes_are_folded_too() -> None:
    classes = tuple(f"c{number}" for number in range(40))
    found = condense({"original": np.diag(np.arange(40))}, classes)
    assert found.classes[0] == "c39" and found.classes[-1] == "27 other classes" and len(found.classes) == 13
    assert found.matrices["original"].sum() == sum(range(40))
    few = condense({"original": MATRIX}, CLASSES)
    assert few.classes == few.predicted == list(CLASSES) and few.matrices["original"] is MATRIX

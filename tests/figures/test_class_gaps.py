from __future__ import annotations

import numpy as np

from explorer.figures.class_gaps import class_gaps, describe_class_gaps, widest_gaps
from explorer.figures.theme import LIGHT, Theme

CLASSES = ("cat", "dog", "bag", "hat")
GAPS = {"original": np.array([-0.02, -0.95, 0.0, np.nan]), "retrained": np.array([0.01, 0.05, -0.03, np.nan])}
COUNTS = np.array([50, 40, 30, 0])


def marks(picture):
    return [trace for trace in picture.data if trace.mode == "markers"]


def test_a_mark_for_each_gap_in_points(theme: Theme) -> None:
    picture = class_gaps(CLASSES, GAPS, COUNTS, theme)
    original, retrained = marks(picture)
    assert (original.name, retrained.name) == ("vs. original", "vs. retrained")
    assert (original.marker.color, retrained.marker.color) == (theme.original, theme.retrained)
    np.testing.assert_allclose(original.x, 100 * GAPS["original"], rtol=1e-6)
    np.testing.assert_allclose(retrained.x, 100 * GAPS["retrained"], rtol=1e-6)
    assert (np.asarray(original.y) > np.asarray(retrained.y)).all()  # equal gaps do not hide each other
    assert picture.layout.yaxis.ticktext == ("cat, n = 50", "dog, n = 40", "bag, n = 30", "hat, n = 0")
    low, high = picture.layout.xaxis.range
    assert low < -95 and high > 10 and not picture.layout.annotations


def test_the_forgotten_class_is_named_and_does_not_squash_the_others() -> None:
    picture = class_gaps(CLASSES, GAPS, COUNTS, LIGHT, forgotten=1)
    low, high = picture.layout.xaxis.range
    assert -12 < low < -10 and 10 < high < 12
    assert picture.layout.yaxis.ticktext[1] == "<b>dog</b><br>forgotten, n = 40"
    (note,) = picture.layout.annotations
    assert note.text == "← -95.0" and note.x == -10
    np.testing.assert_allclose(marks(picture)[0].customdata[1], -95, rtol=1e-6)


def test_the_sentence_names_the_widest_gap_that_counts() -> None:
    assert describe_class_gaps(CLASSES, GAPS, COUNTS, forgotten=1) == (
        "Apart from the forgotten class, the largest difference in test accuracy from the original model is -2.0 "
        "points, in class cat (50 test samples). Apart from the forgotten class, the largest difference in test "
        "accuracy from the retrained model is -3.0 points, in class bag (30 test samples)."
    )
    assert "-95.0 points, in class dog" in describe_class_gaps(CLASSES, GAPS, COUNTS)
    same = dict.fromkeys(GAPS, np.zeros(4))
    assert describe_class_gaps(CLASSES, same, COUNTS).startswith("No class differs in test accuracy from the original")


def test_nothing_to_compare_can_be_drawn() -> None:
    nothing = {name: np.array([np.nan]) for name in GAPS}
    class_gaps(("A",), nothing, np.array([0]), LIGHT, forgotten=0).to_json()
    assert describe_class_gaps(("A",), nothing, np.array([0])).startswith("No class has test samples to compare")


def test_of_many_classes_the_forgotten_one_and_the_widest_have_a_line() -> None:
    gaps = {"original": np.linspace(0, 0.39, 40), "retrained": np.zeros(40)}
    gaps["retrained"][5], gaps["original"][7] = -0.9, np.nan
    assert widest_gaps(gaps, forgotten=2).tolist() == [2, 5, *range(39, 29, -1)]
    assert widest_gaps(GAPS, forgotten=1).tolist() == [0, 1, 2, 3]

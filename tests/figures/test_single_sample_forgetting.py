from __future__ import annotations

import numpy as np
import pytest

from explorer.figures.single_sample_forgetting import describe_single_sample_forgetting, single_sample_forgetting
from explorer.figures.theme import LIGHT, Theme

PATHS = [np.array([0.9, 0.7, 0.4]), np.full(6, 0.99), np.array([0.8, 0.45])]


def test_each_line_ends_where_its_run_ended(theme: Theme) -> None:
    picture = single_sample_forgetting(PATHS, theme)
    assert [list(line.x) for line in picture.data] == [list(range(len(path))) for path in PATHS]
    for line, path in zip(picture.data, PATHS, strict=True):
        assert list(line.y) == pytest.approx(path)
    numbers = {note.text: (note.x, note.y) for note in picture.layout.annotations}
    assert numbers["<b>1</b>"] == (2, 0.4) and numbers["<b>2</b>"] == (5, 0.99) and numbers["<b>3</b>"] == (1, 0.45)
    assert len({line.line.dash for line in picture.data}) == 3  # never told apart by colour


@pytest.mark.parametrize("classes", [2, 3])
def test_a_guess_is_the_line_of_the_forgotten(classes: int) -> None:
    (level,) = single_sample_forgetting(PATHS, LIGHT, classes=classes).layout.shapes
    assert level.y0 == level.y1 == 1 / classes


def test_no_line_leaves_the_picture() -> None:
    low, high = single_sample_forgetting(PATHS, LIGHT).layout.yaxis.range
    assert low < min(path.min() for path in PATHS) and max(path.max() for path in PATHS) <= high


def test_the_sentence_names_both_ends_of_each() -> None:
    words = describe_single_sample_forgetting(PATHS)
    assert "sample 1 from 90.0 % to 40.0 % in 2 steps, 2 from 99.0 % to 99.0 % in 5 steps" in words

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.figures.gradient_against_alpha import describe_gradient, gradient_against_alpha
from explorer.figures.theme import Theme

ALPHA = np.array([0.2, 0.5, 0.8, 0.9, 1.0, 1.0])
GRADIENT = np.array([10.0, 5.0, 0.0, 1.0, 0.5, 2.0])
ALONE = np.array([False] * 5 + [True])


def test_nothing_is_moved_but_what_a_log_axis_cannot_hold(data: Any, theme: Theme) -> None:
    draws = np.random.default_rng(0)
    n = len(data.points)
    alpha, gradient = draws.random(n).astype(np.float32), draws.lognormal(size=n).astype(np.float32)
    gradient[::7] = 0
    picture = gradient_against_alpha(
        alpha, gradient, data.labels, data.forget, data.alone, theme,
        tau=0.75, classes=data.classes,
    )  # fmt: skip
    low, high = (10**end for end in picture.layout.yaxis.range)
    for trace in picture.data:
        for x, y, index in zip(trace.x, trace.y, trace.customdata, strict=True):
            at = int(index)
            assert x == alpha[at]
            assert y == gradient[at] or (gradient[at] == 0 and low < y < gradient[gradient > 0].min())
            assert low < y < high
    assert picture.layout.yaxis.type == "log"
    assert picture.layout.yaxis.title.text == "gradient norm (log)"
    assert [trace.name for trace in picture.data] == [*data.classes, "no neighbours", "forget set"]


def test_tau_parts_high_from_low_and_counts_those_alone_apart(theme: Theme) -> None:
    labels, forget = np.zeros(6, dtype=int), np.zeros(6, dtype=bool)
    layout = gradient_against_alpha(ALPHA, GRADIENT, labels, forget, ALONE, theme, tau=0.8, classes=("A",)).layout
    words = [note.text for note in layout.annotations]
    assert words == ["high information<br>2 (33.3 %)", "low information<br>3 (50.0 %)", "τ = 0.80"]
    assert "1 with no neighbours within r" in layout.xaxis.title.text
    assert layout.shapes[0].x0 == 0.8


def test_some_are_drawn_and_all_are_counted(theme: Theme) -> None:
    labels, forget = np.zeros(6, dtype=int), np.array([False] * 4 + [True] * 2)
    picture = gradient_against_alpha(
        ALPHA, GRADIENT, labels, forget, ALONE, theme, tau=0.8, classes=("A",), drawn=np.array([0, 4])
    )
    assert [list(trace.customdata) for trace in picture.data] == [[0, 4], [], [4]]
    assert [note.text for note in picture.layout.annotations][:2] == [
        "high information<br>2 (33.3 %)", "low information<br>3 (50.0 %)",
    ]  # fmt: skip


def test_a_flat_model_can_be_drawn(theme: Theme) -> None:
    labels, forget = np.zeros(6, dtype=int), np.zeros(6, dtype=bool)
    assert gradient_against_alpha(ALPHA, 0 * GRADIENT, labels, forget, ALONE, theme, tau=0.8, classes=("A",)).to_json()


def test_the_sentence_counts() -> None:
    words = describe_gradient(ALPHA, GRADIENT, ALONE, tau=0.8)
    assert (
        "33.3 % carry high information (alpha below 0.80), 50.0 % carry low information, and 16.7 % have no "
        "neighbours within r" in words
    )
    assert words.endswith("Drawn at the lower edge: 1 sample with gradient 0.")

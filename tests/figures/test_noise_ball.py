from __future__ import annotations

import numpy as np
import pytest

from explorer.figures.noise_ball import (
    BAND,
    describe_ratios_by_margin,
    describe_running_mean,
    ratios_by_margin,
    running_mean,
)

DRAWS = np.random.default_rng(0)
RATIOS = DRAWS.random(50) + 0.5


@pytest.mark.parametrize("perturbations", [1, 16, 50])
def test_the_running_mean_and_its_band(theme, perturbations):
    figure = running_mean(RATIOS, 0.9, theme, perturbations=perturbations)
    band, mean, limit = figure.data
    for n in (2, 7, 50):
        first = RATIOS[:n]
        error = BAND * first.std(ddof=1) / n**0.5
        assert mean.y[n - 1] == pytest.approx(first.mean(), rel=1e-5)
        assert (band.y[-n], band.y[n - 1]) == pytest.approx((first.mean() - error, first.mean() + error), rel=1e-4)
    assert set(limit.y) == {0.9} and "σ" in limit.name
    assert [shape.x0 for shape in figure.layout.shapes] == [perturbations]


def test_one_copy_alone_has_a_mean_and_no_more(theme):
    figure = running_mean(np.array([0.4]), 0.9, theme, perturbations=1)
    assert figure.data[1].y.tolist() == pytest.approx([0.4]) and np.isfinite(figure.data[0].y).all()


def test_copies_on_either_side_of_the_sample(theme):
    margins, ratios, predictions = np.array([-1.0, -0.5, 0.5]), np.array([2.0, 4.0, 1.0]), np.array([1, 0, 0])
    figure = ratios_by_margin(margins, ratios, predictions, theme, classes=("A", "B"))
    assert [(trace.name, sorted(trace.x)) for trace in figure.data] == [
        ("predicted as A", [-0.5, 0.5]), ("predicted as B", [-1.0]),
    ]  # fmt: skip
    low, high = figure.layout.xaxis.range
    assert low == -high and low < -1
    texts = " ".join(note.text for note in figure.layout.annotations)
    assert "n = 2<br>mean k 3" in texts and "n = 1<br>mean k 1" in texts


@pytest.mark.parametrize(("push", "way"), [(-0.1, "toward the boundary"), (0.1, "away from the boundary")])
def test_the_words(push, way):
    words = describe_ratios_by_margin(np.array([-1.0, -2.0]), np.array([2.0, 4.0]), push)
    assert words.startswith(
        "2 copies are closer to the boundary than the sample (mean k 3), 0 copies are farther away."
    )
    assert way in words
    assert "first 10 copies" in describe_running_mean(RATIOS, 0.9, 10)
    assert f"{RATIOS.mean():.3g}" in describe_running_mean(RATIOS, 0.9, 10)

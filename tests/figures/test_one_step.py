from __future__ import annotations

import numpy as np
import pytest

from explorer.figures.one_step import MOST, REACH, describe_pull, pull
from explorer.figures.theme import LIGHT, Theme

CLASSES = tuple("abcdefghijkl")
DRAWS = np.random.default_rng(2)
CLEAN, NOISY = np.array([0.5, 0.3, 0.2]), np.array([0.52, 0.28, 0.2])


def arrows(figure):
    return {note.y: (note.ax, note.x) for note in figure.layout.annotations}


def test_an_arrow_goes_the_way_of_the_pull_even_where_the_copies_mean_lies_the_other_way(theme: Theme) -> None:
    found = arrows(pull(CLEAN, NOISY, np.array([-3.0, 1.5, 0.0]), theme, classes=CLASSES, unit="probability"))
    assert found == {"a": pytest.approx((0.5, 0.5 - REACH)), "b": pytest.approx((0.3, 0.3 + REACH / 2))}


def test_arrows_stay_within_what_a_probability_can_be() -> None:
    clean = np.array([0.9, 0.05, 0.05])
    found = arrows(pull(clean, NOISY, np.array([4.0, 0.0, -4.0]), LIGHT, classes=CLASSES, unit="probability"))
    assert found == {"a": pytest.approx((0.9, 1.0)), "c": pytest.approx((0.05, 0.0))}


def test_of_many_classes_those_with_the_largest_outputs_are_drawn(theme: Theme) -> None:
    clean, noisy = DRAWS.normal(size=(2, 12))
    figure = pull(clean, noisy, DRAWS.normal(size=12), theme, classes=CLASSES, unit="logit")
    assert len(figure.data[0].y) == MOST and set(arrows(figure)) <= set(figure.data[0].y)


def test_the_sentence_follows_the_pull_and_says_none_where_both_outputs_move() -> None:
    sentences = [
        describe_pull(CLEAN, NOISY, way, 0, CLASSES, "probability") for way in (-CLEAN, CLEAN, 0 * CLEAN, None)
    ]
    outputs = "The model's probability of a is 0.50 for the sample and 0.52 on average for its copies."
    weights = "Each noisy copy contributes a vector of equal weight, independent of its distance in output space."
    assert sentences == [
        f"{outputs} {weights} A descent step decreases the output for a.",
        f"{outputs} {weights} A descent step increases the output for a.",
        f"{outputs} The noisy copies give no gradient for this output.",
        f"{outputs} The gradient flows through both outputs, so the step changes both.",
    ]
    assert arrows(pull(CLEAN, NOISY, None, LIGHT, classes=CLASSES, unit="logit")) == {}

"""What the Information page reads off its measurements: the radius in use, and how two readings go together."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from explorer.ui.information import Information, relation

RADII = np.array([0.1, 0.2, 0.4])


@pytest.mark.parametrize(
    ("radius", "position"), [(0.01, 0), (0.1, 0), (0.15, 0), (0.2, 1), (0.39, 1), (0.4, 2), (9.0, 2)]
)
def test_the_largest_radius_that_is_not_above_the_chosen_one(radius, position):
    counts = np.array([[1, 1, 2], [1, 2, 3]])
    assert Information(RADII, counts / 3, counts, {}).at(radius) == position


def test_the_share_of_samples_alone_in_their_ball():
    counts = np.array([[1, 1, 2], [1, 2, 3], [1, 1, 2], [1, 4, 4]])
    np.testing.assert_array_equal(Information(RADII, counts / 4, counts, {}).alone, [1.0, 0.5, 0.0])


def test_rho_is_spearmans_and_lies_in_its_interval():
    draw = np.random.default_rng(3)
    alpha = draw.uniform(size=80)
    gradient = -alpha + draw.normal(0, 0.5, 80)
    rho, (low, high) = relation(alpha, gradient)
    assert rho == pytest.approx(spearmanr(alpha, gradient).statistic)
    assert -1 <= low < rho < high <= 1
    assert relation(alpha, gradient) == (rho, (low, high))  # drawn with a seed of its own


@pytest.mark.parametrize(
    ("alpha", "gradient"),
    [(np.ones(20), np.arange(20.0)), (np.arange(20.0), np.zeros(20)), (np.arange(9.0), np.arange(9.0))],
    ids=["one alpha", "one gradient", "too few"],
)
def test_no_relation_where_there_is_none_to_measure(alpha, gradient):
    assert relation(alpha, gradient) == (None, None)

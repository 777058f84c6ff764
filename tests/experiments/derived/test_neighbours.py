"""Neighbours of every sample of a story: counted once, kept, and true."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.background.progress import ignore_progress
from explorer.experiments.derived.neighbours import NEIGHBOURS, Neighbours
from explorer.experiments.derived.points import points_of
from explorer.geometry import neighbourhoods
from tests.experiments.conftest import never, stop


def test_the_largest_radius_that_is_not_above_the_chosen_one():
    counts = np.array([[1, 1, 2], [1, 2, 3]])
    found = Neighbours(np.array([0.1, 0.2, 0.4]), counts, counts)
    assert [found.at(radius) for radius in (0.01, 0.1, 0.15, 0.2, 0.39, 0.4, 9.0)] == [0, 0, 0, 1, 1, 2, 2]
    np.testing.assert_array_equal(found.alone, [1.0, 0.5, 0.0])


@pytest.mark.parametrize("space", ["inputs", "features"])
def test_neighbours_are_counted_once(story, space):
    network = story.original
    assert not NEIGHBOURS.stored(story, space)
    found = NEIGHBOURS.get(story, network, ignore_progress, space)
    assert NEIGHBOURS.stored(story, space)
    again = NEIGHBOURS.get(story, network, never, space)
    expected = neighbourhoods(points_of(story, space, network), story.data.train.y, found.radii)
    np.testing.assert_array_equal(found.counts, expected.counts)
    np.testing.assert_allclose(found.alpha, expected.alpha, rtol=1e-6)
    np.testing.assert_array_equal(again.alike, found.alike)


def test_a_stop_leaves_nothing_behind(story):
    with pytest.raises(KeyboardInterrupt):
        NEIGHBOURS.get(story, story.original, stop, "inputs")
    assert not NEIGHBOURS.stored(story, "inputs")

"""The samples of a story as points, and where they stand on a map."""

from __future__ import annotations

import numpy as np
from sklearn.decomposition import PCA

from explorer.experiments.derived import points
from explorer.experiments.derived.points import POSITIONS, points_of, positions_of, positions_stored


def test_on_the_plane_samples_stand_where_they_are(story):
    assert positions_stored(story, "inputs")
    network = story.original
    places = positions_of(story, "inputs", network)
    assert places.shape == (len(story.data.train), 2) and places.dtype == np.float32
    np.testing.assert_array_equal(places, points_of(story, "inputs", network))
    np.testing.assert_array_equal(places, story.data.train.x.numpy())


def test_features_stand_on_two_principal_components(story):
    network = story.original
    assert not positions_stored(story, "features")
    places = positions_of(story, "features", network)
    assert positions_stored(story, "features")
    assert places.shape == (len(story.data.train), 2) and places.dtype == np.float32
    expected = PCA(2, svd_solver="full").fit_transform(points_of(story, "features", network))
    np.testing.assert_allclose(places, expected, atol=1e-5)
    np.testing.assert_array_equal(positions_of(story, "features", network), places)


def test_positions_of_large_sets_are_the_same_up_to_the_sign_of_an_axis(story, monkeypatch):
    network = story.original
    small = positions_of(story, "features", network)
    monkeypatch.setattr(points, "LARGE", 1)
    story.store.remove(POSITIONS.key(story, "features"))
    large = positions_of(story, "features", network)
    np.testing.assert_allclose(np.abs(large), np.abs(small), atol=1e-3)

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.geometry.homogeneity import homogeneity
from explorer.settings import InputError


@given(st.integers(0, 1000), st.floats(0.05, 3))
def test_against_a_plain_loop(seed, radius):
    random = np.random.default_rng(seed)
    x, y, places = random.normal(size=(30, 2)), random.integers(0, 3, 30), random.normal(size=(12, 2))
    found = homogeneity(x, y, radius, places)
    for place, share in zip(places, found, strict=True):
        inside = y[np.linalg.norm(x - place, axis=1) <= radius]
        if len(inside):
            assert share == pytest.approx(np.bincount(inside).max() / len(inside))
        else:
            assert np.isnan(share)


def test_a_negative_radius_is_refused():
    with pytest.raises(InputError, match="radius"):
        homogeneity(np.zeros((2, 2)), np.array([0, 1]), -1.0, np.zeros((1, 2)))

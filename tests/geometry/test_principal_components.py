"""Principal components block by block are scikit-learn's, and may be stopped between two blocks."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA

from explorer.geometry import principal_components
from explorer.geometry.principal_components import BLOCK

POINTS = (
    np.random.default_rng(0).normal(size=(2 * BLOCK + 7, 6)) * [1, 9, 2, 0.5, 5, 1] + 3
).astype(np.float32)  # fmt: skip


def test_they_are_those_of_all_points_at_once_up_to_the_sign_of_an_axis():
    found, expected = principal_components(POINTS), PCA(2, svd_solver="full").fit_transform(POINTS)
    assert found.shape == (len(POINTS), 2) and found.dtype == np.float32
    signs = np.sign((found * expected).sum(0))
    np.testing.assert_allclose(found * signs, expected, atol=1e-3)


def test_a_stop_waits_for_one_block():
    heard = []

    def stop(done):
        heard.append(done)
        if len(heard) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        principal_components(POINTS, progress=stop)
    assert heard == [0.0, BLOCK / len(POINTS)]

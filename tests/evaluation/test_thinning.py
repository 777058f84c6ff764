"""thinned: the forget set whole, each class its share, never more than was asked for."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from explorer.evaluation import thinned


@given(st.integers(1, 400), st.integers(0, 100), st.integers(8, 200), st.integers(0, 2**32 - 1))
def test_it_keeps_the_forget_set_and_bounds_the_rest(n, forgotten, limit, seed):
    draw = np.random.default_rng(seed)
    labels, forget = draw.integers(0, 5, n), draw.choice(n, min(forgotten, n), replace=False)
    found = thinned(labels, forget, limit, seed)
    assert np.array_equal(found, np.unique(found)) and found.min() >= 0 and found.max() < n
    if n <= limit:
        assert len(found) == n
        return
    assert np.isin(forget, found).all()
    assert len(found) <= max(limit, len(forget) + limit // 4)
    assert len(found) - len(forget) == min(n - len(forget), max(limit - len(forget), limit // 4))
    assert np.array_equal(found, thinned(labels, forget, limit, seed))


@given(st.integers(0, 50))
def test_each_class_has_its_share(seed):
    labels = np.repeat([0, 1, 2, 3], [4000, 2000, 1000, 1000])
    shares = np.bincount(labels[thinned(labels, [], 800, seed)]) / 800
    assert np.allclose(shares, [0.5, 0.25, 0.125, 0.125], atol=0.003)


def test_other_seeds_draw_others():
    labels = np.zeros(1000, dtype=int)
    assert not np.array_equal(thinned(labels, [3], 100, 0), thinned(labels, [3], 100, 1))

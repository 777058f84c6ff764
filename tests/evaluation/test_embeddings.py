"""One shared map: what is the same up to a rotation lands in the same place, and what moved does not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ortho_group
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from explorer.evaluation import drift, shared_map
from explorer.settings import InputError


def original(n=150, seed=0):
    return load_digits().data[np.random.default_rng(seed).permutation(1797)[:n], 10:30]


def rotated(features, seed=0):
    return features @ ortho_group.rvs(features.shape[1], random_state=seed) + 7


def test_pca_is_that_of_the_original():
    first, second = original(), original(seed=1)
    found = shared_map({"original": first, "unlearned": second})
    fitted = PCA(2, svd_solver="full").fit(first)
    np.testing.assert_allclose(found.coordinates["original"], fitted.transform(first), atol=1e-4)
    np.testing.assert_allclose(found.coordinates["unlearned"], fitted.transform(second), atol=1e-4)


def test_a_rotated_copy_lands_on_the_same_map():
    features = original()
    found = shared_map({"original": features, "retrained": rotated(features)})
    np.testing.assert_allclose(found.coordinates["retrained"], found.coordinates["original"], atol=1e-3)
    assert found.trustworthiness["retrained"] == pytest.approx(found.trustworthiness["original"], abs=0.01)
    left = shared_map({"original": features, "retrained": rotated(features)}, aligned=())
    assert np.abs(left.coordinates["retrained"] - left.coordinates["original"]).max() > 1


def test_the_rotation_is_found_on_retained_samples_alone():
    features = original()
    moved = features.copy()
    moved[:20] += 30 * np.random.default_rng(0).normal(size=(20, features.shape[1]))
    given = {"original": features, "retrained": rotated(moved)}
    found = shared_map(given, retained=np.arange(20, 150)).coordinates
    np.testing.assert_allclose(found["retrained"][20:], found["original"][20:], atol=1e-3)
    assert np.abs(found["retrained"][:20] - found["original"][:20]).max() > 10
    everyone = shared_map(given).coordinates
    assert np.abs(everyone["retrained"][20:] - everyone["original"][20:]).max() > 1


def test_trustworthiness_tells_a_faithful_map_from_a_poor_one():
    flat = np.random.default_rng(0).normal(size=(100, 2)) @ np.random.default_rng(1).normal(size=(2, 8))
    deep = np.random.default_rng(0).normal(size=(100, 40))
    assert shared_map({"original": flat}).trustworthiness["original"] == pytest.approx(1)
    assert shared_map({"original": deep}).trustworthiness["original"] < 0.8


@pytest.mark.timeout(300)  # umap compiles for half a minute, longer on a busy machine
def test_umap_places_a_rotated_copy_beside_the_original():
    features = original(200)  # of 80, a copy lands up to .28 of the spread away, depending on seed and processor
    told = []
    found = shared_map(
        {"retrained": rotated(features), "original": features}, method="umap", seed=3, progress=told.append
    )
    assert told == sorted(told) and told[0] >= 0 and told[-1] <= 1 and len(set(told)) > 1
    assert list(found.coordinates) == ["retrained", "original"]
    first, second = found.coordinates["original"], found.coordinates["retrained"]
    assert first.shape == second.shape == (200, 2)
    spread = np.linalg.norm(first - first.mean(0), axis=1).mean()
    assert np.median(np.linalg.norm(first - second, axis=1)) < 0.25 * spread
    assert found.trustworthiness["original"] > 0.8


def test_drift_is_the_way_from_one_map_to_the_other_in_shares_of_the_first():
    before = np.array([[0, 0], [3, 4], [1, 1], [2, 2]], dtype=np.float32)
    after = before + np.array([[0, 0], [0, 5], [1, 0], [0, -2.5]], dtype=np.float32)
    found = drift(before, after, most=2)
    np.testing.assert_allclose(found.shares, [0, 1, 0.2, 0.5])
    assert found.farthest.tolist() == [1, 3]
    assert drift(before, after).farthest.tolist() == [1, 3, 2]
    assert drift(7 * before - 2, 7 * after - 2).shares == pytest.approx(found.shares)
    assert drift(before, before).farthest.tolist() == []
    assert len(drift(np.zeros((90, 2)), np.random.default_rng(0).normal(size=(90, 2))).farthest) == 40
    with pytest.raises(InputError, match="same samples"):
        drift(before, after[:3])


@pytest.mark.parametrize(
    ("features", "options", "sentence"),
    [
        ({"original": np.zeros((20, 3))}, {"method": "tsne"}, "pca or umap"),
        ({"unlearned": np.zeros((20, 3))}, {}, "not on 'original'"),
        ({"original": np.zeros((20, 3)), "retrained": np.zeros((20, 4))}, {}, "same width"),
        ({"original": np.zeros((5, 3))}, {}, "at least 10"),
        ({"original": np.full((20, 3), np.nan)}, {}, "finite"),
    ],
)
def test_bad_input_is_one_sentence(features, options, sentence):
    with pytest.raises(InputError, match=sentence):
        shared_map(features, **options)

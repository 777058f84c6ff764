"""alpha(x) against scikit-learn's radius neighbours, a plain loop, and properties that hold for any data."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.datasets import load_digits, load_iris, make_moons
from sklearn.neighbors import NearestNeighbors

from explorer.geometry import alone, low_information, neighbourhoods, radius_grid
from explorer.settings import InputError


def by_scikit_learn(x, y, radius, queries=None, query_labels=None):
    """alpha and counts of one radius from scikit-learn's lists of neighbours."""
    queries, query_labels = (x, y) if queries is None else (queries, query_labels)
    found = NearestNeighbors(radius=radius).fit(x).radius_neighbors(queries, return_distance=False)
    counts = np.array([len(ball) for ball in found])
    balls = zip(found, query_labels, strict=True)
    return np.array([(y[ball] == label).mean() if len(ball) else np.nan for ball, label in balls]), counts


def data_sets():
    digits = load_digits()
    moons = make_moons(300, noise=0.25, random_state=3)
    wide = np.random.default_rng(0)
    return {
        "digits, integers full of ties": (digits.data[:700], digits.target[:700], [0, 5, 18, 20, 25, 30, 31, 45, 80]),
        "moons": (*moons, [0.05, 0.1, 0.3, 1.0, 4.0]),
        "iris, with duplicates": (*load_iris(return_X_y=True), [0, 0.13, 0.37, 1.1, 9.0]),
        "wide": (wide.normal(size=(120, 3000)), wide.integers(0, 3, 120), [70.0, 77.0, 78.0, 80.0]),
        "far from zero": (wide.normal(size=(90, 20)) + 1e6, wide.integers(0, 3, 90), [4.0, 5.0, 6.0, 7.0]),
    }


@pytest.mark.parametrize("name", data_sets())
def test_equals_scikit_learn(name):
    x, y, radii = data_sets()[name]
    alpha, counts = neighbourhoods(x, y, radii)
    for column, radius in enumerate(radii):
        expected_alpha, expected_counts = by_scikit_learn(x, y, radius)
        np.testing.assert_array_equal(counts[:, column], expected_counts)
        np.testing.assert_allclose(alpha[:, column], expected_alpha, rtol=1e-12)


@pytest.mark.parametrize(("side", "strip"), [(7, 3), (64, 2), (5, 1)])
def test_every_pair_over_several_blocks(monkeypatch, side, strip):
    module = import_module("explorer.geometry.neighbourhoods")
    monkeypatch.setattr(module, "BLOCK_SAMPLES", side)
    monkeypatch.setattr(module, "STRIP_BLOCKS", strip)
    x, y, radii = data_sets()["iris, with duplicates"]
    x, y, queries, labels = x[::2], y[::2], x[::3], y[::3]
    for arguments, among in (((x, y), x), ((x, y, queries, labels), queries)):
        seen = []
        alpha, counts = neighbourhoods(*arguments[:2], radii, *arguments[2:], progress=seen.append)
        for column, radius in enumerate(radii):
            expected_alpha, expected_counts = by_scikit_learn(x, y, radius, *arguments[2:])
            np.testing.assert_array_equal(counts[:, column], expected_counts)
            np.testing.assert_allclose(alpha[:, column], expected_alpha)
        blocks, others = (-(-len(each) // side) for each in (among, x))
        assert len(seen) == (blocks * others if among is queries else blocks * (blocks + 1) // 2)
        assert seen == sorted(seen) and seen[-1] == 1
    neighbourhoods(x, y, radii, progress=(seen := []).append)
    first = min(side, len(x))
    assert seen[0] == pytest.approx(first * (first + 1) / (len(x) * (len(x) + 1)))


def distances_of(x):
    """All distances in float64, from differences."""
    x = np.asarray(x, dtype=np.float64)
    return np.sqrt(np.stack([((x - each) ** 2).sum(1) for each in x]))


def pictures(n, size, seed=0):
    """Float32 pictures (n, size * size) that look like something: a few smooth shapes, some drawn again and again."""
    random = np.random.default_rng(seed)
    shapes = random.normal(size=(6, 4, 4)).repeat(size // 4, 1).repeat(size // 4, 2).reshape(6, -1)
    return (shapes[random.integers(0, 6, n)] + 0.05 * random.normal(size=(n, size * size))).astype(np.float32)


def wide_sets():
    random = np.random.default_rng(1)
    noise = random.normal(size=(90, 1500)).astype(np.float32)
    return {
        "noise": noise,
        "pictures": pictures(90, 40),
        "copies": noise[random.integers(0, 20, 90)],
        "near copies": (noise[0] + 1e-3 * noise).astype(np.float32),
        "a near copy of each": np.concatenate([noise[:45], noise[:45] + 1e-2 * noise[45:]]).astype(np.float32),
        "near copies far from zero": (noise[0] + 1e3 + 1e-2 * noise).astype(np.float32),
        "outliers": noise * np.where(np.arange(90) % 30, 1, 300).astype(np.float32)[:, None],
        "repeated numbers": np.repeat(noise[:, :1], 1500, 1),
        "whole numbers": random.integers(0, 2, (90, 1500)).astype(np.float32),
        "tiny": noise * np.float32(1e-30),
        "huge": noise * np.float32(1e25),
    }


def radii_between(distances, bands=200):
    """In each of so many bands of the distances, the middle of the widest gap, if it is too wide for a tie."""
    edges = np.unique(distances[distances > 0])
    low, high = edges[:-1], edges[1:]
    gaps = [band[np.argmax((high / low)[band])] for band in np.array_split(np.arange(len(low)), bands) if len(band)]
    return np.array([(low[gap] + high[gap]) / 2 for gap in gaps if high[gap] / low[gap] > 1 + 2.5e-5])


@pytest.mark.parametrize("name", wide_sets())
def test_float32_products_are_right_but_for_ties(name):
    x = wide_sets()[name]
    y = np.arange(len(x)) % 4
    distances = distances_of(x)
    radii = np.concatenate([[0], radii_between(distances)])
    assert len(radii) > 15
    alpha, counts = neighbourhoods(x, y, radii)
    inside = distances[..., None] <= radii
    np.testing.assert_array_equal(counts, inside.sum(1))
    np.testing.assert_allclose(alpha, (inside & (y[:, None] == y)[..., None]).sum(1) / inside.sum(1))


@pytest.mark.parametrize("name", ["pictures", "near copies", "outliers", "whole numbers"])
def test_compiled_loops_do_what_torch_does(monkeypatch, name):
    """In float32 and, without the last columns, in float64; n does not fill the blocks."""
    module = import_module("explorer.geometry.neighbourhoods")
    monkeypatch.setattr(module, "BLOCK_SAMPLES", 40)
    x, y = wide_sets()[name], np.arange(90) % 4
    for inputs in (x, x[:, :1000]):
        radii = np.concatenate([[0], radii_between(distances_of(inputs)), [1e9]])
        for queries in ((), (inputs[::2] + np.float32(1e-3), y[::2])):
            found = []
            for many in (0, np.inf):
                monkeypatch.setattr(module, "COMPILE_PAIRS", many)
                found.append(neighbourhoods(inputs, y, radii, *queries))
            np.testing.assert_array_equal(found[0].counts, found[1].counts)
            np.testing.assert_array_equal(found[0].alpha, found[1].alpha)


def test_float64_takes_over_where_float32_leaves_much_in_doubt(monkeypatch):
    x = wide_sets()["near copies"]
    rings = import_module("explorer.geometry.rings")
    radii = np.linspace(*np.quantile(distances_of(x)[0, 1:], [0.1, 0.9]), 100)
    expected = neighbourhoods(x.astype(np.float64), np.zeros(len(x)), radii).counts
    monkeypatch.setattr(rings, "MAX_RECHECKED", 0)
    np.testing.assert_array_equal(neighbourhoods(x, np.zeros(len(x)), radii).counts, expected)
    monkeypatch.setattr(rings, "MAX_RECHECKED", 1)
    np.testing.assert_array_equal(neighbourhoods(x, np.zeros(len(x)), radii).counts, expected)


@pytest.mark.parametrize(
    "kind", [torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.int64, torch.uint8]
)
@pytest.mark.parametrize("width", [16, 1100])
def test_whatever_kind_of_numbers(kind, width):
    x = torch.randint(0, 7, (40, width), generator=torch.Generator().manual_seed(0)).to(kind)
    distances = distances_of(x.double().numpy())
    radii = np.quantile(distances, [0.2, 0.5, 0.8]) + 1e-3
    _, counts = neighbourhoods(x, torch.zeros(40), radii)
    np.testing.assert_array_equal(counts, (distances[..., None] <= radii).sum(1))


def test_a_distance_equal_to_the_radius_is_inside():
    x = np.array([[0.0, 0.0], [3.0, 4.0], [0.1, 0.2]])
    distance = np.sqrt(((x[0] - x[2]) ** 2).sum())
    below = np.nextafter(distance, 0)
    _, counts = neighbourhoods(x, np.zeros(3), [below, distance, 5.0])
    assert counts[0].tolist() == [1, 2, 3]


def test_queries_are_other_points_and_may_have_an_empty_ball():
    x, y = make_moons(100, noise=0.1, random_state=0)
    queries, labels = np.array([[0.0, 0.5], [50.0, 50.0]]), np.array([1, 0])
    alpha, counts = neighbourhoods(x, y, [0.5, 1.0], queries, labels)
    for column, radius in enumerate([0.5, 1.0]):
        expected_alpha, expected_counts = by_scikit_learn(x, y, radius, queries, labels)
        np.testing.assert_array_equal(counts[:, column], expected_counts)
        np.testing.assert_allclose(alpha[:, column], expected_alpha)
    assert counts[1].tolist() == [0, 0] and np.isnan(alpha[1]).all()


def test_tensors_of_pictures_and_arrays_agree_and_are_left_alone():
    pictures = torch.randn(30, 1, 4, 4, generator=torch.Generator().manual_seed(0))
    y = torch.arange(30) % 3
    before = pictures.clone()
    frozen = pictures.flatten(1).numpy().copy()
    frozen.flags.writeable = False
    for kind in (pictures, frozen, np.asfortranarray(frozen)):
        alpha, counts = neighbourhoods(kind, y, [4.0, 5.0, 6.0])
        assert alpha.shape == counts.shape == (30, 3)
        np.testing.assert_array_equal(counts[:, 1], by_scikit_learn(frozen, y.numpy(), 5.0)[1])
    assert torch.equal(pictures, before)


def test_one_sample_and_one_class():
    alpha, counts = neighbourhoods([[1.0, 2.0]], [7], [0.0, 1e9])
    assert alpha.tolist() == [[1, 1]] and counts.tolist() == [[1, 1]]
    alpha, counts = neighbourhoods(np.zeros((4, 2)), np.full(4, 5), 0.0)
    assert alpha.ravel().tolist() == [1] * 4 and counts.ravel().tolist() == [4] * 4


def test_low_information_and_isolated_samples():
    assert low_information(np.array([0.2, 0.8, 1.0, np.nan]), 0.8).tolist() == [False, True, True, False]
    assert alone(np.array([0, 1, 2])).tolist() == [False, True, False]
    with pytest.raises(InputError, match="0 to 1"):
        low_information(np.ones(2), float("nan"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"radii": [-1.0]}, "at least 0"),
        ({"radii": [float("nan")]}, "at least 0"),
        ({"radii": [1.0, 1.0]}, "increase"),
        ({"radii": [2.0, 1.0]}, "increase"),
        ({"radii": []}, "at least one"),
        ({"x": np.array([[np.nan, 0.0]] * 4)}, "finite"),
        ({"x": np.zeros((0, 2)), "y": np.zeros(0)}, "no samples"),
        ({"y": np.zeros(3)}, "labels"),
        ({"queries": np.zeros((1, 2))}, "together"),
        ({"queries": np.zeros((1, 3)), "query_labels": np.zeros(1)}, "numbers each and must have"),
    ],
)
def test_bad_input_is_one_sentence(change, sentence):
    given_values = {"x": np.zeros((4, 2)), "y": np.zeros(4), "radii": [1.0]} | change
    with pytest.raises(InputError, match=sentence):
        neighbourhoods(**given_values)


def test_progress_may_stop_the_pass():
    def stop(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        neighbourhoods(np.zeros((4, 2)), np.zeros(4), [1.0], progress=stop)


clouds = st.integers(1, 25).flatmap(
    lambda n: st.tuples(
        arrays(np.float32, (n, 3), elements=st.integers(-4, 4) | st.floats(-10, 10, width=32)),
        arrays(np.int64, n, elements=st.integers(0, 2)),
    )
)
grids = st.lists(st.integers(0, 12) | st.floats(0, 20), min_size=1, max_size=6, unique=True).map(sorted)


@settings(max_examples=60, deadline=None)
@given(clouds, grids, st.randoms(use_true_random=False))
def test_what_holds_for_any_data(cloud, radii, random):
    x, y = cloud
    alpha, counts = neighbourhoods(x, y, radii)
    distances = np.sqrt(((x[:, None].astype(float) - x[None].astype(float)) ** 2).sum(-1))
    for column, radius in enumerate(radii):
        inside = distances <= radius
        np.testing.assert_array_equal(counts[:, column], inside.sum(1))
        np.testing.assert_allclose(alpha[:, column], (inside & (y[:, None] == y)).sum(1) / inside.sum(1))
    assert (alpha > 0).all() and (alpha <= 1).all()
    assert (np.diff(counts, axis=1) >= 0).all() and (counts >= 1).all()

    order = random.sample(range(len(x)), len(x))
    shuffled = neighbourhoods(x[order], y[order], radii)
    np.testing.assert_array_equal(shuffled.counts, counts[order])
    np.testing.assert_array_equal(shuffled.alpha, alpha[order])

    everything, _ = neighbourhoods(x, y, [np.inf])
    np.testing.assert_allclose(everything[:, 0], [(y == label).mean() for label in y])


def test_radius_grid_spans_from_nearest_neighbours_to_half_of_all_pairs():
    x, y = make_moons(250, noise=0.2, random_state=0)
    radii = radius_grid(x, 40)
    distances = np.sqrt(((x[:, None] - x[None]) ** 2).sum(-1))
    pairs = distances[~np.eye(len(x), dtype=bool)]
    nearest = np.where(distances == 0, np.inf, distances).min(1)
    assert radii.shape == (40,)
    assert radii[0] == pytest.approx(np.quantile(nearest, 0.05), rel=1e-6)
    assert radii[-1] == pytest.approx(np.median(pairs), rel=1e-2)
    assert neighbourhoods(x, y, radii).counts.shape == (250, 40)
    np.testing.assert_array_equal(radii, radius_grid(x, 40))


@pytest.mark.parametrize("x", [np.zeros((5, 3)), np.ones((1, 2)), np.array([[0.0], [0.0], [0.0], [0.0], [7.0]])])
def test_radius_grid_increases_whatever_the_data(x):
    neighbourhoods(x, np.zeros(len(x)), radius_grid(x, 5))

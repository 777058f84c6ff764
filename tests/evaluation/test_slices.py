"""Boundary slices: the grid's orientation, a model's answer at every point, and what share changes side."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from explorer.data import Split
from explorer.evaluation import CORNERS, boundary_slice, disagreement, grid_through, nearest_corners, plane_grid
from explorer.settings import InputError


def corners():
    return Split(torch.tensor([[-1.0, 0.0], [3.0, 10.0]]), torch.tensor([0, 1]))


def test_the_grid_spans_the_samples_and_a_margin():
    grid = plane_grid(corners(), size=5, margin=0.25)
    assert grid.xs.tolist() == [-2, -0.5, 1, 2.5, 4]
    assert grid.ys.tolist() == [-2.5, 1.25, 5, 8.75, 12.5]
    assert grid.points.shape == (25, 2) and grid.points.dtype == torch.float32


def test_rows_run_along_y_and_columns_along_x():
    grid = plane_grid(corners(), size=6)

    class Coordinates(nn.Module):
        def forward(self, x):
            return x.log_softmax(1).detach() + x

    found = boundary_slice(Coordinates(), grid)
    assert found.shape == (6, 6, 2) and found.dtype == np.float32
    for row, y in enumerate(grid.ys):
        for column, x in enumerate(grid.xs):
            expected = torch.tensor([[x, y]]).mul(2).softmax(1)[0]
            np.testing.assert_allclose(found[row, column], expected, atol=1e-6)


def test_disagreement_is_the_share_that_changes_side():
    grid = plane_grid(corners(), size=20)
    left, right = nn.Linear(2, 2), nn.Linear(2, 2)
    for net, threshold in ((left, 0.0), (right, 1.0)):
        nn.init.zeros_(net.weight)
        net.weight.data[1, 0] = 1
        net.bias.data.copy_(torch.tensor([0.0, -threshold]))
    a, b = boundary_slice(left, grid), boundary_slice(right, grid)
    assert disagreement(a, a) == 0
    assert disagreement(a, b) == pytest.approx(((grid.xs > 0) & (grid.xs <= 1)).mean())
    with pytest.raises(InputError, match="one grid"):
        disagreement(a, b[:5])


def test_a_single_point_has_a_plane_around_it():
    grid = plane_grid(Split(torch.zeros(1, 2), torch.zeros(1, dtype=torch.long)), size=3, margin=0.5)
    assert grid.xs.tolist() == grid.ys.tolist() == [-0.5, 0, 0.5]


@pytest.mark.parametrize(("x", "size"), [(torch.zeros(4, 3), 9), (torch.zeros(4, 1, 2), 9), (torch.zeros(4, 2), 1)])
def test_bad_input_is_one_sentence(x, size):
    with pytest.raises(InputError):
        plane_grid(Split(x, torch.zeros(4, dtype=torch.long)), size)


def pictures(*values):
    return torch.tensor(values, dtype=torch.float32).view(len(values), 1, 2, 2)


def test_the_three_samples_stand_at_the_corners_of_the_slice():
    corners = pictures([0, 0, 0, 0], [4, 0, 0, 0], [1, 0, 3, 0])
    grid = grid_through(corners, size=61)
    assert grid.points.shape == (len(grid.xs) * len(grid.ys), 1, 2, 2) and grid.points.dtype == torch.float32
    assert grid.xs[1] - grid.xs[0] == pytest.approx(grid.ys[1] - grid.ys[0], rel=0.02)
    for (x, y), expected in zip(CORNERS, corners, strict=True):
        row, column = np.abs(grid.ys - y).argmin(), np.abs(grid.xs - x).argmin()
        found = grid.points[row * len(grid.xs) + column]
        assert (found - expected).norm() < 4 * 2 * (grid.xs[1] - grid.xs[0])  # no further than a cell
    assert grid.xs[0] < 0 and grid.xs[-1] > 1 and grid.ys[0] < 0 and grid.ys[-1] > CORNERS[2, 1]


def test_every_point_of_the_slice_is_the_same_mixture_of_the_samples_as_of_the_corners():
    draws = np.random.default_rng(3)
    corners = torch.from_numpy(draws.normal(size=(3, 1, 2, 2))).float()
    grid = grid_through(corners, size=7)
    across, along = np.meshgrid(grid.xs, grid.ys)
    places = np.stack([across.ravel(), along.ravel(), np.ones(across.size)])
    weights = np.linalg.solve(np.vstack([CORNERS.T, np.ones(3)]), places)  # barycentric coordinates, by another way
    np.testing.assert_allclose(grid.points.flatten(1), weights.T @ corners.flatten(1).numpy(), atol=1e-4)


def test_a_slice_asks_the_network_for_pictures():
    class Brightness(nn.Module):
        def forward(self, x):
            assert x.shape[1:] == (1, 2, 2)
            return torch.stack([x.sum((1, 2, 3)), torch.ones(len(x))], 1)

    grid = grid_through(pictures([0, 0, 0, 0], [4, 0, 0, 0], [1, 0, 3, 0]), size=9)
    found = boundary_slice(Brightness(), grid)
    assert found.shape == (len(grid.ys), 9, 2)
    brightness = grid.points.sum((1, 2, 3)).view(found.shape[:2])
    np.testing.assert_array_equal(found.argmax(-1), (brightness <= 1).long())


@pytest.mark.parametrize(
    "samples",
    [
        pictures([0, 0, 0, 0], [1, 2, 3, 4], [2, 4, 6, 8]),
        pictures([0, 0, 0, 0], [1, 2, 3, 4], [1, 2, 3, 4]),
        pictures([1, 2, 3, 4], [1, 2, 3, 4], [0, 0, 0, 0]),
        pictures([1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4]),
        pictures([0, 0, 0, 0], [1, 2, 3, 4], [-0.5, -1, -1.5, -2]),
    ],
    ids=["on a line", "last equal", "first equal", "all equal", "on either side"],
)
def test_three_samples_that_span_no_plane_are_refused(samples):
    with pytest.raises(InputError, match="on one line"):
        grid_through(samples)


def test_a_slice_takes_three_samples_and_two_lines():
    with pytest.raises(InputError, match="three samples, not 2"):
        grid_through(pictures([0, 0, 0, 0], [1, 2, 3, 4]))
    with pytest.raises(InputError, match="at least 2 lines"):
        grid_through(pictures([0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]), size=1)


@given(st.integers(0, 10_000))
def test_the_corners_are_the_nearest_by_a_plain_loop(seed):
    draws = np.random.default_rng(seed)
    n = int(draws.integers(4, 12))
    x, y = torch.from_numpy(draws.integers(0, 3, (n, 1, 2, 2))).float(), torch.from_numpy(draws.integers(0, 2, n))
    split, sample = Split(x, y), int(draws.integers(n))
    same = [float((x[i] - x[sample]).norm()) for i in range(n) if y[i] == y[sample] and (x[i] != x[sample]).any()]
    other = [float((x[i] - x[sample]).norm()) for i in range(n) if y[i] != y[sample] and (x[i] != x[sample]).any()]
    if not same or not other:
        return
    first, second, third = nearest_corners(split, sample)
    assert (first, int(y[second]), int(y[third])) == (sample, int(y[sample]), 1 - int(y[sample]))
    assert float((x[second] - x[sample]).norm()) == min(same)
    assert float((x[third] - x[sample]).norm()) == min(other)


def test_a_sample_alone_in_its_class_has_two_of_others_at_its_side():
    x = pictures([0, 0, 0, 0], [1, 0, 0, 0], [0, 2, 0, 0], [0, 0, 3, 0])
    assert nearest_corners(Split(x, torch.tensor([0, 1, 1, 1])), 0) == (0, 1, 2)
    assert nearest_corners(Split(x, torch.tensor([0, 0, 0, 0])), 3) == (3, 0, 1)
    with pytest.raises(InputError, match="three different samples"):
        nearest_corners(Split(x[[0, 0, 1]], torch.tensor([0, 0, 1])), 0)

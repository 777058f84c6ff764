"""Boundary slices: the grid's orientation, a model's answer at every point, and what share changes side."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from explorer.data import Split
from explorer.evaluation import boundary_slice, disagreement, plane_grid
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

"""augmented: shifts and flips against a plain loop."""

from __future__ import annotations

from typing import get_args

import pytest
import torch

from explorer.models.augmentation import Augmentation, augment

X = torch.arange(6.0 * 2 * 16 * 16).reshape(6, 2, 16, 16) + 1


def drawing(seed=0):
    return torch.Generator().manual_seed(seed)


def moved(picture, down, right, mirrored):
    """A picture whose window is `down` and `right` into a frame of zeros, then mirrored."""
    _, height, width = picture.shape
    found = torch.zeros_like(picture)
    for row in range(height):
        for column in range(width):
            from_row, from_column = row + down - 2, (width - 1 - column if mirrored else column) + right - 2
            if 0 <= from_row < height and 0 <= from_column < width:
                found[:, row, column] = picture[:, from_row, from_column]
    return found


@pytest.mark.parametrize("how", ["shifts", "shifts-and-flips"])
def test_each_picture_is_one_of_the_moved_ones(how):
    generator, twin = drawing(3), drawing(3)
    found = augment(X, how, generator)
    down, right = (torch.randint(5, (6, 1), generator=twin) for _ in range(2))
    mirrored = torch.rand((6, 1), generator=twin) < 0.5 if how == "shifts-and-flips" else torch.zeros(6, 1)
    for index in range(6):
        expected = moved(X[index], int(down[index]), int(right[index]), bool(mirrored[index]))
        assert torch.equal(found[index], expected)
    assert torch.equal(generator.get_state(), twin.get_state())


def test_none_draws_nothing():
    generator = drawing()
    before = generator.get_state()
    assert augment(X, "none", generator) is X and torch.equal(generator.get_state(), before)


def test_every_way_leaves_the_shape_and_the_given_pictures():
    before = X.clone()
    for how in get_args(Augmentation):
        assert augment(X, how, drawing()).shape == X.shape
    assert torch.equal(X, before)

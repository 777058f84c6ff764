"""Stored slices are those of `boundary_slice`, and are cut once for each network, its samples and its grid."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from explorer.background.progress import ignore_progress
from explorer.evaluation import boundary_slice, grid_through
from explorer.experiments import Experiment
from explorer.experiments.derived import slices
from explorer.experiments.derived.slices import SLICES
from explorer.models import build_network

PATIENCE = 60  # seconds


@pytest.fixture
def story(home):
    return Experiment("digits", "mlp", 1, "class:1")


@pytest.fixture
def network(story):
    return build_network("mlp", story.data, 1).eval()


def test_a_slice_is_cut_once_for_each_network_its_samples_and_its_grid(story, network, monkeypatch):
    x, one, other = story.data.train.x, story.key("original"), story.key("retrained")
    grid = grid_through(x[[1, 2, 3]], 8)
    found = boundary_slice(network, grid)
    assert np.array_equal(SLICES.get(story, network, ignore_progress, one, (1, 2, 3), grid), found)
    monkeypatch.setattr(slices, "boundary_slice", lambda *_: pytest.fail("cut again"))
    assert np.array_equal(SLICES.get(story, network, ignore_progress, one, (1, 2, 3), grid), found)
    for key, samples, another in (
        (other, (1, 2, 3), grid),
        (one, (3, 2, 1), grid),
        (one, (1, 2, 3), grid_through(x[[1, 2, 3]], 9)),
        (one, (1, 2, 3), grid_through(x[[1, 2, 3]], 8, margin=0.5)),
    ):
        with pytest.raises(pytest.fail.Exception):
            SLICES.get(story, network, ignore_progress, key, samples, another)


def test_a_wait_for_a_slice_that_another_cuts_can_be_ended(story, network, monkeypatch):
    class Enough(Exception):  # noqa: N818 (no error)
        pass

    def enough(share, doing):
        raise Enough

    grid, samples = grid_through(story.data.train.x[[1, 2, 3]], 8), (1, 2, 3)

    def cut_while_another_waits(network, grid):
        with ThreadPoolExecutor(1) as others, pytest.raises(Enough):
            others.submit(SLICES.get, story, network, enough, story.key("original"), samples, grid).result(PATIENCE)
        return boundary_slice(network, grid)

    monkeypatch.setattr(slices, "boundary_slice", cut_while_another_waits)
    found = SLICES.get(story, network, ignore_progress, story.key("original"), samples, grid)
    assert np.array_equal(found, boundary_slice(network, grid))

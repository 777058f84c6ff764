"""The record of a run: bounded, in order, first and newest kept, and readable while it is written."""

from __future__ import annotations

import threading
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy

from explorer.data import ForgetSet, load_dataset, partition
from explorer.experiments import Trajectory
from explorer.experiments.runs.trajectory import GRID_SIDE, RETAINED_TRACKED
from explorer.models import build_network
from explorer.unlearning import Step

DATASET = load_dataset("moons:n=40")
PARTS = partition(DATASET, ForgetSet.parse("near:3@4", DATASET))
NETWORK = build_network("mlp", DATASET)


def step(index, total=10_000):
    return Step(index, total, float(index), torch.tensor([index % 3]), f"detail of {index}")


def empty(limit=200, **given):
    trajectory = Trajectory(DATASET, PARTS, limit, **given)
    trajectory.grid = None  # the boundary takes most of the time, and is looked at once
    return trajectory


def steps(trajectory):
    return [snapshot.step for snapshot in trajectory.snapshots()]


def test_a_snapshot_measures_the_network_of_its_moment():
    trajectory = Trajectory(DATASET, PARTS)
    network = build_network("mlp", DATASET, seed=3)
    trajectory.record(network)
    with torch.no_grad():
        network.head.bias += torch.tensor([0.3, -0.3])
    recorded = trajectory.record(network, step(7, total=9))
    first, second = trajectory.snapshots()
    assert second is recorded
    assert (first.step, first.total, first.loss, first.samples, first.detail) == (0, 0, None, None, None)
    assert (second.step, second.total, second.loss, second.detail) == (7, 9, 7.0, "detail of 7")
    assert second.samples.tolist() == [1]
    with torch.no_grad():
        forget, retain = (network(part.x).double().softmax(1).numpy() for part in (PARTS.forget, PARTS.retain))
    assert second.forget_accuracy == pytest.approx((forget.argmax(1) == PARTS.forget.y.numpy()).mean())
    assert second.retain_accuracy == pytest.approx((retain.argmax(1) == PARTS.retain.y.numpy()).mean())
    np.testing.assert_array_equal(second.forget_predictions, forget.argmax(1))
    np.testing.assert_array_equal(second.retain_predictions, retain.argmax(1)[trajectory.tracked_positions])
    np.testing.assert_allclose(second.forget_entropies, entropy(forget, axis=1), rtol=1e-5)
    assert second.boundary.shape == (GRID_SIDE, GRID_SIDE, 2) and not np.array_equal(first.boundary, second.boundary)
    with torch.no_grad():
        grid = network(trajectory.grid.points).softmax(1).reshape(GRID_SIDE, GRID_SIDE, 2).numpy()
    np.testing.assert_allclose(second.boundary, grid, atol=1e-5)


def test_images_have_no_boundary_and_watch_a_bounded_share_of_what_is_retained():
    dataset = load_dataset("digits")
    trajectory = Trajectory(dataset, partition(dataset, ForgetSet.parse("class:3", dataset)))
    assert trajectory.grid is None and len(trajectory.tracked) == RETAINED_TRACKED["image"]
    assert 3 not in trajectory.tracked.y
    assert trajectory.record(build_network("mlp", dataset)).boundary is None


@given(limit=st.integers(2, 12), gaps=st.lists(st.integers(1, 9), min_size=1, max_size=60))
def test_whatever_steps_are_recorded_it_is_bounded_in_order_and_keeps_both_ends(limit, gaps):
    trajectory, index, recorded = empty(limit), 0, [0]
    trajectory.record(NETWORK)
    for gap in gaps:
        index += gap
        trajectory.record(NETWORK, step(index))
        recorded.append(index)
        found = steps(trajectory)
        assert len(found) <= limit
        assert found[0] == 0 and found[-1] == index
        assert found == sorted(set(found)) and set(found) <= set(recorded)
        if len(recorded) <= limit:
            assert found == recorded


@pytest.mark.parametrize("every", [1, 2, 3, 8])
def test_what_stays_is_spread_evenly_over_the_run(every):
    trajectory = empty(limit=10)
    trajectory.record(NETWORK)
    for index in range(every, 157 * every, every):
        trajectory.record(NETWORK, step(index))
    found = steps(trajectory)
    gaps = np.diff(found)
    assert 5 <= len(found) <= 10 and found[-1] == 156 * every
    assert len(set(gaps[:-1])) == 1 and gaps[-1] <= gaps[0]


def test_a_step_that_is_recorded_twice_is_there_once():
    trajectory = empty()
    trajectory.record(NETWORK)
    for index in (4, 4, 9, 9):
        trajectory.record(NETWORK, step(index))
    assert steps(trajectory) == [0, 4, 9]


def test_a_run_that_was_put_back_loses_what_came_later():
    trajectory = empty(limit=6)
    trajectory.record(NETWORK)
    for index in (*range(1, 30), 17):
        trajectory.record(NETWORK, step(index))
    found = steps(trajectory)
    assert found[0] == 0 and found[-1] == 17 and found == sorted(set(found))


def test_others_may_read_while_one_writes():
    trajectory, reading, done, seen = empty(limit=8), threading.Event(), threading.Event(), []
    trajectory.record(NETWORK)

    def read():
        while not done.is_set():
            seen.append(steps(trajectory))
            reading.set()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert reading.wait(60)
        for index in range(1, 100):
            trajectory.record(NETWORK, step(index))
        copied = trajectory.snapshots()
        copied.clear()
    finally:
        done.set()
        reader.join()
    seen.append(steps(trajectory))
    assert all(each == sorted(set(each)) and each[0] == 0 and len(each) <= 8 for each in seen)
    assert seen[-1][-1] == 99
    assert all(before[-1] <= after[-1] for before, after in pairwise(seen))

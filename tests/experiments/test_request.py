"""A run leaves the same weights for the same request, and is found again; one that was stopped by hand is not kept."""

from __future__ import annotations

import copy
import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.data import partition
from explorer.evaluation import boundary_slice
from explorer.experiments import Experiment, Outcome, Request, Trajectory, stored_outcome, unlearn
from explorer.experiments.runs import local
from explorer.unlearning import METHODS, Method, Preset, Rule, Step

NEVER = Rule(target="none", guard=0)


def equal(first, second):
    pairs = zip(first.state_dict().values(), second.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def request_for(experiment, rule=NEVER, noise_seed=0, method="jit", **values):
    found = METHODS[method]
    settings = found.configure(experiment.data.shape, found.presets[0].name, {"passes": 5, **values})
    return Request(experiment, found, settings, rule, noise_seed)


def files(store):
    return sorted(path.name for path in store.home.glob("*.safetensors"))


@pytest.mark.parametrize("method", METHODS)
def test_the_same_request_leaves_the_same_weights_and_is_found_again(story, method):
    request = request_for(story, method=method)
    assert stored_outcome(request) is None
    first = unlearn(request)
    stored = stored_outcome(request_for(Experiment("moons:n=40", "mlp", 1, "near:3@4", story.store), method=method))
    assert equal(first.network, stored.network) and not equal(first.network, story.original)
    assert (stored.steps, stored.seconds, stored.stopped) == (first.steps, first.seconds, None) and first.steps == 5
    second = unlearn(request)
    assert equal(first.network, second.network)
    assert first.seconds > 0 and not any(module.training for module in stored.network.modules())
    by_hand = story.unlearn(request.method, request.settings, request.rule, 0)
    assert len(list(by_hand)) == 5 and equal(by_hand.network, first.network)


def test_every_part_of_a_request_addresses_an_outcome_of_its_own(story):
    requests = [
        request_for(story),
        request_for(story, noise_seed=1),
        request_for(story, sigma=0.3),
        request_for(story, rule=Rule(target="none")),
        request_for(story, method="mislabel"),
        request_for(Experiment("moons:n=40", "mlp", 2, "near:3@4", story.store)),
        request_for(Experiment("moons:n=40", "mlp", 1, "near:4@4", story.store)),
        request_for(Experiment("moons:n=42", "mlp", 1, "near:3@4", story.store)),
    ]
    keys = {json.dumps(request.key(), sort_keys=True) for request in requests}
    assert len(keys) == len(requests)
    assert story.key("original") not in [request.key() for request in requests]


def test_an_outcome_is_the_callers_own(story):
    request = request_for(story)
    outcome = unlearn(request)
    kept = copy.deepcopy(outcome.network)
    with torch.no_grad():
        outcome.network.head.weight.zero_()
        stored_outcome(request).network.head.weight.zero_()
    assert equal(stored_outcome(request).network, kept)


def test_the_reason_is_kept(story):
    request = request_for(story, rule=Rule(accuracy=1, guard=0))
    assert unlearn(request).stopped == "target"
    found = stored_outcome(request)
    assert found.stopped == "target" and found.steps == 1


def test_every_step_is_watched_and_a_run_that_is_stopped_by_hand_is_not_stored(story):
    story.train("original")
    before, seen = files(story.store), []
    outcome = unlearn(request_for(story), watch=seen.append, stopping=lambda: len(seen) == 2)
    assert [step.index for step in seen] == [1, 2] and outcome.steps == 2 and outcome.stopped == "user"
    assert files(story.store) == before and stored_outcome(request_for(story)) is None
    two = unlearn(request_for(story, passes=2))
    assert equal(outcome.network, two.network)


def test_what_a_watcher_raises_ends_the_run_and_nothing_is_stored(story):
    story.train("original")
    before = files(story.store)

    def give_up(step):
        raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        unlearn(request_for(story), watch=give_up)
    assert files(story.store) == before


def trajectory_of(experiment, **given):
    return Trajectory(experiment.data, partition(experiment.data, experiment.forget_set), **given)


def test_first_and_last_are_recorded_however_short_the_run(story):
    trajectory = trajectory_of(story)
    outcome = unlearn(request_for(story), trajectory)
    snapshots = trajectory.snapshots()
    assert snapshots[0].step == 0 and snapshots[0].loss is None and snapshots[-1].step == 5
    for snapshot, network in ((snapshots[0], story.original), (snapshots[-1], outcome.network)):
        np.testing.assert_array_equal(snapshot.boundary, boundary_slice(network, trajectory.grid))


def test_recording_changes_nothing(story, monkeypatch):
    monkeypatch.setattr(local, "SNAPSHOT_INTERVAL", 0)
    monkeypatch.setattr(local, "RECORDING_SHARE", math.inf)
    trajectory = trajectory_of(story)
    assert equal(unlearn(request_for(story), trajectory).network, unlearn(request_for(story)).network)
    assert [snapshot.step for snapshot in trajectory.snapshots()] == [0, 1, 2, 3, 4, 5]


def spoiling(good, bad):
    """A method that moves the last bias by one each step and, after `good` steps, spoils it."""

    def run(network, forget, settings, generator):
        for index in range(good + bad):
            with torch.no_grad():
                network.head.bias += 1 if index < good else math.nan
            yield Step(index + 1, good + bad, 1.0, torch.arange(len(forget)))

    base = METHODS["mislabel"]
    return Method("spoiling", "Spoiling", "Spoils it.", base.settings, run, (Preset("default", "as it is"),))


def test_a_run_that_goes_wrong_ends_at_its_last_good_step(story, monkeypatch):
    monkeypatch.setattr(local, "SNAPSHOT_INTERVAL", 0)
    monkeypatch.setattr(local, "RECORDING_SHARE", math.inf)
    method, trajectory = spoiling(3, 2), trajectory_of(story)
    request = Request(story, method, method.configure((2,), "default"), NEVER)
    outcome = unlearn(request, trajectory)
    assert (outcome.steps, outcome.stopped) == (3, "nan")
    torch.testing.assert_close(outcome.network.head.bias, story.original.head.bias + 3)
    assert [snapshot.step for snapshot in trajectory.snapshots()] == [0, 1, 2, 3]
    assert equal(stored_outcome(request).network, outcome.network)


def test_a_run_that_goes_wrong_at_once_leaves_the_original(story):
    method, trajectory = spoiling(0, 1), trajectory_of(story)
    outcome = unlearn(Request(story, method, method.configure((2,), "default"), NEVER), trajectory)
    assert (outcome.steps, outcome.stopped) == (0, "nan") and equal(outcome.network, story.original)
    assert [snapshot.step for snapshot in trajectory.snapshots()] == [0]


def test_a_run_that_is_put_back_takes_later_moments_with_it(quick, store, monkeypatch):
    """Steps of one sample among 28 are read only every other time: the step before the NaN was recorded, not read."""
    monkeypatch.setattr(local, "SNAPSHOT_INTERVAL", 0)
    monkeypatch.setattr(local, "RECORDING_SHARE", math.inf)
    story = Experiment("moons:n=80", "mlp", 0, "class:0", store)

    def run(network, forget, settings, generator):
        for index in range(6):
            with torch.no_grad():
                network.head.bias += 1
            yield Step(index + 1, 6, math.nan if index == 3 else 1.0, torch.tensor([index]))

    method, trajectory = replace(spoiling(0, 0), run=run), trajectory_of(story)
    outcome = unlearn(Request(story, method, method.configure((2,), "default"), NEVER), trajectory)
    assert outcome.stopped == "nan" and outcome.steps == 2
    torch.testing.assert_close(outcome.network.head.bias, story.original.head.bias + 2)
    snapshots = trajectory.snapshots()
    assert [snapshot.step for snapshot in snapshots] == [0, 1, 2]
    np.testing.assert_array_equal(snapshots[-1].boundary, boundary_slice(outcome.network, trajectory.grid))


def test_an_outcome_is_not_taken_for_one_that_is_gone():
    assert len({Outcome(network=None, steps=1, seconds=0.1, stopped=None).number for _ in range(5)}) == 5

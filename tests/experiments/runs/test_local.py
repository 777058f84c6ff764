"""A run that is paused, stepped, slowed or taken back leaves the weights of one that ran through."""

from __future__ import annotations

import sys
import threading
from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.data import partition
from explorer.experiments import (
    Experiment,
    LiveRun,
    RemoteRun,
    Request,
    RunProcess,
    Trajectory,
    stored_outcome,
    unlearn,
)
from explorer.experiments.runs.trajectory import DETAILED
from explorer.experiments.runs.trajectory_store import stored_trajectory
from explorer.models import Network
from explorer.store import Store, StoreError
from explorer.unlearning import METHODS, Rule, Step

NEVER = Rule(target="none", guard=0)


def equal(first, second):
    pairs = zip(first.state_dict().values(), second.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def request_for(experiment, rule=NEVER, method="jit", preset=0, **values):
    found = METHODS[method]
    settings = found.configure(experiment.data.shape, found.presets[preset].name, {"passes": 6, **values})
    return Request(experiment, found, settings, rule)


def live(story, **given):
    request = request_for(story, **given)
    return LiveRun(request, Trajectory(story.data, partition(story.data, story.forget_set)))


def steps(run):
    return [snapshot.step for snapshot in run.trajectory.snapshots()]


@pytest.mark.parametrize("method", METHODS)
def test_one_step_after_the_other_is_the_run_itself(story, method):
    run = live(story, method=method)
    for number in range(1, 7):
        assert run.outcome is None
        run.play(steps=1)
        assert run.position == number and steps(run)[-1] == number
    run.play()
    assert run.outcome.stopped is None and run.outcome.steps == 6
    assert equal(run.outcome.network, unlearn(request_for(story, method=method)).network)
    assert steps(run) == list(range(7)), "every rest is recorded"


def test_a_pause_rests_after_the_step_under_way_and_play_goes_on(story):
    run = live(story)
    run.play(lambda step: run.pause() if step.index == 2 else None)
    assert run.position == 2 and run.outcome is None and steps(run)[-1] == 2
    run.play()
    assert equal(run.outcome.network, unlearn(request_for(story)).network)


def test_a_stop_at_rest_keeps_the_last_whole_step_and_stores_nothing(story):
    run = live(story)
    run.play(steps=3)
    run.stop()
    assert run.outcome.stopped == "user" and run.outcome.steps == run.position == 3
    assert equal(run.outcome.network, unlearn(request_for(story, passes=3)).network)
    assert stored_outcome(run.request) is None and stored_trajectory(run.request) is None
    run.play()
    assert run.position == 3, "what has ended does not go on by itself"


def test_a_stop_before_anything_is_no_run(story):
    run = live(story)
    run.stop()
    assert run.outcome is None and run.position == 0


def test_a_stop_ends_the_wait_of_slow_motion_at_once(story):
    run, begun = live(story), threading.Event()
    run.delay = 3600.0
    thread = threading.Thread(target=run.play, args=(lambda step: begun.set(),))
    thread.start()
    assert begun.wait(60)
    run.stop()
    thread.join(60)
    assert not thread.is_alive() and run.outcome.stopped == "user" and run.outcome.steps == 1


@pytest.mark.parametrize("preset", range(3))
@pytest.mark.parametrize("to", [0, 2, 6])
def test_taken_back_it_is_where_it_was_and_goes_on_as_before(story, preset, to):
    run = live(story, preset=preset)
    run.play()
    after, boundaries = run.outcome, {snapshot.step: snapshot.boundary for snapshot in run.trajectory.snapshots()}
    told = []
    run.rewind(to, told.append)
    assert run.outcome is None and run.position == to and steps(run)[-1] == to
    assert told == sorted(told) and (not told or told[-1] == 1)
    if to in boundaries:
        np.testing.assert_array_equal(run.trajectory.snapshots()[-1].boundary, boundaries[to])
    run.play()
    assert equal(run.outcome.network, after.network) and run.outcome.steps == after.steps


def test_taken_back_it_can_be_kept_there(story):
    run = live(story)
    run.play()
    run.rewind(2)
    run.stop()
    assert run.outcome.stopped == "user" and run.outcome.steps == 2
    assert equal(run.outcome.network, unlearn(request_for(story, passes=2)).network)
    run.rewind(0)
    run.stop()
    assert run.outcome.steps == 0 and equal(run.outcome.network, story.original)


def test_the_rule_ends_it_with_the_step_that_meets_it(story):
    run = live(story, rule=Rule(accuracy=1, guard=0))
    run.play(steps=1)
    assert run.outcome.stopped == "target" and run.outcome.steps == 1


def test_the_run_and_its_moments_are_found_again(story):
    run = live(story)
    for _ in range(7):
        run.play(steps=1)
    run.play()
    found = RemoteRun.from_store(RunProcess(), request_for(story))
    assert equal(found.outcome.network, run.outcome.network) and found.position == 6
    pairs = zip(found.trajectory.snapshots(), run.trajectory.snapshots(), strict=True)
    for again, snapshot in pairs:
        for name in ("step", "total", "loss", "forget_accuracy", "retain_accuracy"):
            assert getattr(again, name) == getattr(snapshot, name)
        for name in ("forget_entropies", "forget_predictions", "retain_predictions"):
            np.testing.assert_array_equal(getattr(again, name), getattr(snapshot, name))
        np.testing.assert_allclose(again.boundary, snapshot.boundary, atol=1e-3)
        if snapshot.step:
            np.testing.assert_array_equal(again.samples, snapshot.samples)
            assert again.detail.seed == snapshot.detail.seed
            assert torch.equal(again.detail.ratios, snapshot.detail.ratios)


def test_a_run_that_was_never_made_is_not_found(story):
    assert RemoteRun.from_store(RunProcess(), request_for(story)) is None


def test_what_was_stopped_while_it_went_back_is_ended(story):
    run = live(story)
    run.play()
    run.rewind(4, lambda share: run.stop())
    assert run.outcome.stopped == "user" and run.outcome.steps == 1


def test_a_run_that_failed_does_not_go_on_and_is_not_stored(story):
    def fail(network, forget, settings, generator):
        yield Step(1, 3, 1.0, torch.arange(len(forget)))
        raise KeyError("broken")

    request = replace(request_for(story), method=replace(METHODS["jit"], run=fail))
    run = LiveRun(request, Trajectory(story.data, partition(story.data, story.forget_set)))
    with pytest.raises(KeyError):
        run.play()
    run.play()
    assert run.outcome.stopped == "user" and run.outcome.steps == 1
    assert stored_outcome(request) is None


def test_a_store_that_cannot_be_written_leaves_the_outcome(story, monkeypatch):
    def full(store, key, tensors, notes):
        raise StoreError("The disk is full.")

    story.train("original")
    monkeypatch.setattr(Store, "put", full)
    run = live(story)
    with pytest.raises(StoreError):
        run.play()
    assert run.outcome is not None and run.outcome.steps == 6


def test_what_the_stage_draws_is_kept_of_a_bounded_number_of_samples(quick, store):
    story = Experiment("moons:n=200", "mlp", 0, "class:0", store)
    run = live(story, passes=1)
    run.play(steps=1)
    snapshot = run.trajectory.snapshots()[-1]
    assert len(snapshot.samples) > DETAILED == len(snapshot.detail.ratios) == len(snapshot.detail.noisy)


def asked_for(monkeypatch, at=0, act=lambda: None):
    """From now on a list grows with every forward of a network; in the one of number `at`, `act`."""
    forwards, forward = [], Network.forward

    def counted(network, x):
        forwards.append(len(x))
        if len(forwards) == at:
            act()
        return forward(network, x)

    monkeypatch.setattr(Network, "forward", counted)
    return forwards


@pytest.fixture
def batches(monkeypatch):
    """A run of three steps, each one batch of nine samples with four copies, in parts of four inputs."""
    for module in ("jit", "mislabel"):
        monkeypatch.setattr(sys.modules[f"explorer.unlearning.{module}"], "INPUTS_PER_FORWARD", 4)
    own = {"jit": {"update": "batch", "batch_size": 64, "perturbations": 4}, "mislabel": {"batch_size": 64}}
    return lambda story, method: live(replace(story, forget="near:9@4"), method=method, passes=3, **own[method])


@pytest.mark.parametrize("method", METHODS)
def test_a_stop_is_heard_before_the_next_forward_wherever_it_comes(story, batches, monkeypatch, method):
    """In each forward of a run in turn: of a step, of the readings between, of a moment that is recorded."""
    monkeypatch.setattr("explorer.experiments.runs.local.STOP_SECONDS", -1)
    whole, after = batches(story, method), []
    whole.play(steps=1)
    while whole.outcome is None:
        after.append({name: value.clone() for name, value in whole._run.network.state_dict().items()})
        whole.play(steps=1)
    ended = set()
    for at in (*range(1, 10), *range(10, 110, 4)):
        run = batches(story, method)
        with monkeypatch.context() as patch:
            forwards = asked_for(patch, at, run.stop)
            run.play()
        if len(forwards) < at:
            break  # it had run through by then
        if run.outcome.stopped is None:
            continue  # asked for after the last step
        assert run.outcome.stopped == "user" and len(forwards) == at
        assert run.outcome.steps == run.position
        expected = [story.original.state_dict(), *after][run.position]
        assert all(torch.equal(value, expected[name]) for name, value in run.outcome.network.state_dict().items())
        ended.add(run.position)
    assert {0, 1, 2} <= ended


def test_the_moment_of_a_stop_is_recorded_where_that_takes_no_time(story, batches, monkeypatch):
    for answer, expected in ((3600, [0, 1]), (-1, [0])):
        monkeypatch.setattr("explorer.experiments.runs.local.STOP_SECONDS", answer)
        monkeypatch.setattr("explorer.experiments.runs.local.SNAPSHOT_INTERVAL", 3600)
        monkeypatch.setattr("explorer.experiments.runs.local.RECORDING_SECONDS", 0)
        run = batches(story, "jit")
        run.play(lambda step, run=run: run.stop())
        assert run.outcome.steps == 1 and steps(run) == expected


def test_a_stop_while_it_goes_back_is_heard_before_the_next_forward(story, batches, monkeypatch):
    monkeypatch.setattr("explorer.experiments.runs.local.STOP_SECONDS", -1)
    run = batches(story, "jit")
    run.play()
    with monkeypatch.context() as patch:
        forwards = asked_for(patch, 6, run.stop)
        run.rewind(2)
    assert len(forwards) == 6 and run.outcome.stopped == "user" and run.position == 0
    assert equal(run.outcome.network, story.original)
    run.rewind(2)
    run.play()
    assert run.outcome.stopped is None and run.position == 3


def test_a_pause_waits_for_the_whole_step(story, batches, monkeypatch):
    run = batches(story, "jit")
    with monkeypatch.context() as patch:
        asked_for(patch, 12, run.pause)
        run.play()
    assert run.outcome is None and run.position == 1 == steps(run)[-1]
    run.play()
    assert run.outcome.stopped is None

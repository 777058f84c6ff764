"""A run in a process of its own has the numbers of one that is played here, and hears a pause or a stop as soon."""

from __future__ import annotations

import shutil
import threading
from dataclasses import fields, replace
from multiprocessing import Pipe
from queue import SimpleQueue
from types import SimpleNamespace

import numpy as np
import pytest
import torch

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
from explorer.experiments.runs import process as run_process
from explorer.experiments.runs import server
from explorer.experiments.runs.messages import decode_error, encode_error
from explorer.settings import InputError
from explorer.store import Store
from explorer.unlearning import METHODS, Rule

NEVER = Rule(target="none", guard=0)
PATIENCE = 120


@pytest.fixture(scope="module")
def process():
    found = RunProcess()
    yield found
    found.end()


@pytest.fixture
def story(trained, tmp_path):
    """A store of its own, which holds the original."""
    shutil.copytree(trained, tmp_path / "store")
    return Experiment("moons:n=40", "mlp", seed=1, forget="near:3@4", store=Store(tmp_path / "store"))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The original under the schedule that is usual: the other process knows no other."""
    folder = tmp_path_factory.mktemp("trained") / "store"
    Experiment("moons:n=40", "mlp", seed=1, forget="near:3@4", store=Store(folder)).train("original")
    return folder


def request_for(story, method="jit", passes=6, rule=NEVER):
    found = METHODS[method]
    return Request(story, found, found.configure(story.data.shape, found.presets[0].name, {"passes": passes}), rule)


def trajectory(story):
    return Trajectory(story.data, story.partition)


@pytest.fixture
def remote(story, process):
    def made(**given):
        return RemoteRun(process, request_for(story, **given), trajectory(story))

    return made


def equal(first, second):
    pairs = zip(first.state_dict().values(), second.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def same(one, other):
    for field in fields(one):
        first, second = getattr(one, field.name), getattr(other, field.name)
        if field.name == "detail" and first is not None:
            assert type(first) is type(second)
            for name, value in vars(first).items():
                np.testing.assert_array_equal(value, getattr(second, name))
        else:
            np.testing.assert_array_equal(first, second)


def steps(run):
    return [snapshot.step for snapshot in run.trajectory.snapshots()]


@pytest.mark.parametrize("method", METHODS)
def test_it_has_the_weights_and_the_moments_of_a_run_that_is_played_here(story, remote, method):
    here, there = LiveRun(request_for(story, method), trajectory(story)), remote(method=method)
    for number in range(1, 4):
        here.play(steps=1)
        there.play(steps=1)
        assert there.outcome is None and there.position == number and there.step.loss == here.step.loss
    for one, other in zip(here.trajectory.snapshots(), there.trajectory.snapshots(), strict=True):
        same(one, other)
    there.play()
    assert there.outcome.stopped is None and there.outcome.steps == there.position == 6
    kept = stored_outcome(there.request)
    assert equal(kept.network, there.outcome.network), "what ended by itself is stored"
    assert equal(there.outcome.network, unlearn(replace(there.request, experiment=story)).network)
    there.play()
    assert there.position == 6, "what has ended does not go on"


def test_it_is_taken_back_and_goes_on_as_before(remote):
    run = remote()
    run.play()
    after = run.outcome
    run.rewind(2)
    assert run.outcome is None and run.position == 2 and steps(run)[-1] == 2
    run.play()
    assert equal(run.outcome.network, after.network)
    found = RemoteRun.from_store(run._process, run.request)
    assert found.outcome.steps == 6
    found.rewind(3)
    found.stop()
    assert found.outcome.stopped == "user" and found.outcome.steps == 3


def test_a_stop_at_rest_keeps_the_last_whole_step(story, remote):
    run = remote()
    run.stop()
    assert run.outcome is None, "nothing had begun"
    run = remote()
    run.play(steps=3)
    run.stop()
    assert run.outcome.stopped == "user" and run.outcome.steps == run.position == 3
    assert equal(run.outcome.network, unlearn(request_for(story, passes=3)).network)
    assert stored_outcome(run.request) is None


@pytest.mark.parametrize("how", ["pause", "stop"])
def test_it_is_heard_while_the_run_waits_for_its_next_step(remote, how):
    run, begun = remote(), threading.Event()
    run.delay = 3600.0
    thread = threading.Thread(target=run.play, args=(lambda step: begun.set(),))
    thread.start()
    assert begun.wait(PATIENCE)
    getattr(run, how)()
    thread.join(PATIENCE)
    assert not thread.is_alive() and run.position == 1
    assert (run.outcome is None) == (how == "pause")
    run.delay = 0.0
    run.play()
    assert run.position == (6 if how == "pause" else 1)


def test_runs_go_on_beside_each_other(remote):
    runs = [(remote(method=method), threading.Event()) for method in METHODS]
    threads = [threading.Thread(target=run.play, args=(lambda step, heard=heard: heard.set(),)) for run, heard in runs]
    for run, _ in runs:
        run.delay = 3600.0
    for thread in threads:
        thread.start()
    assert all(heard.wait(PATIENCE) for _, heard in runs), "each has taken a step, and none has ended"
    for run, _ in runs:
        run.stop()
    for thread in threads:
        thread.join(PATIENCE)
    assert [run.outcome.steps for run, _ in runs] == [1] * len(runs)


@pytest.fixture
def hosted(story, monkeypatch):
    """A hosted run that is made only when `go_on` is set, and the next of its calls' ends."""
    go_on, made, said = threading.Event(), server.MirroredTrajectory, SimpleQueue()

    def slowly(data, parts):
        assert go_on.wait(PATIENCE)
        return made(data, parts)

    def ended():
        while (words := said.get(timeout=PATIENCE))[0] != "done":
            pass
        return words

    monkeypatch.setattr(server, "MirroredTrajectory", slowly)
    run, request = server.HostedRun(lambda *words: said.put(words)), request_for(story)
    run.begin(story, request.method.name, request.settings, request.rule, 0, [], 0.0)
    return run, go_on, ended


@pytest.mark.parametrize("word", ["pause", "stop"])
def test_what_is_asked_while_a_run_is_made_counts_once(hosted, word):
    run, go_on, ended = hosted
    run.play(1, None)
    run.interrupt(word)
    go_on.set()
    _, call, made, step, outcome, error = ended()
    assert (call, made, step, error) == (1, True, None, None) and (outcome is not None) == (word == "stop")
    if word == "pause":
        run.play(2, None)
        assert ended()[4]["steps"] == 6


def test_a_pause_while_it_goes_back_does_not_hold_up_the_next_call(hosted):
    run, go_on, ended = hosted
    run.rewind(1, 2)
    run.interrupt("pause")
    go_on.set()
    assert ended()[3][0] == 2
    run.play(2, 1)
    assert ended()[3][0] == 3


def test_slow_motion_that_is_asked_for_while_a_run_is_made_counts(hosted):
    run, go_on, ended = hosted
    run.set_delay(3600.0)
    run.play(1, None)
    go_on.set()
    while run._live is None or run._live.step is None:
        threading.Event().wait(0.01)
    run.interrupt("pause")
    assert ended()[3][0] == 1, "it was waiting for its second step"


def test_what_goes_wrong_there_is_raised_here(story, remote):
    run, code = remote(), story.dataset
    object.__setattr__(story, "dataset", "own:gone-00000000")
    with pytest.raises(InputError, match="gone-00000000"):
        run.play()
    object.__setattr__(story, "dataset", code)
    run.play()
    assert run.outcome.steps == 6, "once the cause is gone it begins anew"


def test_errors_keep_their_words():
    assert isinstance(decode_error(encode_error(InputError("No."))), InputError)
    assert str(decode_error(encode_error(RuntimeError("shapes differ")))) == "shapes differ"
    assert str(decode_error(encode_error(ValueError("shapes differ")))) == "ValueError: shapes differ"


def test_a_process_that_ends_is_said_and_the_run_goes_on_in_another(story, process):
    run, begun = RemoteRun(process, request_for(story), trajectory(story)), threading.Event()
    run.play(steps=2)
    run.delay = 3600.0
    said = []

    def play():
        with pytest.raises(InputError, match="has ended") as caught:
            run.play(lambda step: begun.set())
        said.append(caught.value)

    thread = threading.Thread(target=play)
    thread.start()
    assert begun.wait(PATIENCE)
    process.end()
    thread.join(PATIENCE)
    assert said and run.outcome is None
    at, run.delay = run.position, 0.0
    assert at == 3
    run.play(steps=1)
    assert run.position == 4 and steps(run) == [0, 1, 2, 3, 4]
    run.play()
    assert equal(run.outcome.network, unlearn(request_for(story)).network)
    run.rewind(4)
    process.end()
    shares = []
    run.play(recovering=lambda share: (shares.append(share), run.pause()))
    assert shares and run.position == 4 and run.outcome is None, "a pause holds while lost steps are taken again"
    process.end()
    assert not run.held
    run.stop()
    assert run.outcome.stopped == "user" and run.outcome.steps == 4


def test_a_connection_is_closed_by_whoever_may_still_write_to_it():
    ours, theirs = Pipe()
    theirs.close()
    killed, outbox = [], SimpleQueue()
    outbox.put(b"a word that nobody hears")
    RunProcess()._listen(SimpleNamespace(kill=lambda: killed.append(True)), ours, outbox, generation=1)
    assert killed and not ours.closed
    run_process._write(ours, outbox)
    assert ours.closed and outbox.empty()


def test_what_cannot_be_told_to_the_process_is_raised_and_harms_no_other(story, process):
    unsayable = replace(request_for(story), noise_seed=threading.Lock())
    run = RemoteRun(process, unsayable, trajectory(story))
    for _ in range(2):
        with pytest.raises(TypeError, match="pickle"):
            run.play()
    run = RemoteRun(process, request_for(story), trajectory(story))
    run.play(steps=1)
    assert run.position == 1

"""Work in the background: as many at a time as there are workers, a stop that is heard, errors as sentences."""

from __future__ import annotations

import subprocess
import sys
import threading
import weakref
from pathlib import Path

import pytest

from explorer.background import Job, Jobs
from explorer.background.job import Stopped
from explorer.settings import InputError

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds until a test gives up on a thread; none waits for it in vain


class Gate:
    """Work that says when it has begun and goes on when it is let."""

    def __init__(self):
        self.begun, self.opened = threading.Event(), threading.Event()

    def __call__(self, job):
        job.report(0.25, "waiting at the gate")
        self.begun.set()
        assert self.opened.wait(PATIENCE)
        job.report(0.75)
        return "through"


@pytest.fixture
def gates():
    """Four gates, opened at the end whatever happens."""
    made = [Gate() for _ in range(4)]
    yield made
    for gate in made:
        gate.opened.set()


def test_a_job_tells_the_truth_from_beginning_to_end(gates):
    gate, jobs = gates[0], Jobs(workers=1)
    job = Job("Training", gate)
    assert (job.state, job.progress, job.doing, job.active, job.seconds_left) == ("waiting", 0, "Training", True, None)
    future = jobs.start(job)
    assert gate.begun.wait(PATIENCE)
    assert (job.state, job.progress, job.doing, job.active) == ("running", 0.25, "waiting at the gate", True)
    assert job.seconds_left > 0 and job.result is None
    gate.opened.set()
    future.result(PATIENCE)
    assert (job.state, job.progress, job.result, job.error, job.active) == ("done", 1, "through", None, False)
    assert job.doing == "waiting at the gate" and job.seconds_left is None


def test_no_more_run_than_there_are_workers_and_the_others_know_their_place(gates):
    jobs, work = Jobs(workers=2), [Job(f"job {index}", gate) for index, gate in enumerate(gates)]
    futures = [jobs.start(job) for job in work]
    assert gates[0].begun.wait(PATIENCE) and gates[1].begun.wait(PATIENCE)
    assert [job.state for job in work] == ["running", "running", "waiting", "waiting"]
    assert [jobs.ahead(job) for job in work] == [0, 0, 0, 1]
    gates[1].opened.set()
    assert gates[2].begun.wait(PATIENCE)
    assert [job.state for job in work] == ["running", "done", "running", "waiting"]
    assert jobs.ahead(work[3]) == 0 and not gates[3].begun.is_set()
    for gate in gates:
        gate.opened.set()
    for future in futures:
        future.result(PATIENCE)
    assert [job.state for job in work] == ["done"] * 4


def test_a_job_that_waits_is_stopped_at_once_and_never_starts(gates):
    jobs, work = Jobs(workers=1), [Job(f"job {index}", gate) for index, gate in enumerate(gates[:3])]
    futures = [jobs.start(job) for job in work]
    assert gates[0].begun.wait(PATIENCE)
    work[1].stop()
    assert work[1].state == "stopped" and not work[1].active and work[1].stopping
    assert jobs.ahead(work[2]) == 0
    gates[0].opened.set()
    gates[2].opened.set()
    for future in futures:
        future.result(PATIENCE)
    assert [job.state for job in work] == ["done", "stopped", "done"]
    assert not gates[1].begun.is_set() and work[1].result is None and work[1].error is None


def test_a_job_that_runs_is_stopped_at_its_next_report(gates):
    gate, jobs = gates[0], Jobs(workers=1)
    cleaned = []

    def tidying(running):
        try:
            return gate(running)
        finally:
            cleaned.append(running)

    job = Job("Unlearning", tidying)
    future = jobs.start(job)
    assert gate.begun.wait(PATIENCE)
    job.stop()
    assert job.stopping and job.state == "running"
    gate.opened.set()
    future.result(PATIENCE)
    assert (job.state, job.result, job.error, job.progress) == ("stopped", None, None, 0.75) and cleaned == [job]


def test_work_that_looks_for_itself_may_end_well(gates):
    gate, jobs = gates[0], Jobs(workers=1)

    def work(job):
        job.set_progress(0.5, "looking")
        gate.begun.set()
        assert gate.opened.wait(PATIENCE)
        job.set_progress(0.6)
        return "ended by hand" if job.stopping else "ran through"

    job = Job("Unlearning", work)
    future = jobs.start(job)
    assert gate.begun.wait(PATIENCE)
    job.stop()
    gate.opened.set()
    future.result(PATIENCE)
    assert (job.state, job.result, job.doing) == ("done", "ended by hand", "looking")


def failing(error):
    def work(job):
        raise error

    job = Job("Training", work)
    job.run()
    return job


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (InputError("N must be a whole number from 1 to 9, not 0."), "N must be a whole number from 1 to 9, not 0."),
        (RuntimeError("shapes differ"), "Training failed: RuntimeError: shapes differ."),
        (RuntimeError("shapes differ.\n  at line 3\n"), "Training failed: RuntimeError: shapes differ. at line 3."),
        (ValueError(), "Training failed: ValueError: no reason given."),
        (KeyError("head"), "Training failed: KeyError: 'head'."),
    ],
)
def test_whatever_goes_wrong_becomes_one_sentence(error, sentence):
    job = failing(error)
    assert (job.state, job.error, job.result, job.active) == ("failed", sentence, None, False)


def test_a_failure_leaves_the_worker_to_the_next_job(gates):
    jobs = Jobs(workers=1)
    gates[0].opened.set()
    bad, good = Job("Bad", lambda job: 1 / 0), Job("Good", gates[0])
    jobs.start(bad).result(PATIENCE)
    jobs.start(good).result(PATIENCE)
    assert bad.error == "Bad failed: ZeroDivisionError: division by zero." and good.result == "through"


ENDLESS = """
import threading
import weakref
from explorer.background.job import Job, Jobs

def work(job):
    while True:
        job.report(0)
        begun.set()

begun, jobs = threading.Event(), Jobs(workers=1)
for title in ("runs", "waits"):
    jobs.start(Job(title, work))
assert begun.wait(60)
"""


def test_the_end_of_the_program_stops_what_still_runs_and_what_waits():
    ended = subprocess.run([sys.executable, "-c", ENDLESS], cwd=ROOT, capture_output=True, timeout=100, check=False)
    assert ended.returncode == 0 and ended.stderr == b""


def test_progress_stays_a_share():
    job = Job("Training", lambda job: None)
    for given, shown in ((-1, 0), (0.5, 0.5), (7, 1)):
        job.report(given)
        assert job.progress == shown
    job.stop()
    with pytest.raises(Stopped):
        job.report(0.5)


def test_what_nobody_looks_at_any_more_ends_by_itself_and_is_not_in_front_of_others(gates):
    jobs = Jobs(workers=1)
    first, forgotten, last = Job("first", gates[0]), Job("forgotten", gates[1], unseen=3600), Job("last", gates[2])
    futures = [jobs.start(job) for job in (first, forgotten, last)]
    assert gates[0].begun.wait(PATIENCE)
    assert jobs.ahead(last) == 1
    forgotten._seen -= 7200
    assert jobs.ahead(last) == 0
    first._seen -= 7200  # which says nothing of work that may be left alone
    for gate in (gates[0], gates[2]):
        gate.opened.set()
    for future in futures:
        future.result(PATIENCE)
    assert [job.state for job in (first, forgotten, last)] == ["done", "stopped", "done"]
    assert not gates[1].begun.is_set() and not forgotten.stopping


def test_what_is_looked_at_again_goes_on():
    job = Job("map", lambda job: None, unseen=3600)
    job._seen -= 7200
    assert not job.needed
    job.seen()
    assert job.needed
    job.stop()
    assert not job.needed


class Network:
    """Something large that work is made of."""


@pytest.mark.parametrize("ending", ["done", "failed", "stopped", "never begun"])
def test_a_job_that_has_ended_lets_go_of_what_its_work_was_made_of(ending):
    network = Network()
    alive = weakref.ref(network)

    def work(job, network=network):
        if ending == "failed":
            raise ValueError("no")
        if ending == "stopped":
            job.stop()
            job.report(0.5)
        return type(network).__name__

    job = Job("Unlearning", work)
    del network, work
    if ending == "never begun":
        job.stop()
    job.run()
    assert job.state == ("stopped" if ending == "never begun" else ending)
    assert alive() is None

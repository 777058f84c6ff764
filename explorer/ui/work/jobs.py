"""Background jobs of a page: started once, shown with a progress bar, stopped at once, found again after a reload."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from math import inf
from typing import Any

import streamlit as st

from explorer.background import Job, Jobs
from explorer.background.job import WORKERS
from explorer.store import Store
from explorer.ui import say
from explorer.ui.state.tab import shared_jobs, tab

POLL = 0.4  # seconds between two updates of a progress bar
FRAME = 0.2  # seconds between two pictures of a run, so that the browser draws at least four a second
SWITCH = 0.0005  # seconds after which a thread gives up the GIL
SOON = 0.3  # seconds that a page waits for a job before it shows a progress bar
UNSEEN = 6.0  # seconds after which a job that no page asks for is stopped; a page that shows a job asks every second
ENDED = 12  # ended jobs that a tab keeps with their results, the most recently used


@st.cache_resource(show_spinner=False)
def queue() -> Jobs:
    """The job queue of this server, shared by all users; sets the threads of PyTorch and of the interpreter."""
    import torch

    # Each of a worker's many small steps needs the GIL, which a page that is being built would hold for 5 ms.
    sys.setswitchinterval(SWITCH)
    torch.set_num_threads(threads())
    return Jobs()


def threads() -> int:
    """Number of CPU threads for each worker."""
    return max(1, (os.cpu_count() or 1) // WORKERS)


def job_of(key: str) -> Job | None:
    """The job under `key` that this tab started or that another tab shares, if active or with a result; else None."""
    if key not in tab().jobs:
        shared_job = shared_jobs().find(_address(key), tab())
        if shared_job is not None and ((active := shared_job.active) or shared_job.result is not None):
            tab().jobs[key] = shared_job
            if active:
                tab().awaited.add(key)
    job = tab().jobs.pop(key, None)
    if job is not None:
        tab().jobs[key] = job  # most recently used, so last
        job.seen()
    return job


def needed(key: str) -> bool:
    """Whether to start the job, given that its result is not stored.

    True if there is no job under `key`, or if its stored result was deleted since. False if the job ended in this very
    rerun, or if it was stopped or failed: then the user decides.
    """
    job = job_of(key)
    return job is None or (job.state == "done" and key not in tab().awaited)


def start(key: str, title: str, work: Callable[[Job], Any], shared: bool = False, unseen: float = inf) -> Job:
    """Queue a job, in place of this tab's job under the same key, which is stopped.

    Args:
        key: names the job in this tab.
        title: description in the progress bar.
        work: the function to run; it reports its progress to the job.
        shared: whether the key determines the result, so that tabs with the same key share one job.
        unseen: seconds without a call of `job_of` after which the job is stopped.
    """
    _forget_oldest()
    if (old := tab().jobs.get(key)) is not None and old.active:
        stop(key)
    if shared and (other := shared_jobs().find(_address(key), tab())) is not None and other.active:
        tab().jobs[key] = other
        tab().awaited.add(key)
        return other
    job = Job(title, work, unseen=unseen)
    tab().jobs[key] = job
    tab().awaited.add(key)
    shared_jobs().put(_address(key) if shared else f"{id(tab())} {key}", job, tab(), private=not shared)
    queue().start(job)
    return job


def _forget_oldest() -> None:
    ended = [key for key, job in tab().jobs.items() if not job.active]
    for key in ended[: max(0, len(ended) - ENDED)]:
        shared_jobs().forget(tab().jobs.pop(key), tab())


def quick_result(key: str, title: str, work: Callable[[Job], Any], shared: bool = False) -> Any:
    """Result of a job that is usually instant: waits up to SOON seconds before it shows a progress bar.

    Args:
        key, title, work, shared: as in `start`. The job is stopped after UNSEEN seconds without a page that asks for
            it, and starts again when a page asks.

    Returns:
        The job's result, or None while the job takes longer; the page reruns when it ends.
    """

    def begin() -> Job:
        return start(key, title, work, shared, UNSEEN)

    job = job_of(key)
    if job is None or was_abandoned(job):
        job = begin()
    wait_briefly(job)
    if job.state == "done":
        return job.result
    watch(key, retry=begin)
    return None


def wait_briefly(job: Job) -> None:
    """Wait until the job has ended, SOON seconds at most."""
    began = time.monotonic()
    while job.active and time.monotonic() - began < SOON:
        time.sleep(0.01)


def was_abandoned(job: Job) -> bool:
    """Whether the job was stopped because no page asked for it, not by a user."""
    return job.state == "stopped" and not job.stopping


def stop(key: str) -> None:
    """Stop this tab's job; a job that other tabs observe continues without this tab."""
    job = tab().jobs[key]
    if shared_jobs().release(_address(key), tab()):
        stopped = Job(job.title, lambda job: None)  # a placeholder that never starts
        tab().jobs[key] = stopped
        stopped.stop()
    else:
        job.stop()


def _address(key: str) -> str:
    """Key of a shared job, distinct for every store."""
    return f"{Store.default().home} {key}"


def watch(key: str, retry: Callable[[], Any] | None = None) -> None:
    """Show the job under `key`: place in the queue, progress, time left and Stop; afterwards, how it ended.

    A job that ended while the page was being built reruns the page, so that its result is shown.

    Args:
        key: the job's key.
        retry: callback of the button "Start again" after a stop or a failure; without it there is no button.
    """
    job = job_of(key)
    if job is None:
        return
    if job.state == "done" and key in tab().awaited:
        tab().awaited.discard(key)
        st.rerun()
    if job.active:
        st.fragment(_follow, run_every=POLL)(key)
    elif job.state == "failed":
        say.error(job.error)
    elif job.state == "stopped":
        say.info(f"{job.title} was stopped. Stored results did not change.", icon=":material/stop_circle:")
    if not job.active and job.state != "done" and retry is not None:
        st.button("Start again", key=f"again {key}", on_click=retry)


def _follow(key: str) -> None:
    job = job_of(key)
    if job is None or not job.active:
        tab().awaited.discard(key)
        st.rerun()
    show_bar(key, job)


def show_bar(key: str, job: Job) -> None:
    """Draw the job's progress bar and its Stop button, once."""
    bar, button = st.columns([5, 1], vertical_alignment="center")
    bar.progress(job.progress, text=progress_text(job))
    button.button("Stop", key=f"stop {key}", on_click=stop, args=(key,), width="stretch", icon=":material/stop:")


def progress_text(job: Job) -> str:
    """The job's current activity and estimated time left, or its place in the queue."""
    if job.state == "waiting":
        ahead = queue().ahead(job)
        return f"{job.title}: waiting, {ahead} ahead in the queue" if ahead else f"{job.title}: next in the queue"
    left = job.seconds_left
    if left is None:
        return job.doing
    return f"{job.doing}, about " + (f"{max(left, 1):.0f} s left" if left < 100 else f"{left / 60:.0f} min left")

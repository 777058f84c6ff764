"""Long work as a page sees it: started once, watched with a true bar, stopped at once, found again after a reload."""

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

POLL = 0.4  # seconds
FRAME = 0.2  # seconds from one picture of a run to the next: the browser draws at least four a second so
SWITCH = 0.0005  # seconds
SOON = 0.3  # seconds that a page waits for work before it shows a bar
UNSEEN = 6.0  # seconds that work for one picture goes on when no page asks for it; one that shows it does each second
ENDED = 12  # jobs of a tab that have ended, the last that it asked for, are kept with what they left


@st.cache_resource(show_spinner=False)
def queue() -> Jobs:
    """The workers that all users of this server share, each with its part of the cores."""
    import torch

    # A worker's many small steps each need the interpreter for a moment; a page that is being built would keep it 5 ms.
    sys.setswitchinterval(SWITCH)
    torch.set_num_threads(threads())
    return Jobs()


def threads() -> int:
    """One worker's part of the cores."""
    return max(1, (os.cpu_count() or 1) // WORKERS)


def job_of(key: str) -> Job | None:
    """The job under `key` that this tab started, or that another one shares: under way, or with a result."""
    if key not in tab().jobs:
        found = shared_jobs().find(_address(key), tab())
        if found is not None and ((active := found.active) or found.result is not None):
            tab().jobs[key] = found
            if active:
                tab().awaited.add(key)
    job = tab().jobs.pop(key, None)
    if job is not None:
        tab().jobs[key] = job  # the last
        job.seen()
    return job


def needed(key: str) -> bool:
    """Whether work has to begin, asked where what it would leave is not there.

    That is so where there is none under `key`, and where it was done, and shown, and what it left has gone since. One
    that was done only while this page was being made has left it; one that was stopped or failed waits for a reader.
    """
    job = job_of(key)
    return job is None or (job.state == "done" and key not in tab().awaited)


def start(key: str, title: str, work: Callable[[Job], Any], together: bool = False, unseen: float = inf) -> Job:
    """Stop what this tab had under `key` and queue new work in its place.

    together: the key says all that decides the work, so that any tab that asks for it takes part in this one. unseen:
    seconds after which it is stopped when no page asks for it any more (`job_of`).
    """
    _forget_the_oldest()
    if (old := tab().jobs.get(key)) is not None and old.active:
        stop(key)
    if together and (other := shared_jobs().find(_address(key), tab())) is not None and other.active:
        tab().jobs[key] = other
        tab().awaited.add(key)
        return other
    job = Job(title, work, unseen=unseen)
    tab().jobs[key] = job
    tab().awaited.add(key)
    shared_jobs().put(_address(key) if together else f"{id(tab())} {key}", job, tab(), alone=not together)
    queue().start(job)
    return job


def _forget_the_oldest() -> None:
    ended = [key for key, job in tab().jobs.items() if not job.active]
    for key in ended[: max(0, len(ended) - ENDED)]:
        shared_jobs().forget(tab().jobs.pop(key), tab())


def soon(key: str, title: str, work: Callable[[Job], Any], together: bool = False) -> Any:
    """What work leaves that mostly takes no time: it is waited for, so that nobody sees a bar flash.

    None while it takes longer than SOON, with its progress on the page, which is run again when it has ended. Where no
    page asks for it any more it makes room for others, and begins anew when one does. together: as in `start`.
    """

    def begin() -> Job:
        return start(key, title, work, together, UNSEEN)

    found = job_of(key)
    job = begin() if found is None or left(found) else found
    wait_briefly(job)
    if job.state == "done":
        return job.result
    watch(key, retry=begin)
    return None


def wait_briefly(job: Job) -> None:
    """Give a job that mostly takes no time the chance to end before a page is made without it."""
    began = time.monotonic()
    while job.active and time.monotonic() - began < SOON:
        time.sleep(0.01)


def left(job: Job) -> bool:
    """Whether it was stopped because nobody looked, not because somebody wanted that."""
    return job.state == "stopped" and not job.stopping


def stop(key: str) -> None:
    """End this tab's part in a job; the job itself ends with its last part."""
    job = tab().jobs[key]
    if shared_jobs().release(_address(key), tab()):
        tab().jobs[key] = alone = Job(job.title, lambda job: None)  # which never begins
        alone.stop()
    else:
        job.stop()


def _address(key: str) -> str:
    """A key among those of everybody who uses the same store."""
    return f"{Store.default().home} {key}"


def watch(key: str, retry: Callable[[], Any] | None = None) -> None:
    """Show the job under `key`: place in the queue, progress, time left and Stop; afterwards, how it ended.

    One that was done only while this page was being made runs the page again, which else would wait for what is there.
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
        say.info(f"{job.title} was stopped; what is stored stays as it was.", icon=":material/stop_circle:")
    if not job.active and job.state != "done" and retry is not None:
        st.button("Start again", key=f"again {key}", on_click=retry)


def _follow(key: str) -> None:
    job = job_of(key)
    if job is None or not job.active:
        tab().awaited.discard(key)
        st.rerun()
    show_bar(key, job)


def show_bar(key: str, job: Job) -> None:
    """How far a job is, and its Stop, as of now."""
    bar, button = st.columns([5, 1], vertical_alignment="center")
    bar.progress(job.progress, text=progress_text(job))
    button.button("Stop", key=f"stop {key}", on_click=stop, args=(key,), width="stretch", icon=":material/stop:")


def progress_text(job: Job) -> str:
    """What a job is doing, or its place in the queue, and the time left at the pace so far."""
    if job.state == "waiting":
        ahead = queue().ahead(job)
        return f"{job.title}: waiting, {ahead} in front" if ahead else f"{job.title}: next in the queue"
    left = job.seconds_left
    if left is None:
        return job.doing
    return f"{job.doing}, about " + (f"{max(left, 1):.0f} s left" if left < 100 else f"{left / 60:.0f} min left")

"""Long work as a page sees it: started once, watched with a true bar, stopped at once, ended with the tab."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.experiments import Experiment, Job, Jobs
from explorer.experiments.experiment import Trained
from explorer.experiments.job import WORKERS

POLL = 0.4  # seconds
TRAINING = "train "  # how the keys of these jobs begin


@st.cache_resource(show_spinner=False)
def _queue() -> Jobs:
    """The workers that all users of this server share, each with its part of the cores."""
    import torch

    torch.set_num_threads(max(1, (os.cpu_count() or 1) // WORKERS))
    return Jobs()


def _stop_all(held: dict[str, Job]) -> None:
    for job in held.values():
        job.stop()


@st.cache_resource(scope="session", on_release=_stop_all, show_spinner=False)
def _held() -> dict[str, Job]:
    """This tab's jobs by key; when the tab is gone they are stopped."""
    return {}


def job_of(key: str) -> Job | None:
    """The job that this tab last started under `key`."""
    return _held().get(key)


def start(key: str, title: str, work: Callable[[Job], Any]) -> Job:
    """Stop what this tab had under `key` and queue new work in its place."""
    if (old := job_of(key)) is not None:
        old.stop()
    job = Job(title, work)
    _held()[key] = job
    _queue().start(job)
    return job


def trained(experiment: Experiment, *which: Trained) -> bool:
    """Whether these networks are there; if not, train them in the background and show how far that is.

    While it is False the page has nothing to compute with yet; it is run again when the training has ended.
    """
    _leave_other_trainings(experiment)
    missing = [name for name in which if not experiment.stored(name)]
    if not missing:
        return True
    key = _key(experiment, missing[0])
    if job_of(key) is None:
        start(key, _title(experiment, missing[0]), lambda job: _train(experiment, missing[0], job))
    watch(
        key, retry=lambda: start(key, _title(experiment, missing[0]), lambda job: _train(experiment, missing[0], job))
    )
    return False


def _key(experiment: Experiment, which: Trained) -> str:
    return f"{TRAINING}{experiment.key(which)}"


def _leave_other_trainings(experiment: Experiment) -> None:
    """Stop what this tab trained for an earlier choice; it starts anew when that choice comes back."""
    held, wanted = _held(), {_key(experiment, "original"), _key(experiment, "retrained")}
    for key in [key for key in held if key.startswith(TRAINING) and key not in wanted]:
        held.pop(key).stop()


def _title(experiment: Experiment, which: Trained) -> str:
    without = f" without the {len(experiment.forget_set):,} forget samples" if which == "retrained" else ""
    return f"Training the {which} model{without}"


def _train(experiment: Experiment, which: Trained, job: Job) -> None:
    def report(epoch: Any) -> None:
        job.report(epoch.index / epoch.total, f"{job.title}: epoch {epoch.index} of {epoch.total}")

    experiment.train(which, report)


def watch(key: str, retry: Callable[[], Any] | None = None) -> None:
    """Show the job under `key`: place in the queue, progress, time left and Stop; afterwards, how it ended."""
    job = job_of(key)
    if job is None:
        return
    if job.active:
        st.fragment(_follow, run_every=POLL)(key)
    elif job.state == "failed":
        st.error(job.error, icon=":material/error:")
    elif job.state == "stopped":
        st.info(f"{job.title} was stopped; nothing was lost.", icon=":material/stop_circle:")
    if not job.active and job.state != "done" and retry is not None:
        st.button("Start again", key=f"again {key}", on_click=retry)


def _follow(key: str) -> None:
    job = job_of(key)
    if job is None or not job.active:
        st.rerun()
    bar, button = st.columns([5, 1], vertical_alignment="center")
    bar.progress(job.progress, text=progress_text(job))
    button.button("Stop", key=f"stop {key}", on_click=job.stop, width="stretch", icon=":material/stop:")


def progress_text(job: Job) -> str:
    """What a job is doing, or its place in the queue, and the time left at the pace so far."""
    if job.state == "waiting":
        ahead = _queue().ahead(job)
        return f"{job.title}: waiting, {ahead} in front" if ahead else f"{job.title}: next in the queue"
    left = job.seconds_left
    return job.doing if left is None else f"{job.doing}, about {max(left, 1):.0f} s left"

"""Leaving samples out, as the Information page asks for it: what is known of it, and the button that finds out more."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import streamlit as st

from explorer.background import Job
from explorer.background.progress import ignore_progress
from explorer.experiments import Experiment
from explorer.experiments.derived.removal import Removal, all_at_once, each_left_out, leave_each_out, leave_out
from explorer.models import is_own
from explorer.ui.state.selection import unless_removed
from explorer.ui.work import jobs

FEW = 8  # samples that are retrained without one after the other, at most, in one go


def removal(experiment: Experiment) -> Removal:
    """What is known of leaving samples out: all of a plane's samples, or else those that this tab has asked for."""
    if all_at_once(experiment):
        return _read(experiment.ignoring_forget_set) if each_left_out(experiment) else _unknown(experiment)
    job, found = jobs.job_of(_key(experiment)), _asked(experiment)
    if job is not None and job.state == "done":
        found.update(job.result)
    nothing = _unknown(experiment)
    for sample, (nats, moved) in found.items():
        nothing.information[sample], nothing.moved[sample] = nats, moved
    return nothing


def offer_removal(experiment: Experiment, chosen: list[int]) -> None:
    """The button that finds the leave-one-out truth out, and its progress; nothing where all is known."""
    every, key = all_at_once(experiment), _key(experiment)
    asked = [sample for sample in chosen if sample not in _asked(experiment)][:FEW]
    if is_own(experiment.model):
        st.caption(
            "By networks of its architecture, trained here: how the one that was brought was trained is not known."
        )
    if every and each_left_out(experiment):
        return
    samples = len(experiment.data.train)
    job = jobs.job_of(key)
    if job is None or not job.active:
        words = (
            f"Train {samples:,} models, each without one sample" if every else f"Retrain without each of {len(asked)}"
        )
        if every or asked:
            pressed = st.button(
                words, icon=":material/model_training:", key="leave out", on_click=_leave_out, args=(experiment, asked),
                help="The only way to know what a sample tells: train without it and compare.",
            )  # fmt: skip
            if pressed:
                st.rerun()
        elif not _asked(experiment):
            st.info("Choose a few samples in a picture to retrain without each of them.")
    jobs.watch(key)


@unless_removed
def _leave_out(experiment: Experiment, samples: list[int]) -> None:
    every = all_at_once(experiment)

    def leave(job: Job) -> dict[int, tuple[float, float]]:
        if every:
            leave_each_out(experiment, job.report)
            return {}
        found = leave_out(experiment, samples, job.report)
        return {sample: (found.information[sample], found.moved[sample]) for sample in samples}

    title = "Leaving each sample out" if every else f"Retraining without each of {len(samples)} samples"
    jobs.start(_key(experiment), title, leave, together=every)


@lru_cache(maxsize=8)
def _read(experiment: Experiment) -> Removal:
    return leave_each_out(experiment, ignore_progress)


def _asked(experiment: Experiment) -> dict[int, tuple[float, float]]:
    found: dict[int, tuple[float, float]] = st.session_state.setdefault(f"removed {experiment.ignoring_forget_set}", {})
    return found


def _unknown(experiment: Experiment) -> Removal:
    return Removal(*(np.full(len(experiment.data.train), np.nan) for _ in range(2)))


def _key(experiment: Experiment) -> str:
    return f"removal {experiment.ignoring_forget_set}"

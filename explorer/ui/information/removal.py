"""Leave-one-out information on the Information page: what is computed so far, and the button that computes more."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import streamlit as st

from explorer.background import Job
from explorer.background.progress import ignore_progress
from explorer.experiments import Experiment
from explorer.experiments.derived.removal import LEAVE_ONE_OUT, Removal, can_leave_each_out, leave_each_out, leave_out
from explorer.models import is_own
from explorer.ui.state.selection import unless_removed
from explorer.ui.work import jobs

FEW = 8  # retrained models per press of the button, at most


def removal(experiment: Experiment) -> Removal:
    """Leave-one-out information of the training samples, NaN where it is not computed.

    A plane has all of its samples or none. Otherwise only the samples that this browser tab requested are computed.
    """
    if can_leave_each_out(experiment):
        return _read(experiment.ignoring_forget_set) if LEAVE_ONE_OUT.stored(experiment) else _unknown(experiment)
    job, computed = jobs.job_of(_key(experiment)), _computed(experiment)
    if job is not None and job.state == "done":
        computed.update(job.result)
    result = _unknown(experiment)
    for sample, (nats, moved) in computed.items():
        result.information[sample], result.moved[sample] = nats, moved
    return result


def offer_removal(experiment: Experiment, selected: list[int]) -> None:
    """The button that computes leave-one-out information, and its progress; nothing if all samples have it.

    Args:
        experiment: data set, model and seed.
        selected: indices of the selected samples; those not computed yet are offered, FEW at a time.
    """
    every, key = can_leave_each_out(experiment), _key(experiment)
    missing = [sample for sample in selected if sample not in _computed(experiment)][:FEW]
    if is_own(experiment.model):
        st.caption(
            "Measured on networks of the same architecture trained by this app, as the training of an uploaded "
            "network is unknown."
        )
    if every and LEAVE_ONE_OUT.stored(experiment):
        return
    samples = len(experiment.data.train)
    job = jobs.job_of(key)
    if job is None or not job.active:
        label = f"Compute information (n = {len(missing):,})"
        if every:
            label = f"Compute information (trains {samples:,} models)"
        if every or missing:
            pressed = st.button(
                label, icon=":material/model_training:", key="leave out", on_click=_leave_out,
                args=(experiment, missing),
                help="Exact leave-one-out information: trains a model without the sample and compares the two models.",
            )  # fmt: skip
            if pressed:
                st.rerun()
        elif not _computed(experiment):
            st.info(f"Select up to {FEW} samples in a figure to compute their leave-one-out information.")
    jobs.watch(key)


@unless_removed
def _leave_out(experiment: Experiment, samples: list[int]) -> None:
    every = can_leave_each_out(experiment)

    def leave(job: Job) -> dict[int, tuple[float, float]]:
        if every:
            leave_each_out(experiment, job.report)
            return {}
        result = leave_out(experiment, samples, job.report)
        return {sample: (result.information[sample], result.moved[sample]) for sample in samples}

    jobs.start(_key(experiment), "Computing leave-one-out information", leave, shared=every)


@lru_cache(maxsize=8)
def _read(experiment: Experiment) -> Removal:
    return leave_each_out(experiment, ignore_progress)


def _computed(experiment: Experiment) -> dict[int, tuple[float, float]]:
    """Information (nats) and changed share by sample, as computed in this browser tab."""
    key = f"removed {experiment.ignoring_forget_set}"
    computed: dict[int, tuple[float, float]] = st.session_state.setdefault(key, {})
    return computed


def _unknown(experiment: Experiment) -> Removal:
    return Removal(*(np.full(len(experiment.data.train), np.nan) for _ in range(2)))


def _key(experiment: Experiment) -> str:
    return f"removal {experiment.ignoring_forget_set}"

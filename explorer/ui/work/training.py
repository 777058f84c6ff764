"""Trained models that a page needs: stored, or trained in the background; long trainings ask first."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.background import Job
from explorer.experiments import Experiment
from explorer.experiments.derived.measures import LOGITS, OutputsOf
from explorer.experiments.experiment import Trained
from explorer.models import architecture_of
from explorer.models.building import NOT_RETRAINED, can_be_retrained
from explorer.models.schedules import describe_training, minutes
from explorer.ui.state.tab import tab
from explorer.ui.work import jobs
from explorer.ui.work.cached import SLOW_SAMPLES, network_of
from explorer.words import counted

TRAINING = "training "  # prefix of the jobs' keys
UNASKED = 1.5  # minutes of training above which the user is asked first


def ensure_trained(experiment: Experiment, *which: Trained) -> bool:
    """Whether these models are stored; if not, train them in the background, one after the other, with a progress bar.

    If False, the page cannot be drawn yet; it reruns when the training ends.
    """
    _leave_others(experiment)
    missing = [name for name in which if not experiment.stored(name)]
    if not missing:
        return True
    first = missing[0]
    if not can_be_retrained(experiment.model):
        st.info(NOT_RETRAINED.format(model=experiment.model), icon=":material/info:")
        return False
    key = _key(experiment, first)

    def begin() -> Job:
        return jobs.start(key, _title(experiment, first), lambda job: _train(experiment, first, job), shared=True)

    if jobs.needed(key):
        if minutes(experiment.data, architecture_of(experiment.model)) > UNASKED:
            _offer(experiment, first, begin)
            return False
        begin()
    jobs.watch(key, retry=begin)
    return False


def _offer(experiment: Experiment, which: Trained, begin: Any) -> None:
    """Show an estimate of a long training, and a button that starts it."""
    left_out = 0 if which == "original" else len(experiment.forget_set)
    without = f" without the {counted(left_out, 'forget sample')}" if left_out else ""
    expected = describe_training(experiment.data, architecture_of(experiment.model), left_out)
    begun = experiment.has_checkpoint(which)
    later = "It resumes from its last epoch." if begun else "It can be stopped, and resumes from its last epoch later."
    st.info(
        f"The {which} {experiment.model} is not trained yet on {experiment.data.title}{without}: {expected}. {later}",
        icon=":material/model_training:",
    )
    label = f"{'Resume training' if begun else 'Train'} the {which} model"
    st.button(label, type="primary", key=f"train {which}", on_click=begin)


def _train(experiment: Experiment, which: Trained, job: Job) -> None:
    def after_epoch(epoch: Any) -> None:
        job.report(epoch.index / epoch.total, f"{job.title}: epoch {epoch.index} of {epoch.total}")

    def report(share: float) -> None:
        if job.progress == 0:
            job.done_before = share  # share of an earlier training that this one resumes
        job.report(share)

    experiment.train(which, after_epoch, report)


def _key(experiment: Experiment, which: Trained) -> str:
    return f"{TRAINING}{experiment.key(which)}"


def _leave_others(experiment: Experiment) -> None:
    """Stop this tab's trainings of other experiments; they resume when those are selected again."""
    current = {_key(experiment, "original"), _key(experiment, "retrained")}
    for key in [key for key in tab().jobs if key.startswith(TRAINING) and key not in current]:
        jobs.stop(key)
        del tab().jobs[key]


def _title(experiment: Experiment, which: Trained) -> str:
    left_out = counted(len(experiment.forget_set), "forget sample")
    return f"Training the {which} model{f' without the {left_out}' if which == 'retrained' else ''}"


def ensure_outputs(experiment: Experiment) -> bool:
    """Whether the model outputs that Unlearn needs are available; slow ones are computed in the background first."""
    trained: list[Trained] = [name for name in ("original", "retrained") if experiment.stored(name)]
    slow: list[tuple[Trained, OutputsOf]] = [(name, "forget") for name in trained if _slow(experiment, "forget")]
    if "retrained" not in trained and _slow(experiment, "test"):
        slow.append(("original", "test"))
    missing = [(which, of) for which, of in slow if not LOGITS.stored(experiment, which, of)]
    if not missing:
        return True

    def compute(job: Job) -> bool:
        for done, (which, of) in enumerate(missing):
            samples = "forget set" if of == "forget" else "test set"
            job.report(done / len(missing), f"Computing the outputs of the {which} model on the {samples}")
            LOGITS.get(experiment, network_of(experiment, which), lambda *_: job.report(job.progress), which, of)
        return True

    title = "Computing the outputs of the models"
    return bool(jobs.quick_result(f"answers {experiment} {missing}", title, compute, shared=True))


def _slow(experiment: Experiment, of: OutputsOf) -> bool:
    return len(experiment.forget_set if of == "forget" else experiment.data.test) >= SLOW_SAMPLES

"""The models that a page needs: there already, or trained in the background, after asking where that takes minutes."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.background import Job
from explorer.experiments import Experiment
from explorer.experiments.derived.measures import OutputsOf, answered, stored_logits
from explorer.experiments.experiment import Trained
from explorer.models import architecture_of
from explorer.models.building import NOT_RETRAINED, can_be_retrained
from explorer.models.schedules import in_words, minutes
from explorer.ui.state.tab import tab
from explorer.ui.work import jobs
from explorer.ui.work.cached import MANY, network_of
from explorer.words import counted

TRAINING = "training "  # before the keys of these jobs
UNASKED = 1.5  # minutes that a training may take without having been asked for


def ensure_trained(experiment: Experiment, *which: Trained) -> bool:
    """Whether these networks are there; if not, train them in the background and show how far that is.

    While it is False the page has nothing to compute with yet; it is run again when the training has ended.
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
        return jobs.start(key, _title(experiment, first), lambda job: _train(experiment, first, job), together=True)

    if jobs.needed(key):
        if minutes(experiment.data, architecture_of(experiment.model)) > UNASKED:
            _offer(experiment, first, begin)
            return False
        begin()
    jobs.watch(key, retry=begin)
    return False


def _offer(experiment: Experiment, which: Trained, begin: Any) -> None:
    """Say what a long training takes, and begin it when that is wanted."""
    left_out = 0 if which == "original" else len(experiment.forget_set)
    without = f" without the {counted(left_out, 'forget sample')}" if left_out else ""
    expected = in_words(experiment.data, architecture_of(experiment.model), left_out)
    begun = experiment.begun(which)
    later = "It goes on where it was left." if begun else "It can be stopped, and goes on from its last pass later."
    st.info(
        f"The {which} {experiment.model} is not trained yet on {experiment.data.title}{without}: {expected}. {later}",
        icon=":material/model_training:",
    )
    words = f"{'Go on training' if begun else 'Train'} the {which} model"
    st.button(words, type="primary", key=f"train {which}", on_click=begin)


def _train(experiment: Experiment, which: Trained, job: Job) -> None:
    def named(epoch: Any) -> None:
        job.report(epoch.index / epoch.total, f"{job.title}: {epoch.index} of {epoch.total} passes")

    def report(share: float) -> None:
        if job.progress == 0:
            job.done = share  # what an earlier training has done, if this one goes on from there
        job.report(share)

    experiment.train(which, named, report)


def _key(experiment: Experiment, which: Trained) -> str:
    return f"{TRAINING}{experiment.key(which)}"


def _leave_others(experiment: Experiment) -> None:
    """Stop what this tab trained for an earlier choice; it goes on when that choice comes back."""
    wanted = {_key(experiment, "original"), _key(experiment, "retrained")}
    for key in [key for key in tab().jobs if key.startswith(TRAINING) and key not in wanted]:
        jobs.stop(key)
        del tab().jobs[key]


def _title(experiment: Experiment, which: Trained) -> str:
    left_out = counted(len(experiment.forget_set), "forget sample")
    return f"Training the {which} model{f' without the {left_out}' if which == 'retrained' else ''}"


def ensure_outputs(experiment: Experiment) -> bool:
    """Whether the Unlearn page can be drawn at once; while the models are asked, that is shown."""
    trained: list[Trained] = [name for name in ("original", "retrained") if experiment.stored(name)]
    wanted: list[tuple[Trained, OutputsOf]] = [(name, "forget") for name in trained if _slow(experiment, "forget")]
    if "retrained" not in trained and _slow(experiment, "test"):
        wanted.append(("original", "test"))
    missing = [(which, of) for which, of in wanted if not answered(experiment, which, of)]
    if not missing:
        return True

    def ask(job: Job) -> bool:
        for done, (which, of) in enumerate(missing):
            samples = "forget set" if of == "forget" else "test set"
            job.report(done / len(missing), f"Asking the {which} model what it makes of the {samples}")
            stored_logits(experiment, which, network_of(experiment, which), of, lambda _: job.report(job.progress))
        return True

    return bool(jobs.soon(f"answers {experiment} {missing}", "Asking the models", ask, together=True))


def _slow(experiment: Experiment, of: OutputsOf) -> bool:
    return len(experiment.forget_set if of == "forget" else experiment.data.test) >= MANY

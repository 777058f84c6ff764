"""The run that somebody watches: started from the page's settings, recorded as it goes, stopped at once."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from explorer.experiments import Experiment, Job, Outcome, Request, Snapshot, Trajectory, unlearn
from explorer.ui import work
from explorer.ui.models import partition_of

JOB = "unlearn"


@dataclass(frozen=True, eq=False)
class Run:
    """A request with the record of its run; `outcome` is None until it has ended."""

    request: Request
    trajectory: Trajectory
    job: Job

    @property
    def outcome(self) -> Outcome | None:
        """What the run left, once it has ended."""
        return self.job.result

    @property
    def now(self) -> Snapshot | None:
        """The newest moment."""
        moments = self.trajectory.snapshots()
        return moments[-1] if moments else None


def launch(request: Request) -> None:
    """Start a run in the background; one that this tab still has going is stopped."""
    experiment = request.experiment
    trajectory = Trajectory(experiment.data, partition_of(experiment))

    def forget(job: Job) -> Outcome:
        def watch(step: object) -> None:
            job.tell(step.index / step.total, f"Step {step.index:,} of at most {step.total:,}")  # type: ignore[attr-defined]

        return unlearn(request, trajectory, watch, lambda: job.stopping)

    job = work.start(JOB, f"Unlearning with {request.method.title}", forget)
    st.session_state["run"] = Run(request, trajectory, job)


def current(experiment: Experiment) -> Run | None:
    """This tab's latest run, if it was on this experiment."""
    run = st.session_state.get("run")
    return run if run is not None and run.request.experiment == experiment else None


def stop_sentence(run: Run) -> str:
    """How the run ended, and what that means."""
    outcome, rule = run.outcome, run.request.rule
    if outcome is None:
        return ""
    ended = f"after {outcome.steps:,} steps in {outcome.seconds:.1f} s of unlearning"
    if outcome.stopped == "target":
        return (
            f"Forgotten {ended}: the run stopped by itself at a forget accuracy of {100 * rule.accuracy:g} % or less."
        )
    if outcome.stopped == "guard":
        return (
            f"Stopped before a collapse, {ended}: fewer than {100 * rule.guard:g} % of noise inputs were still "
            "called what the original called them, a sign that the model no longer tells inputs apart. "
            "This is its last good step."
        )
    if outcome.stopped == "nan":
        return f"Stopped {ended}: a number was no longer finite. This is the last good step; try a smaller eta."
    if outcome.stopped == "user":
        return f"Stopped by hand {ended}; the model is that of the last whole step."
    if rule.target == "none":
        return f"Ran through {ended}, with no stopping rule."
    return f"Ran through {ended} without reaching its target; try a larger eta or more passes."

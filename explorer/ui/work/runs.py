"""Runs of this server: the process that plays them, the run that a tab follows, and the run that a page shows."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from explorer.experiments import Experiment, Outcome, RemoteRun, Request, RunProcess, Trajectory
from explorer.store import Store
from explorer.ui.state import method_settings
from explorer.ui.state.selection import unless_removed
from explorer.ui.state.tab import SPEEDS, STORED, current_run, follow_run, latest_run, release_run
from explorer.ui.work import jobs
from explorer.ui.work.cached import outcome_of, partition_of
from explorer.ui.work.run import Run


def process() -> RunProcess:
    """The process that plays the runs of all tabs."""
    return _process(Store.default().home)


@st.cache_resource(show_spinner=False, on_release=RunProcess.end)
def _process(home: Path) -> RunProcess:
    """The run process for this home folder, which holds the uploaded data sets and networks."""
    return RunProcess(jobs.threads())


def rewind_run(run: Run, step: int) -> None:
    """Rewind a run to an earlier step. A stored run becomes this tab's run."""
    if not run.token:
        release_run()
        follow_run(run)
    run.rewind(step)


@unless_removed
def launch(request: Request, steps: int | None = None) -> None:
    """Start a run in the background, to its end or for this number of steps.

    This tab's previous run is stopped, unless another tab follows it.
    """
    run = Run(RemoteRun(process(), request, Trajectory(request.experiment.data, partition_of(request.experiment))))
    release_run()
    run.live.delay = SPEEDS[st.session_state.get("speed") or "fast"]
    follow_run(run)
    run.play(steps)


def run_to_show(experiment: Experiment) -> Run | None:
    """The run to show: this tab's run, else the stored run of these settings, which has ended."""
    run = current_run(experiment)
    if run is not None:
        return run
    request = method_settings.request_or_none(experiment)
    stored = None if request is None else RemoteRun.from_store(process(), request)
    if stored is not None:
        run = Run(stored)
        st.session_state[STORED] = run
    return run


def show_run_elsewhere(experiment: Experiment) -> None:
    """Show a message if this tab's run continues on another experiment."""
    run = latest_run()
    other = None if run is None or not run.active else run.request.experiment
    if other is not None and other != experiment and other.available:
        st.info(
            f"The run on {other.dataset}, {other.model}, {other.forget} continues; select that experiment to see it. "
            "Starting a run here ends it.",
            icon=":material/directions_run:",
        )


def latest_outcome(experiment: Experiment, request: Request | None) -> Outcome | None:
    """Outcome of this tab's last run if it was for this request, else the stored outcome, else None."""
    run = current_run(experiment)
    if run is not None and run.outcome is not None and run.request == request:
        return run.outcome
    return None if request is None else outcome_of(request)

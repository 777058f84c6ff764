"""The runs of this server: where they are played, which of them a tab watches, and which one a page looks at."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from explorer.experiments import Experiment, Outcome, RemoteRun, Request, RunProcess, Trajectory
from explorer.store import Store
from explorer.ui.state import method_settings
from explorer.ui.state.selection import unless_removed
from explorer.ui.state.tab import SPEEDS, follow_run, latest_run, release_run
from explorer.ui.work import jobs
from explorer.ui.work.cached import outcome_of, partition_of
from explorer.ui.work.run import Run

STORED = "stored run"


def process() -> RunProcess:
    """Where every tab's runs are played."""
    return _process(Store.default().home)


@st.cache_resource(show_spinner=False, on_release=RunProcess.end)
def _process(home: Path) -> RunProcess:
    """The one whose own data sets and networks lie here."""
    return RunProcess(jobs.threads())


def take_back(run: Run, step: int) -> None:
    """Take a run back to an earlier step; one from the store becomes this tab's by that."""
    if not run.token:
        release_run()
        follow_run(run)
    run.go_back(step)


@unless_removed
def launch(request: Request, steps: int | None = None) -> None:
    """Start a run in the background; the one that this tab had is stopped, unless another tab watches it."""
    run = Run(RemoteRun(process(), request, Trajectory(request.experiment.data, partition_of(request.experiment))))
    release_run()
    run.live.pace = SPEEDS[st.session_state.get("speed") or "fast"]
    follow_run(run)
    run.play(steps)


def current_run(experiment: Experiment) -> Run | None:
    """This tab's latest run if it is on this experiment, else the stored one of these settings that it looks at."""
    run = latest_run()
    if run is not None and run.request.experiment == experiment:
        return run
    found: Run | None = st.session_state.get(STORED)
    return found if found is not None and found.request == method_settings.request_or_none(experiment) else None


def run_to_show(experiment: Experiment) -> Run | None:
    """The run to look at: this tab's, else the one that the store has of these settings, which has ended."""
    run = current_run(experiment)
    if run is not None:
        return run
    request = method_settings.request_or_none(experiment)
    found = None if request is None else RemoteRun.found(process(), request)
    if found is not None:
        st.session_state[STORED] = run = Run(found)
    return run


def show_run_elsewhere(experiment: Experiment) -> None:
    """Say that this tab's run goes on where it belongs, if that is not here."""
    run = latest_run()
    other = None if run is None or not run.active else run.request.experiment
    if other is not None and other != experiment and other.available:
        st.info(
            f"The run on {other.dataset}, {other.model}, {other.forget} goes on; choose that again to see it. A run "
            "that is started here ends it.",
            icon=":material/directions_run:",
        )


def latest_outcome(experiment: Experiment, request: Request | None) -> Outcome | None:
    """What this tab's last run left if it was of this request, else what is stored for it, else None."""
    run = current_run(experiment)
    if run is not None and run.outcome is not None and run.request == request:
        return run.outcome
    return None if request is None else outcome_of(request)

"""The runs of this server: where they are played, which of them a tab watches, and which one a page looks at."""

from __future__ import annotations

import secrets
from pathlib import Path

import streamlit as st

from explorer.experiments import Experiment, RemoteRun, Request, RunProcess, Trajectory
from explorer.experiments.watched import Watched
from explorer.store import Store
from explorer.ui import method_state, work
from explorer.ui.models import partition_of
from explorer.ui.run import PACES, Run
from explorer.ui.unless_gone import unless_gone

STORED = "stored run"
MOST = 8  # runs that have ended and nobody watches


def process() -> RunProcess:
    """Where every tab's runs are played."""
    return _process(Store.default().home)


@st.cache_resource(show_spinner=False, on_release=RunProcess.end)
def _process(home: Path) -> RunProcess:
    """The one whose own data sets and networks lie here."""
    return RunProcess(work.threads())


@st.cache_resource(show_spinner=False)
def runs() -> Watched[Run]:
    """Every tab's runs by token."""
    return Watched(most=MOST)


def take_back(run: Run, step: int) -> None:
    """Take a run back to an earlier step; one from the store becomes this tab's by that."""
    if not run.token:
        let_go()
        _hold(run)
    run.go_back(step)


@unless_gone
def launch(request: Request, steps: int | None = None) -> None:
    """Start a run in the background; the one that this tab had is stopped, unless another tab watches it."""
    run = Run(RemoteRun(process(), request, Trajectory(request.experiment.data, partition_of(request.experiment))))
    let_go()
    run.live.pace = PACES[st.session_state.get("pace") or "fast"]
    _hold(run)
    run.play(steps)


def join(token: str) -> Run | None:
    """The run of this token, which this tab watches from now on; None where it is not here any more."""
    run = runs().find(token, work.tab())
    if run is not None:
        st.session_state["run"] = run
        _leave_with_the_tab()
    return run


def let_go() -> None:
    """Stop this tab's run, unless another tab watches it."""
    run = latest()
    if run is not None and run.token:
        runs().let_go(run.token, work.tab())


def latest() -> Run | None:
    """This tab's latest run, on whichever experiment; watched, also after the connection was lost for a while."""
    found: Run | None = st.session_state.get("run")
    if found is not None:
        runs().find(found.token, work.tab())
        _leave_with_the_tab()
    return found


def current(experiment: Experiment) -> Run | None:
    """This tab's latest run if it is on this experiment, else the stored one of these settings that it looks at."""
    run = latest()
    if run is not None and run.request.experiment == experiment:
        return run
    found: Run | None = st.session_state.get(STORED)
    return found if found is not None and found.request == method_state.usable(experiment) else None


def shown(experiment: Experiment) -> Run | None:
    """The run to look at: this tab's, else the one that the store has of these settings, which has ended."""
    run = current(experiment)
    if run is not None:
        return run
    request = method_state.usable(experiment)
    found = None if request is None else RemoteRun.found(process(), request)
    if found is not None:
        st.session_state[STORED] = run = Run(found)
    return run


def say_elsewhere(experiment: Experiment) -> None:
    """Say that this tab's run goes on where it belongs, if that is not here."""
    run = latest()
    other = None if run is None or not run.active else run.request.experiment
    if other is not None and other != experiment and other.is_there:
        st.info(
            f"The run on {other.dataset}, {other.model}, {other.forget} goes on; choose that again to see it. A run "
            "that is started here ends it.",
            icon=":material/directions_run:",
        )


def _hold(run: Run) -> None:
    run.token = secrets.token_hex(4)
    runs().put(run.token, run, work.tab())
    st.session_state["run"] = run
    _leave_with_the_tab()


def _leave_with_the_tab() -> None:
    if runs().leave not in work.tab().leaving:
        work.tab().leaving.append(runs().leave)

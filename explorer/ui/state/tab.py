"""State of this browser tab: its jobs, the live run that it follows, and the run's token in a link."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import streamlit as st

from explorer.background import Job
from explorer.background.shared_work import GRACE, SharedWork
from explorer.data import Dataset, ForgetSet
from explorer.experiments import Experiment
from explorer.ui.state import link, method_settings

TOKEN = "live"  # link parameter
STORED = "stored run"  # session key of a run from the store that a page shows
SPEEDS = {"fast": 0.0, "slow": 0.5}  # minimum seconds between two steps
MOST_RUNS = 8  # ended runs without an observer that are kept in memory


@st.cache_resource(show_spinner=False)
def shared_jobs() -> SharedWork[Job]:
    """Jobs of all tabs: two tabs that need the same result share the job, and a reloaded tab finds its jobs again."""
    return SharedWork()


@st.cache_resource(show_spinner=False)
def shared_runs() -> SharedWork[Any]:
    """Live runs (`explorer.ui.work.run.Run`) of all tabs, by token."""
    return SharedWork(capacity=MOST_RUNS)


class Tab:
    """One open browser tab, until it is closed or reloaded; an observer of jobs and runs.

    Attributes:
        jobs: the tab's jobs by key, the most recently used last.
        awaited: keys of jobs whose end no page run has shown yet.
    """

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.awaited: set[str] = set()

    def leave(self) -> None:
        """Stop observing, as the tab is closed: work without another observer ends after the grace period."""
        shared_jobs().leave(self)
        shared_runs().leave(self)


@st.cache_resource(scope="session", on_release=Tab.leave, show_spinner=False)
def tab() -> Tab:
    """This browser tab's jobs; one object per Streamlit session."""
    return Tab()


def latest_run() -> Any:
    """The run that this tab started or joined last, on any experiment; None if there is none.

    Each call registers the tab as an observer again, so that the run continues after a lost connection.
    """
    run = st.session_state.get("run")
    if run is not None:
        shared_runs().find(run.token, tab())
    return run


def current_run(experiment: Experiment) -> Any:
    """This tab's latest run if it belongs to this experiment, else the stored run of these settings that is shown."""
    run = latest_run()
    if run is not None and run.request.experiment == experiment:
        return run
    stored = st.session_state.get(STORED)
    return stored if stored is not None and stored.request == method_settings.request_or_none(experiment) else None


def follow_run(run: Any) -> None:
    """Make this the tab's run, under a new token."""
    run.token = secrets.token_hex(4)
    shared_runs().put(run.token, run, tab())
    st.session_state["run"] = run


def join_run(token: str) -> Any:
    """Make the run with this token the tab's run. Returns None if the server no longer has it."""
    run = shared_runs().find(token, tab())
    if run is not None:
        st.session_state["run"] = run
    return run


def release_run() -> None:
    """Stop this tab's run, unless another tab observes it."""
    run = latest_run()
    if run is not None and run.token:
        shared_runs().release(run.token, tab())


def adopt(arrived: Mapping[str, str], dataset: Dataset, forget: ForgetSet) -> set[str]:
    """Join the run of a link. Returns the parameter's name."""
    token = arrived.get(TOKEN)
    if token is not None:
        run = join_run(token)
        if run is not None:
            st.session_state["speed"] = next(name for name, pause in SPEEDS.items() if pause == run.live.delay)
        else:
            link.drop(
                f"the run of this link is no longer available (a run ends {GRACE:.0f} seconds after its last tab is "
                "closed); the same settings give the same numbers."
            )
    return {TOKEN}


def as_link(experiment: Experiment) -> dict[str, Any]:
    """The token of the run that is shown for this experiment, as a link parameter."""
    run = current_run(experiment)
    return {TOKEN: run.token} if run is not None and run.token else {}

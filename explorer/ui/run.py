"""The run that a tab watches: launched from its settings, played, and found again by its token after a reload."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import streamlit as st

from explorer.experiments import Experiment, Job, Outcome, RemoteRun, Request, RunProcess, Snapshot, Trajectory
from explorer.experiments.watched import GRACE, Watched
from explorer.store import Store
from explorer.ui import link, method_state, work
from explorer.ui.models import partition_of
from explorer.unlearning import Step

AT_ONCE = 0.25  # seconds
STORED = "stored run"
TOKEN = "live"  # its name in the link
MOST = 8  # runs that have ended and nobody watches
PACES = {"fast": 0.0, "slow": 0.5}  # seconds from step to step at least


class Run:
    """A live run, played elsewhere, with the job that follows it.

    token: names it in a link for as long as this server holds it; empty for one that was found in the store.
    """

    def __init__(self, live: RemoteRun) -> None:
        self.live, self.token = live, ""
        self.job: Job | None = None
        self._turn = threading.Lock()

    @property
    def request(self) -> Request:
        """What decides it."""
        return self.live.request

    @property
    def outcome(self) -> Outcome | None:
        """What it left, once it has ended."""
        return self.live.outcome

    @property
    def active(self) -> bool:
        """Whether it plays, or waits for a worker to."""
        return self.job is not None and self.job.active

    @property
    def resting(self) -> bool:
        """Whether it has begun, does not play, and has not ended."""
        return not self.active and self.outcome is None and bool(self.moments)

    @property
    def moments(self) -> list[Snapshot]:
        """What was recorded so far, oldest first."""
        return self.live.trajectory.snapshots()

    def play(self, steps: int | None = None) -> None:
        """Go on in the background, or take so many steps."""

        taken = self.live.step
        done = 0.0 if taken is None else taken.index / taken.total

        def playing(job: Job) -> None:
            def watch(step: Step) -> None:
                self._tell(job, step.index / step.total, f"Step {step.index:,} of at most {step.total:,}")

            def again(share: float) -> None:
                self._tell(job, share * done, "Taking the steps again that were lost")

            self.live.play(watch, steps, again)

        self._in_background("Unlearning", playing, done)

    def go_back(self, step: int) -> None:
        """Take the run back to an earlier step, in the background; one from the store becomes this tab's by that."""
        if not self.token:
            let_go()
            _hold(self)
        doing = f"Going back to step {step:,}"

        self._in_background(
            doing, lambda job: self.live.go_back(step, lambda share: self._tell(job, share, doing))
        )  # fmt: skip

    def pause(self) -> None:
        """Rest after the step that is under way."""
        self.live.pause()
        if self.job is not None and self.job.state == "waiting":
            self.job.stop()
        self._come_to_rest()

    def stop(self) -> None:
        """End the run at its last whole step."""
        if self.resting and not self.live.held:  # its steps must be taken again first
            self._in_background("Stopping", lambda job: self.live.stop())
        else:
            if self.job is not None:
                self.job.stop()
            self.live.stop()
        self._come_to_rest()

    def _tell(self, job: Job, done: float, doing: str) -> None:
        job.tell(done, doing)
        if job.stopping:  # also when the server ends
            self.live.stop()

    def _come_to_rest(self) -> None:
        """Wait a moment for what was asked, so that the page that is made next shows it."""
        began = time.monotonic()
        while self.active and time.monotonic() - began < AT_ONCE:
            time.sleep(0.01)

    def _in_background(self, title: str, playing: Callable[[Job], None], done: float = 0.0) -> None:
        with self._turn:  # two tabs may press Play at once
            if not self.active:
                self.job = Job(title, playing, done)
                work.queue().start(self.job)


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


def launch(request: Request, steps: int | None = None) -> None:
    """Start a run in the background; the one that this tab had is stopped, unless another tab watches it."""
    let_go()
    run = Run(RemoteRun(process(), request, Trajectory(request.experiment.data, partition_of(request.experiment))))
    run.live.pace = PACES[st.session_state.get("pace") or "fast"]
    _hold(run)
    run.play(steps)


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
    if run is not None and run.active and run.request.experiment != experiment:
        other = run.request.experiment
        st.info(
            f"The run on {other.dataset}, {other.model}, {other.forget} goes on; choose that again to see it. A run "
            "that is started here ends it.",
            icon=":material/directions_run:",
        )


def adopt(arrived: Mapping[str, str]) -> set[str]:
    """Find the run that a link names; returns the parameters that were understood."""
    token = arrived.get(TOKEN)
    if token is not None:
        run = runs().find(token, work.tab())
        if run is not None:
            st.session_state["run"] = run
            st.session_state["pace"] = next(name for name, pace in PACES.items() if pace == run.live.pace)
            _leave_with_the_tab()
        else:
            link.drop(
                f"its run is not here any more (one ends {GRACE:.0f} seconds after its last tab was closed); "
                "the same settings give the same numbers again."
            )
    return {TOKEN}


def as_link(experiment: Experiment) -> dict[str, object]:
    """The token of this experiment's run."""
    run = current(experiment)
    return {TOKEN: run.token} if run is not None and run.token else {}


def stop_sentence(run: Run) -> str:
    """How the run ended, and what that means."""
    outcome, rule = run.outcome, run.request.rule
    if outcome is None:
        return ""
    ended = (
        f"after {outcome.steps:,} {'step' if outcome.steps == 1 else 'steps'} in {outcome.seconds:.1f} s of unlearning"
    )
    if outcome.stopped == "target":
        return (
            f"Forgotten {ended}: the run stopped by itself at a forget accuracy of {100 * rule.accuracy:g} % or less."
        )
    if outcome.stopped == "guard":
        read = "" if outcome.agreement is None else f" ({100 * outcome.agreement:.0f} %)"
        return (
            f"Stopped before a collapse, {ended}: the guard shows the model noise, and fewer than "
            f"{100 * rule.guard:g} % of the noise inputs{read}, as a mean over the classes that stay, were still "
            "called what the original called them, a sign that the model no longer tells inputs apart. What stands "
            "here is its last good step; an earlier one can be taken below."
        )
    if outcome.stopped == "nan":
        return f"Stopped {ended}: a number was no longer finite. This is the last good step; try a smaller eta."
    if outcome.stopped == "user":
        return f"Stopped by hand {ended}; the model is that of the last whole step."
    if rule.target == "none":
        return f"Ran through {ended}, with no stopping rule."
    return f"Ran through {ended} without reaching its target; try a larger eta or more passes."


def _hold(run: Run) -> None:
    run.token = secrets.token_hex(4)
    runs().put(run.token, run, work.tab())
    st.session_state["run"] = run
    _leave_with_the_tab()


def _leave_with_the_tab() -> None:
    if runs().leave not in work.tab().leaving:
        work.tab().leaving.append(runs().leave)

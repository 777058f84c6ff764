"""A live run as a page sees it: played, paused, taken back and stopped in the background."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from explorer.background import Job
from explorer.experiments import Outcome, RemoteRun, Request, Snapshot
from explorer.ui.work import jobs
from explorer.unlearning import Step

AT_ONCE = 0.25  # seconds
PACES = {"fast": 0.0, "slow": 0.5}  # seconds from step to step at least


class Run:
    """A live run, played elsewhere, with the job that follows it.

    token: names it in a link for as long as this server holds it; empty for one that was found in the store. pausing:
    a rest was asked for, which the step under way puts off.
    """

    def __init__(self, live: RemoteRun) -> None:
        self.live, self.token = live, ""
        self.job: Job | None = None
        self.pausing = False
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
        return not self.active and self.outcome is None and bool(self.snapshots)

    @property
    def snapshots(self) -> list[Snapshot]:
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
        """Take the run back to an earlier step, in the background."""
        doing = f"Going back to step {step:,}"

        self._in_background(
            doing, lambda job: self.live.go_back(step, lambda share: self._tell(job, share, doing))
        )  # fmt: skip

    def pause(self) -> None:
        """Rest after the step that is under way."""
        self.pausing = True
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
                self.pausing = False
                self.job = Job(title, playing, done)
                jobs.queue().start(self.job)

"""A live run that a page can play, pause, rewind and stop in the background."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from explorer.background import Job
from explorer.experiments import Outcome, RemoteRun, Request, Snapshot
from explorer.ui.work import jobs
from explorer.unlearning import Step

AT_ONCE = 0.25  # seconds that a page waits for a pause or a stop before it is redrawn


class Run:
    """A live run in the run process, with the job that follows it.

    Attributes:
        live: the run in its process.
        token: identifies the run in a link while this server has it; empty for a stored run.
        job: the current or last job that plays the run.
        pausing: whether a pause was requested; the current step ends first.
    """

    def __init__(self, live: RemoteRun) -> None:
        self.live, self.token = live, ""
        self.job: Job | None = None
        self.pausing = False
        self._turn = threading.Lock()

    @property
    def request(self) -> Request:
        """The run's request: experiment, method, settings, rule and noise seed."""
        return self.live.request

    @property
    def outcome(self) -> Outcome | None:
        """The outcome; None until the run has ended."""
        return self.live.outcome

    @property
    def active(self) -> bool:
        """Whether the run is playing or waits for a worker."""
        return self.job is not None and self.job.active

    @property
    def resting(self) -> bool:
        """Whether the run is paused: started, not playing and not ended."""
        return not self.active and self.outcome is None and bool(self.snapshots)

    @property
    def snapshots(self) -> list[Snapshot]:
        """Recorded snapshots, oldest first."""
        return self.live.trajectory.snapshots()

    def play(self, steps: int | None = None) -> None:
        """Continue in the background, to the end or by this number of steps."""
        last = self.live.step
        done = 0.0 if last is None else last.index / last.total

        def playing(job: Job) -> None:
            def after_step(step: Step) -> None:
                self._report(job, step.index / step.total, f"Step {step.index:,} of at most {step.total:,}")

            def repeating(share: float) -> None:
                self._report(job, share * done, "Repeating earlier steps")

            self.live.play(after_step, steps, repeating)

        self._in_background("Unlearning", playing, done)

    def rewind(self, step: int) -> None:
        """Rewind the run to an earlier step, in the background."""
        doing = f"Rewinding to step {step:,}"

        self._in_background(
            doing, lambda job: self.live.rewind(step, lambda share: self._report(job, share, doing))
        )  # fmt: skip

    def pause(self) -> None:
        """Pause after the current step."""
        self.pausing = True
        self.live.pause()
        if self.job is not None and self.job.state == "waiting":
            self.job.stop()
        self._wait_briefly()

    def stop(self) -> None:
        """End the run at its last complete step."""
        if self.resting and not self.live.held:  # the run process must repeat its steps first
            self._in_background("Stopping", lambda job: self.live.stop())
        else:
            if self.job is not None:
                self.job.stop()
            self.live.stop()
        self._wait_briefly()

    def _report(self, job: Job, done: float, doing: str) -> None:
        job.set_progress(done, doing)
        if job.stopping:  # by a user, or because the server shuts down
            self.live.stop()

    def _wait_briefly(self) -> None:
        """Wait up to AT_ONCE seconds, so that the next drawing of the page shows the pause or stop."""
        began = time.monotonic()
        while self.active and time.monotonic() - began < AT_ONCE:
            time.sleep(0.01)

    def _in_background(self, title: str, playing: Callable[[Job], None], done: float = 0.0) -> None:
        with self._turn:  # two tabs may press Play at once
            if not self.active:
                self.pausing = False
                self.job = Job(title, playing, done)
                jobs.queue().start(self.job)

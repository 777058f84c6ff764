"""Background jobs: a fixed number of worker threads, stops that take effect at once, progress with time left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from math import inf
from queue import SimpleQueue
from typing import Any, Literal

from explorer.settings import InputError

State = Literal["waiting", "running", "done", "stopped", "failed"]
WORKERS = 2


class Stopped(Exception):  # noqa: N818 (not an error: a stop was requested)
    """Raised inside a job by its next `report` after a stop was requested."""


class Job:
    """One piece of work, `work(job)`, which runs in a worker thread and reports with `job.report`.

    All attributes may be read from any thread. `stop()` takes effect at the next report. The worker does not call
    Streamlit.

    Args:
        title: short description, for the progress bar and messages.
        work: called with the job; its return value becomes `result`.
        done_before: share of the work that an earlier job has done; left out of the estimate of the time left.
        unseen: seconds without a call of `seen()` after which the job stops, or does not start.

    Attributes:
        state: "waiting", "running", "done", "stopped" or "failed".
        progress: share done, 0 to 1.
        doing: description of the current step.
        error: one sentence if the job failed, else None.
        result: return value of `work` if the job is done, else None.
    """

    def __init__(self, title: str, work: Callable[[Job], Any], done_before: float = 0.0, unseen: float = inf) -> None:
        self.title, self.done_before, self.unseen = title, done_before, unseen
        # Set to None at the end: `work` may refer to networks, and a job lives as long as its result is needed.
        self._work: Callable[[Job], Any] | None = work
        self.state: State = "waiting"
        self.progress, self.doing = 0.0, title
        self.error: str | None = None
        self.result: Any = None
        self._stop = threading.Event()
        self._turn = threading.Lock()  # a job that is stopped while it leaves the queue either starts or does not
        self._began: float | None = None
        self._seen = time.monotonic()

    @property
    def active(self) -> bool:
        """Whether the job is waiting or running."""
        return self.state in ("waiting", "running")

    @property
    def seconds_left(self) -> float | None:
        """Seconds left at the speed so far; None while that is not known."""
        gained = self.progress - self.done_before
        if self._began is None or self.state != "running" or gained < 0.02:
            return None
        return (time.monotonic() - self._began) * (1 - self.progress) / gained

    @property
    def stopping(self) -> bool:
        """Whether a stop was requested."""
        return self._stop.is_set()

    def seen(self) -> None:
        """Restart the idle time: a page shows the job."""
        self._seen = time.monotonic()

    @property
    def needed(self) -> bool:
        """Whether no stop was requested and a page has shown the job in the last `unseen` seconds."""
        return not self.stopping and time.monotonic() - self._seen <= self.unseen

    def stop(self) -> None:
        """Request a stop at the next report; a waiting job does not start."""
        with self._turn:
            self._stop.set()
            if self.state == "waiting":
                self.state, self._work = "stopped", None

    def set_progress(self, progress: float, doing: str | None = None) -> None:
        """Record the progress without raising `Stopped`, for work that checks `stopping` itself in order to clean up.

        Args:
            progress: share done, clipped to 0 to 1.
            doing: description of the current step; None keeps the last one.
        """
        self.progress = min(max(progress, 0.0), 1.0)
        self.doing = doing or self.doing

    def report(self, progress: float, doing: str | None = None) -> None:
        """Record the progress, as `set_progress` does. Raises `Stopped` if the job is no longer needed."""
        self.set_progress(progress, doing)
        if not self.needed:
            raise Stopped

    def run(self) -> None:
        """Do the work in this thread; an exception becomes one sentence in `error`."""
        with self._turn:
            work, self._work = self._work, None
            if work is None or not self.needed:
                self.state = "stopped"
                return
            self.state, self._began = "running", time.monotonic()
        try:
            self.result = work(self)
            self.progress, self.state = 1.0, "done"
        except Stopped:
            self.state = "stopped"
        except InputError as error:
            self.error, self.state = str(error), "failed"
        except Exception as error:
            reason = " ".join(str(error).split()).rstrip(".") or "no reason given"
            self.error, self.state = f"{self.title} failed: {type(error).__name__}: {reason}.", "failed"


class Jobs:
    """The queue of jobs of all users of one process; `workers` jobs run at a time, in the order of `start`.

    All jobs are stopped when the program ends, so that Python does not wait for them.
    """

    def __init__(self, workers: int = WORKERS) -> None:
        self._queue: SimpleQueue[tuple[Job, Future[None]] | None] = SimpleQueue()
        self._active: list[Job] = []
        self._lock = threading.Lock()
        # Not daemons (the default inside Streamlit's threads): a daemon that ends during shutdown can crash Python.
        for number in range(workers):
            threading.Thread(target=self._work, name=f"job worker {number}", daemon=False).start()
        threading.Thread(target=self._end_with_the_program, args=(workers,), name="end of jobs", daemon=True).start()

    def start(self, job: Job) -> Future[None]:
        """Queue a job and return at once; the future is done when the job has ended."""
        ended: Future[None] = Future()
        with self._lock:
            self._active = [*(other for other in self._active if other.active), job]
            self._queue.put((job, ended))
        return ended

    def ahead(self, job: Job) -> int:
        """Number of waiting jobs in front of this one."""
        with self._lock:
            waiting = [other for other in self._active if other.state == "waiting" and other.needed]
        return waiting.index(job) if job in waiting else 0

    def _work(self) -> None:
        while (queued := self._queue.get()) is not None:
            job, ended = queued
            job.run()
            ended.set_result(None)

    def _end_with_the_program(self, workers: int) -> None:
        threading.main_thread().join()
        with self._lock:
            for job in self._active:
                job.stop()
        for _ in range(workers):
            self._queue.put(None)

"""Work in the background: a bounded number of workers, a stop that works at once, progress that tells the truth."""

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


class Stopped(Exception):  # noqa: N818 (not an error: somebody asked for it)
    """Raised inside a job at its next report after somebody has stopped it."""


class Job:
    """One piece of work: `work(job)` runs in a worker thread, reports with `job.report`, and returns the result.

    Read it from any thread: `state`, `progress` (share done), `doing` (what, in words), `seconds_left`, `error` (one
    sentence), `result`. `stop()` takes effect at the work's next report. The worker calls no Streamlit. done: the share
    that an earlier job has done of the same work. unseen: seconds after which it stops by itself, or does not begin,
    when nobody has called `seen()`.
    """

    def __init__(self, title: str, work: Callable[[Job], Any], done: float = 0.0, unseen: float = inf) -> None:
        self.title, self.done, self.unseen = title, done, unseen
        # Let go of at the end: what it would be made of, networks among it, need not live as long as what it has left.
        self._work: Callable[[Job], Any] | None = work
        self.state: State = "waiting"
        self.progress, self.doing = 0.0, title
        self.error: str | None = None
        self.result: Any = None
        self._stop = threading.Event()
        self._turn = threading.Lock()  # a job that is stopped as its turn comes either starts or does not
        self._began: float | None = None
        self._seen = time.monotonic()

    @property
    def active(self) -> bool:
        """Whether it waits or runs."""
        return self.state in ("waiting", "running")

    @property
    def seconds_left(self) -> float | None:
        """What is left at the pace so far; None while that cannot be known."""
        gone = self.progress - self.done
        if self._began is None or self.state != "running" or gone < 0.02:
            return None
        return (time.monotonic() - self._began) * (1 - self.progress) / gone

    @property
    def stopping(self) -> bool:
        """Whether somebody has asked for a stop."""
        return self._stop.is_set()

    def seen(self) -> None:
        """Somebody looks at it."""
        self._seen = time.monotonic()

    @property
    def wanted(self) -> bool:
        """Whether nobody has asked for a stop, and somebody has looked at it lately."""
        return not self.stopping and time.monotonic() - self._seen <= self.unseen

    def stop(self) -> None:
        """Ask the work to end at its next report; one that waits never starts."""
        with self._turn:
            self._stop.set()
            if self.state == "waiting":
                self.state, self._work = "stopped", None

    def tell(self, progress: float, doing: str | None = None) -> None:
        """Called by work that looks at `stopping` itself, because it has something to bring to an end."""
        self.progress = min(max(progress, 0.0), 1.0)
        self.doing = doing or self.doing

    def report(self, progress: float, doing: str | None = None) -> None:
        """Called by the work: the share that is done. Raises `Stopped` once nobody wants it any more."""
        self.tell(progress, doing)
        if not self.wanted:
            raise Stopped

    def run(self) -> None:
        """Do the work in this thread; whatever goes wrong becomes one sentence in `error`."""
        with self._turn:
            work, self._work = self._work, None
            if work is None or not self.wanted:
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
    """A queue that all users of one process share: `WORKERS` jobs run at a time, the others wait their turn.

    When the program ends, all of them are stopped: Python waits for its threads, and nobody waits for the last epoch.
    """

    def __init__(self, workers: int = WORKERS) -> None:
        self._queue: SimpleQueue[tuple[Job, Future[None]] | None] = SimpleQueue()
        self._active: list[Job] = []
        self._lock = threading.Lock()
        # No daemons, which is what a page's threads start unless told: Python may die over one that ends while it does.
        for number in range(workers):
            threading.Thread(target=self._work, name=f"job worker {number}", daemon=False).start()
        threading.Thread(target=self._end_with_the_program, args=(workers,), name="end of jobs", daemon=True).start()

    def start(self, job: Job) -> Future[None]:
        """Queue a job; returns at once. The future is done when the job is."""
        ended: Future[None] = Future()
        with self._lock:
            self._active = [*(other for other in self._active if other.active), job]
            self._queue.put((job, ended))
        return ended

    def ahead(self, job: Job) -> int:
        """How many jobs wait in front of this one."""
        with self._lock:
            waiting = [other for other in self._active if other.state == "waiting" and other.wanted]
        return waiting.index(job) if job in waiting else 0

    def _work(self) -> None:
        while (found := self._queue.get()) is not None:
            job, ended = found
            job.run()
            ended.set_result(None)

    def _end_with_the_program(self, workers: int) -> None:
        threading.main_thread().join()
        with self._lock:
            for job in self._active:
                job.stop()
        for _ in range(workers):
            self._queue.put(None)

"""A live run, which can be played, stepped, paused, slowed, rewound and stopped.

The method's steps are an iterator and depend on the request alone, so a run that was paused, slowed or rewound ends
with the same weights as a run without interruption.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import cast

from explorer.background.progress import Share, ignore_share
from explorer.experiments.request import Outcome, Request
from explorer.experiments.runs.trajectory import Trajectory
from explorer.experiments.runs.trajectory_store import save_trajectory
from explorer.models import Network
from explorer.unlearning import Interrupted, Step, interruptible, until

SNAPSHOT_INTERVAL = 0.1  # seconds between two snapshots at least: more would not be visible
RECORDING_SHARE = 0.1  # share of a run's time that recording may take
RECORDING_SECONDS = 0.5  # seconds of recording before these limits apply, so that short runs record every step
STOP_SECONDS = 0.2  # seconds that a stop may wait for the last snapshot


class LiveRun:
    """One request, played step by step by one thread at a time; `pause` and `stop` may be called from any thread.

    Args:
        request: everything that decides the run.
        trajectory: records the first steps, the last, every step at which the run pauses, and up to ten a second in
            between, fewer if measuring is slow. A stop does not wait for a snapshot of more than `STOP_SECONDS`.

    Attributes:
        delay: seconds from one step to the next at least, for slow motion; may be changed while the run plays.
        step: the last step taken; None at the original.
        outcome: None until the run has ended. It is stored with the trajectory unless the run was stopped by hand.
    """

    def __init__(self, request: Request, trajectory: Trajectory | None = None) -> None:
        self.request, self.trajectory = request, trajectory
        self.delay = 0.0
        self.step: Step | None = None
        self.outcome: Outcome | None = None
        self._run: until | None = None
        self._steps: Iterator[Step] = iter(())
        self._seconds = 0.0
        self._cost, self._spent = 0.0, 0.0  # seconds that the last snapshot took, and all
        self._recorded = 0.0  # time of the last snapshot
        self._turn = threading.Lock()
        self._rest = threading.Event()  # a pause or a stop was requested
        self._ending = False  # a stop was requested
        self._broken = False  # a step raised an exception
        self._over = False  # the method has no further step

    @property
    def position(self) -> int:
        """Number of steps taken."""
        return self.outcome.steps if self.outcome is not None else 0 if self.step is None else self.step.index

    def play(self, watch: Callable[[Step], None] = lambda step: None, steps: int | None = None) -> None:
        """Take steps until a pause or stop is requested, `steps` steps are taken, or the run ends.

        Args:
            watch: called after each step; an exception pauses the run there.
            steps: steps to take at most; None: no limit.
        """
        with self._turn:
            if self.outcome is None:
                self._rest.clear()
                self._play(watch, steps)
        if self._ending and self.outcome is None:  # requested just before this returned
            self.stop()

    def pause(self) -> None:
        """Pause after the current step."""
        self._rest.set()

    def stop(self) -> None:
        """End the run at its last whole step, before the network's next forward pass; the outcome is not stored."""
        self.request_stop()
        if self._turn.acquire(blocking=False):  # the run is not playing
            try:
                self._end_by_hand()
            finally:
                self._turn.release()

    def request_stop(self) -> None:
        """Let the current or the next call end the run; a paused run stays paused until then."""
        self._ending = True
        self._rest.set()

    def rewind(self, to: int, progress: Share = ignore_share) -> None:
        """Rewind the run to an earlier step, where it pauses; later snapshots are dropped.

        The steps are repeated from the original, which is exact for every method.

        Args:
            to: index of the step; 0 is the original.
            progress: called with the share of the repeated steps that is done.
        """
        with self._turn:
            if self.outcome is not None:  # otherwise a stop may have been requested just now
                self._ending, self.outcome = False, None
            run = self._begin()
            with self._interruptible(run):
                while self._taken() < to and not self._ending and self._next(run) is not None:
                    progress(self._taken() / to)
            if self.trajectory is not None:
                self.trajectory.cut(self._taken())
            with self._interruptible(run):
                self._record(always=True)
        if self._ending:
            self.stop()

    def _play(self, watch: Callable[[Step], None], steps: int | None) -> None:
        first, run = self._run is None, self._run or self._begin()
        self._ending = self._ending or self._broken
        with self._interruptible(run):
            if first:
                self._record(always=True)
            self._take(run, watch, None if steps is None else self._taken() + steps)
            if not self._over and not self._ending:
                self._record(always=True)
        if self._over and run.stopped != "user":
            self._finish(run)
        elif self._ending:
            self._end_by_hand()

    def _take(self, run: until, watch: Callable[[Step], None], last: int | None) -> None:
        """Take steps until the run is over, a pause or stop is requested, or step `last` is taken."""
        while not self._ending and (last is None or self._taken() < last):
            step = self._next(run)
            if step is None:
                return
            self._record(always=self.delay > 0)
            watch(step)
            if run.stopped:  # this step met the rule: end the run now, not with the next call
                self._next(run)
                return
            if self._rest.wait(self.delay) if self.delay else self._rest.is_set():
                return

    @contextmanager
    def _interruptible(self, run: until) -> Iterator[None]:
        """Leave the block before the network's next forward pass once a stop was requested."""
        with suppress(Interrupted), interruptible(run.network, lambda: self._ending):
            yield

    def _begin(self) -> until:
        request, original = self.request, self.request.experiment.original
        run = request.experiment.unlearn(
            request.method, request.settings, request.rule, request.noise_seed, original
        )  # fmt: skip
        self._run, self._steps, self.step, self._seconds = run, iter(run), None, 0.0
        self._spent = 0.0
        self._broken = self._over = False
        return run

    def _taken(self) -> int:
        return 0 if self.step is None else self.step.index

    def _next(self, run: until) -> Step | None:
        _ = run.reading  # reading the original does not count in the seconds
        began = time.perf_counter()
        try:
            step = next(self._steps, None)
        except Exception:
            self._broken = True  # the run cannot continue, and its outcome is not stored
            raise
        self._seconds += time.perf_counter() - began
        self._over = step is None
        self.step = run.last if step is None else step
        return step

    def _record(self, always: bool) -> None:
        run, trajectory = self._run, self.trajectory
        if run is None or trajectory is None:
            return
        began = time.perf_counter()
        due = began - self._recorded >= max(SNAPSHOT_INTERVAL, self._cost / RECORDING_SHARE)
        if always or due or self._spent < RECORDING_SECONDS:
            trajectory.record(run.network, self.step, run.reading if run.read_after is self.step else None)
            self._recorded = time.perf_counter()
            self._cost = self._recorded - began
            self._spent += self._cost

    def _end_by_hand(self) -> None:
        run = self._run
        if run is None or self.outcome is not None:
            return
        if self.step is not None and not self._broken:  # otherwise the iterator does not wait between two steps
            run.stop()
            self._next(run)
        run.stopped = run.stopped or "user"
        self._finish(run)

    def _finish(self, run: until) -> None:
        unread = 0.0 if run.read_after is self.step else run.reading_seconds
        if run.stopped != "user" or (self.step is not None and self._cost + unread <= STOP_SECONDS):
            self._record(always=True)
        network, judged = cast(Network, run.network.eval().to("cpu")), run.judged
        agreement = None if judged is None else judged.agreement
        self.outcome = Outcome(network, self._taken(), self._seconds, run.stopped, agreement)
        if run.stopped != "user":
            self.outcome.save(self.request)
            if self.trajectory is not None:
                save_trajectory(self.trajectory, self.request)


def unlearn(
    request: Request,
    trajectory: Trajectory | None = None,
    watch: Callable[[Step], None] = lambda step: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Run a method on a copy of the original to its end and store the outcome, unless it was stopped by hand.

    Args:
        request: everything that decides the run.
        trajectory: records the run; stored with the outcome.
        watch: called after each step.
        stopping: called after each step; True ends the run there with the reason "user", and nothing is stored.

    Returns:
        The outcome; recording and callbacks do not count in its `seconds`.

    Example::

        experiment, method = Experiment("moons", "mlp", forget="samples:4"), METHODS["jit"]
        settings = method.configure(experiment.data.shape, "default")
        outcome = unlearn(Request(experiment, method, settings, default_rule(experiment.forget_set)))
    """
    run = LiveRun(request, trajectory)

    def after_step(step: Step) -> None:
        watch(step)
        if stopping():
            run.stop()

    run.play(after_step)
    assert run.outcome is not None
    return run.outcome

"""A run that somebody plays: on, one step, paused, slowed, taken back to an earlier step, or ended where it is.

The method's steps are an iterator, so whoever iterates decides. Steps follow from the request alone, whatever happens
between two of them: a run that was paused, slowed or taken back leaves the weights of one that ran through.
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
from explorer.experiments.runs.trajectory_store import keep_trajectory
from explorer.models import Network
from explorer.unlearning import Interrupted, Step, interruptible, until

BETWEEN_SNAPSHOTS = 0.1  # seconds at least: more often than anybody can see would only slow the run down
WATCHING = 0.1  # the share of a run's time that recording it may take
AT_FIRST = 0.5  # seconds that it may take before: of a short run each step is kept
ANSWER = 0.2  # seconds that a stop may wait for the last moment to be recorded


class LiveRun:
    """One request, played step by step by one thread at a time; `pause` and `stop` come from any thread.

    trajectory: records the first moments, the last, each one at which the run rests, and up to ten a second between,
    fewer where measuring one is slow; a stop does not wait for one that takes longer than `ANSWER`. pace: seconds from
    step to step at least, for slow motion; change it as it plays. step: the last one that was taken, None at the
    original. outcome: None until the run has ended; what ended by itself is stored, with its trajectory.
    """

    def __init__(self, request: Request, trajectory: Trajectory | None = None) -> None:
        self.request, self.trajectory = request, trajectory
        self.pace = 0.0
        self.step: Step | None = None
        self.outcome: Outcome | None = None
        self._run: until | None = None
        self._steps: Iterator[Step] = iter(())
        self._seconds = 0.0
        self._cost, self._spent, self._recorded = 0.0, 0.0, 0.0  # of the last moment, of all, and when that was
        self._turn = threading.Lock()
        self._rest = threading.Event()  # somebody asks for a pause or the end
        self._ending = self._broken = self._over = False

    @property
    def position(self) -> int:
        """How many steps have been taken."""
        return self.outcome.steps if self.outcome is not None else 0 if self.step is None else self.step.index

    def play(self, watch: Callable[[Step], None] = lambda step: None, steps: int | None = None) -> None:
        """Go on until somebody asks for a rest, `steps` steps are taken, or the run ends. `watch` hears of each step.

        What `watch` raises ends the playing at a whole step.
        """
        with self._turn:
            if self.outcome is None:
                self._rest.clear()
                self._play(watch, steps)
        if self._ending and self.outcome is None:  # asked for as this was about to return
            self.stop()

    def pause(self) -> None:
        """Rest after the step that is under way."""
        self._rest.set()

    def stop(self) -> None:
        """End the run before the network's next forward, at its last whole step, which is not stored."""
        self.ask_to_stop()
        if self._turn.acquire(blocking=False):  # nobody plays who would see to it
            try:
                self._end_by_hand()
            finally:
                self._turn.release()

    def ask_to_stop(self) -> None:
        """Have whatever is under way, or comes next, end the run; one that rests goes on resting until then."""
        self._ending = True
        self._rest.set()

    def go_back(self, to: int, tell: Share = ignore_share) -> None:
        """Take the run back to an earlier step, where it rests; what was recorded since is gone.

        The steps are taken again from the original, which is exact for every method. `tell` hears the share done.
        """
        with self._turn:
            if self.outcome is not None:  # else a stop may have been asked for just now
                self._ending, self.outcome = False, None
            run = self._begin()
            with self._interruptible(run):
                while self._taken() < to and not self._ending and self._next(run) is not None:
                    tell(self._taken() / to)
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
        """Steps until the run is over, or somebody asks for a rest, or the last one is taken."""
        while not self._ending and (last is None or self._taken() < last):
            step = self._next(run)
            if step is None:
                return
            self._record(always=self.pace > 0)
            watch(step)
            if run.stopped:  # this step met the rule: let it say so now, not at the next press
                self._next(run)
                return
            if self._rest.wait(self.pace) if self.pace else self._rest.is_set():
                return

    @contextmanager
    def _interruptible(self, run: until) -> Iterator[None]:
        """What is done in between ends before the network's next forward, once somebody has asked for a stop."""
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
        _ = run.reading  # of the original, which is no part of the seconds
        began = time.perf_counter()
        try:
            step = next(self._steps, None)
        except Exception:
            self._broken = True  # it cannot go on, and what it has is nothing to store
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
        due = began - self._recorded >= max(BETWEEN_SNAPSHOTS, self._cost / WATCHING)
        if always or due or self._spent < AT_FIRST:
            trajectory.record(run.network, self.step, run.reading if run.read_after is self.step else None)
            self._recorded = time.perf_counter()
            self._cost = self._recorded - began
            self._spent += self._cost

    def _end_by_hand(self) -> None:
        run = self._run
        if run is None or self.outcome is not None:
            return
        if self.step is not None and not self._broken:  # else there is no step that waits for the next
            run.stop()
            self._next(run)
        run.stopped = run.stopped or "user"
        self._finish(run)

    def _finish(self, run: until) -> None:
        unread = 0.0 if run.read_after is self.step else run.reading_seconds
        if run.stopped != "user" or (self.step is not None and self._cost + unread <= ANSWER):
            self._record(always=True)
        network, judged = cast(Network, run.network.eval().to("cpu")), run.judged
        agreement = None if judged is None else judged.agreement
        self.outcome = Outcome(network, self._taken(), self._seconds, run.stopped, agreement)
        if run.stopped != "user":
            self.outcome.keep(self.request)
            if self.trajectory is not None:
                keep_trajectory(self.trajectory, self.request)


def unlearn(
    request: Request,
    trajectory: Trajectory | None = None,
    watch: Callable[[Step], None] = lambda step: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Run the method on a copy of the original to its end and store what it leaves, unless it was stopped by hand.

    watch: called after each step. stopping: asked after each step; True ends the run there with the reason "user". None
    of these counts in `seconds`.
    """
    run = LiveRun(request, trajectory)

    def heard(step: Step) -> None:
        watch(step)
        if stopping():
            run.stop()

    run.play(heard)
    assert run.outcome is not None
    return run.outcome

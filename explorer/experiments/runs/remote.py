"""A live run that is played in the run server, with the interface of `LiveRun`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import count
from typing import Any

from explorer.background.progress import Share, ignore_share
from explorer.experiments.request import Outcome, Request, stored_outcome
from explorer.experiments.runs.messages import (
    Message,
    decode_error,
    decode_outcome,
    decode_snapshot,
    decode_step,
    encode_snapshot,
)
from explorer.experiments.runs.process import GONE, LOST, RunProcess
from explorer.experiments.runs.trajectory import Trajectory
from explorer.experiments.runs.trajectory_store import stored_trajectory
from explorer.models import Network
from explorer.settings import InputError
from explorer.unlearning import Step


class RemoteRun:
    """One request, played step by step in `process`, with the same results as a `LiveRun` in this process.

    The process holds a paused run. If the process has ended, the next call repeats the steps in a new one.

    Args:
        process: where the run is played.
        request: everything that decides the run.
        trajectory: receives the snapshots that are recorded in the process.

    Attributes:
        step: the last step reported; when the run is paused, the last step taken. None at the original.
        outcome: None until the run has ended.
    """

    def __init__(self, process: RunProcess, request: Request, trajectory: Trajectory) -> None:
        self.request, self.trajectory = request, trajectory
        self.step: Step | None = None
        self.outcome: Outcome | None = None
        self._process, self._inbox = process, process.inbox()
        self._original: Network | None = None  # receives the weights of the outcome
        self._calls = count()
        self._generation = 0  # of the process that holds this run; 0: none
        self._delay = 0.0
        self._ending = self._pausing = False
        self._turn = threading.Lock()

    @classmethod
    def from_store(cls, process: RunProcess, request: Request) -> RemoteRun | None:
        """The ended run of this request from the store; None if its outcome or trajectory is not stored."""
        trajectory, outcome = stored_trajectory(request), stored_outcome(request)
        if trajectory is None or outcome is None:
            return None
        run = cls(process, request, trajectory)
        run.outcome = outcome
        return run

    @property
    def position(self) -> int:
        """Number of steps taken."""
        return self.outcome.steps if self.outcome is not None else 0 if self.step is None else self.step.index

    @property
    def delay(self) -> float:
        """Seconds from one step to the next at least, for slow motion; may be changed while the run plays."""
        return self._delay

    @delay.setter
    def delay(self, seconds: float) -> None:
        self._delay = seconds
        self._send("delay", seconds)

    def play(
        self,
        watch: Callable[[Step], None] = lambda step: None,
        steps: int | None = None,
        recovering: Share = ignore_share,
    ) -> None:
        """Take steps until a pause or stop is requested, `steps` steps are taken, or the run ends.

        Args:
            watch: called with the newest step, several times a second.
            steps: steps to take at most; None: no limit.
            recovering: called with the share done while the steps of an ended process are repeated.

        Raises:
            InputError: if the process has ended.
            RuntimeError: if the run has failed.
        """
        with self._turn:
            if self.outcome is None:
                self._pausing = False
                self._resume(recovering)
                if not self._pausing:
                    self._call("play", steps, watch=watch)
        if self._ending and self.outcome is None:  # requested just before this returned
            self.stop()

    def pause(self) -> None:
        """Pause after the current step."""
        self._pausing = True
        self._send("pause")

    def stop(self) -> None:
        """End the run at its last whole step, before the network's next forward pass; the outcome is not stored."""
        self._ending = True
        self._send("stop")
        if self._turn.acquire(blocking=False):  # the run is not playing
            try:
                if self.outcome is None and self.trajectory.snapshots():
                    self._resume(ignore_share)
                    self._call("end")
            finally:
                self._turn.release()

    def rewind(self, to: int, progress: Share = ignore_share) -> None:
        """Rewind the run to an earlier step, where it pauses; later snapshots are dropped.

        The steps are repeated from the original, which is exact for every method.

        Args:
            to: index of the step; 0 is the original.
            progress: called with the share of the repeated steps that is done.

        Raises:
            InputError: if the process has ended.
            RuntimeError: if the run has failed.
        """
        with self._turn:
            if self.outcome is not None:  # otherwise a stop may have been requested just now
                self._ending, self.outcome = False, None
                self._generation = 0
            if self._begin():
                self._repeat_stop()
            self._call("rewind", to, share=progress)
        if self._ending:
            self.stop()

    @property
    def held(self) -> bool:
        """Whether the process holds the run, so that the next call need not repeat its steps."""
        return self._process.holds(self._generation)

    def _repeat_stop(self) -> None:
        """Send a stop that was requested before the process held the run."""
        if self._ending:
            self._send("stop")

    def _send(self, command: str, *values: Any) -> None:
        """Send a command without an answer, if the process holds the run."""
        if self.held:
            self._process.send(self._inbox.number, command, *values)

    def _resume(self, recovering: Share) -> None:
        """Make sure that the process holds the run at its last step; steps of an ended process are repeated."""
        if self._begin():
            if self.step is not None:
                self._call("rewind", self.step.index, share=recovering)
            self._repeat_stop()

    def _call(
        self, command: str, *values: Any, watch: Callable[[Step], None] = lambda step: None, share: Share = ignore_share
    ) -> None:  # fmt: skip
        """Send a command to a run that was begun, and handle its events until it is done."""
        call, generation = next(self._calls), self._generation
        self._process.send(self._inbox.number, command, call, *values)
        while True:
            match self._inbox.get():
                case ("snapshot", message):
                    self.trajectory.add(decode_snapshot(message, self.request.method))
                case ("cut", step):
                    self.trajectory.cut(step)
                case ("step", message):
                    self.step = decode_step(message)
                    watch(self.step)
                case ("share", done):
                    share(done)
                case ("done", number, created, step, outcome, error) if number == call:
                    if created:
                        self._update(step, outcome)
                    else:
                        self._generation = 0
                    if error is not None:
                        raise decode_error(error)
                    return
                case (event, lost) if event == LOST and lost == generation:
                    raise InputError(GONE)

    def _begin(self) -> bool:
        """Create the run in the process, at the original; False if the process holds it already."""
        generation = self._process.start()
        if self._generation == generation:
            return False
        request, snapshots = self.request, [encode_snapshot(snapshot) for snapshot in self.trajectory.snapshots()]
        self._original = request.experiment.original  # now: the user may remove it before the run has ended
        self._generation = generation  # before sending: a pause or stop from now on is sent after it
        try:
            self._process.send(
                self._inbox.number, "begin", request.experiment, request.method.name, request.settings, request.rule,
                request.noise_seed, snapshots, self._delay,
            )  # fmt: skip
        except Exception:
            self._generation = 0
            raise
        return True

    def _update(self, step: Message | None, outcome: dict[str, Any] | None) -> None:
        self.step = None if step is None else decode_step(step)
        if outcome is not None:
            assert self._original is not None  # set by `_begin`
            self.outcome, self._original = decode_outcome(outcome, self._original), None
            self._generation = 0

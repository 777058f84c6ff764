"""A live run that is played in a process of its own, and is to its caller what a `LiveRun` is."""

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
    """One request, played step by step in `process`, with the numbers that a `LiveRun` here would have.

    trajectory: follows what is recorded there. step: the last one that was heard of, at rest the last one that
    was taken; None at the original. outcome: None until the run has ended. The process holds a run that rests; should
    it end, the next call takes the same steps again in another.
    """

    def __init__(self, process: RunProcess, request: Request, trajectory: Trajectory) -> None:
        self.request, self.trajectory = request, trajectory
        self.step: Step | None = None
        self.outcome: Outcome | None = None
        self._process, self._inbox = process, process.inbox()
        self._original: Network | None = None  # one of its own, which takes the weights that the run has left
        self._calls = count()
        self._life = 0  # of the process that holds this run; 0: none does
        self._pace = 0.0
        self._ending = self._pausing = False
        self._turn = threading.Lock()

    @classmethod
    def found(cls, process: RunProcess, request: Request) -> RemoteRun | None:
        """The run of this request as the store has it, ended; None where it or its trajectory is not there."""
        trajectory, outcome = stored_trajectory(request), stored_outcome(request)
        if trajectory is None or outcome is None:
            return None
        run = cls(process, request, trajectory)
        run.outcome = outcome
        return run

    @property
    def position(self) -> int:
        """How many steps have been taken."""
        return self.outcome.steps if self.outcome is not None else 0 if self.step is None else self.step.index

    @property
    def pace(self) -> float:
        """Seconds from step to step at least, for slow motion; change it as it plays."""
        return self._pace

    @pace.setter
    def pace(self, seconds: float) -> None:
        self._pace = seconds
        self._tell("pace", seconds)

    def play(
        self, watch: Callable[[Step], None] = lambda step: None, steps: int | None = None, again: Share = ignore_share
    ) -> None:
        """Go on until somebody asks for a rest, `steps` steps are taken, or the run ends. `watch` hears now and then.

        again: hears the share done while steps that were lost are taken again. Raises what the run raised, and
        InputError where the process has ended.
        """
        with self._turn:
            if self.outcome is None:
                self._pausing = False
                self._resume(again)
                if not self._pausing:
                    self._ask("play", steps, took=watch)
        if self._ending and self.outcome is None:  # asked for as this was about to return
            self.stop()

    def pause(self) -> None:
        """Rest after the step that is under way."""
        self._pausing = True
        self._tell("pause")

    def stop(self) -> None:
        """End the run before the network's next forward, at its last whole step, which is not stored."""
        self._ending = True
        self._tell("stop")
        if self._turn.acquire(blocking=False):  # nobody plays who would see to it
            try:
                if self.outcome is None and self.trajectory.snapshots():
                    self._resume(ignore_share)
                    self._ask("end")
            finally:
                self._turn.release()

    def go_back(self, to: int, tell: Share = ignore_share) -> None:
        """Take the run back to an earlier step, where it rests; what was recorded since is gone.

        The steps are taken again from the original, which is exact for every method. `tell` hears the share done.
        """
        with self._turn:
            if self.outcome is not None:  # else a stop may have been asked for just now
                self._ending, self.outcome = False, None
                self._life = 0
            if self._begin():
                self._end_if_asked()
            self._ask("back", to, share=tell)
        if self._ending:
            self.stop()

    @property
    def held(self) -> bool:
        """Whether the process has it, so that a call takes no more than what it asks for."""
        return self._process.holds(self._life)

    def _end_if_asked(self) -> None:
        """A stop that was asked for before the process held the run."""
        if self._ending:
            self._tell("stop")

    def _tell(self, word: str, *values: Any) -> None:
        """Say what needs no answer; where nobody plays the run there is nothing to say."""
        if self.held:
            self._process.send(self._inbox.number, word, *values)

    def _resume(self, again: Share) -> None:
        """See that the process holds the run where it stands: of one that was lost, its steps are taken again."""
        if self._begin():
            if self.step is not None:
                self._ask("back", self.step.index, share=again)
            self._end_if_asked()

    def _ask(
        self, word: str, *values: Any, took: Callable[[Step], None] = lambda step: None, share: Share = ignore_share
    ) -> None:  # fmt: skip
        """One call, from here to its end, of a run that was begun."""
        call, mine = next(self._calls), self._life
        self._process.send(self._inbox.number, word, call, *values)
        while True:
            match self._inbox.get():
                case ("moment", words):
                    self.trajectory.add(decode_snapshot(words, self.request.method))
                case ("cut", step):
                    self.trajectory.cut(step)
                case ("took", words):
                    self.step = decode_step(words)
                    took(self.step)
                case ("share", done):
                    share(done)
                case ("done", answered, made, step, outcome, error) if answered == call:
                    if made:
                        self._stand(step, outcome)
                    else:
                        self._life = 0
                    if error is not None:
                        raise decode_error(error)
                    return
                case (said, life) if said == LOST and life == mine:
                    raise InputError(GONE)

    def _begin(self) -> bool:
        """Have the run made, at the original, in a process that does not hold it; False where it holds it already."""
        life = self._process.start()
        if self._life == life:
            return False
        request, snapshots = self.request, [encode_snapshot(snapshot) for snapshot in self.trajectory.snapshots()]
        self._original = request.experiment.original  # now: it may be removed before the run has ended
        self._life = life  # at once: a pause or a stop from now on follows it
        try:
            self._process.send(
                self._inbox.number, "begin", request.experiment, request.method.name, request.settings, request.rule,
                request.noise_seed, snapshots, self._pace,
            )  # fmt: skip
        except Exception:
            self._life = 0
            raise
        return True

    def _stand(self, step: Message | None, outcome: dict[str, Any] | None) -> None:
        self.step = None if step is None else decode_step(step)
        if outcome is not None:
            assert self._original is not None  # which every run that began has
            self.outcome, self._original = decode_outcome(outcome, self._original), None
            self._life = 0

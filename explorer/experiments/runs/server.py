"""What a `RunProcess` runs: live runs by number, each played in a thread of its own, told of as they go.

It hears (number, word, ...): "begin" with what decides the run and its moments so far; "play", "back" and "end", each
with the number of the call; and, heard at any time, "pause", "stop", "pace", "drop". It says (number, word, ...):
"moment" and "cut" as the trajectory changes, "took" a step and "share" now and then, and at the end of each call
"done" with how the run stands and what went wrong.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

import torch

from explorer.experiments.experiment import Experiment
from explorer.experiments.request import Request
from explorer.experiments.runs.local import LiveRun
from explorer.experiments.runs.messages import (
    Message,
    decode_snapshot,
    encode_error,
    encode_outcome,
    encode_snapshot,
    encode_step,
)
from explorer.experiments.runs.trajectory import Snapshot, Trajectory
from explorer.settings import Settings
from explorer.unlearning import METHODS, Rule, Step

BETWEEN_WORDS = 0.1  # seconds at least from one "took" or "share" to the next

Say = Callable[..., None]


class ToldTrajectory(Trajectory):
    """One that says what it keeps and what it cuts, so that another can do the same."""

    say: Say

    def add(self, snapshot: Snapshot) -> None:
        """Keep a moment."""
        super().add(snapshot)
        self.say("moment", encode_snapshot(snapshot))

    def cut(self, step: int) -> None:
        """Forget the moments after a step."""
        super().cut(step)
        self.say("cut", step)


class HostedRun:
    """One run: its calls are answered one after the other, in a thread; an interruption is heard at once."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._live: LiveRun | None = None
        self._wrong: Exception | None = None  # why there is no run
        self._early: set[str] = set()  # interruptions that came before the run was there
        self._pace = 0.0
        self._turn = threading.Lock()
        self._told = 0.0
        threading.Thread(target=self._answer, daemon=True).start()

    def begin(
        self, experiment: Experiment, method: str, settings: Settings, rule: Rule, noise_seed: int,
        snapshots: list[Message], pace: float,
    ) -> None:  # fmt: skip
        """Make the run, at the original. moments: what was recorded of it before, of which "back" leaves the first."""

        def make() -> None:
            try:
                trajectory = ToldTrajectory(experiment.data, experiment.partition)
                trajectory.fill([decode_snapshot(words, METHODS[method]) for words in snapshots])
                trajectory.say = self.say
                live = LiveRun(Request(experiment, METHODS[method], settings, rule, noise_seed), trajectory)
            except Exception as error:
                self._wrong = error
                return
            with self._turn:
                self._live, live.pace = live, self._pace
                if "stop" in self._early:
                    live.ask_to_stop()

        with self._turn:
            self._live, self._wrong, self._pace = None, None, pace
            self._early.clear()
        self._calls.put(make)

    def play(self, call: int, steps: int | None) -> None:
        """Go on, or take so many steps."""

        def go_on(live: LiveRun) -> None:
            if "pause" not in self._early:
                live.play(self._took, steps)

        self._calls.put(lambda: self._call(call, go_on))

    def back(self, call: int, to: int) -> None:
        """Take the run back to a step."""
        self._calls.put(lambda: self._call(call, lambda live: live.go_back(to, self._share)))

    def end(self, call: int) -> None:
        """End a run that rests."""
        self._calls.put(lambda: self._call(call, LiveRun.stop))

    def interrupt(self, word: str) -> None:
        """Pause or stop the call that is under way."""
        with self._turn:
            if self._live is None:
                self._early.add(word)
            elif word == "pause":
                self._live.pause()
            else:
                self._live.ask_to_stop()

    def pace(self, seconds: float) -> None:
        """From step to step at least."""
        with self._turn:
            self._pace = seconds
            if self._live is not None:
                self._live.pace = seconds

    def drop(self) -> None:
        """Nobody wants it any more."""
        self.interrupt("stop")
        self._calls.put(None)

    def _answer(self) -> None:
        while (answer := self._calls.get()) is not None:
            answer()

    def _call(self, call: int, act: Callable[[LiveRun], None]) -> None:
        live, wrong = self._live, self._wrong
        self._told = 0.0
        if live is not None:
            try:
                act(live)
            except Exception as error:
                wrong = error
        step, outcome = (None, None) if live is None else (live.step, live.outcome)
        with self._turn:
            self._early.discard("pause")
            if outcome is not None:
                self._live = None  # what comes after the end begins anew
        made, place, left = live is not None, step and encode_step(step), None
        try:
            left = outcome and encode_outcome(outcome)
        except Exception as error:
            wrong = error
        self.say("done", call, made, place, left, wrong and encode_error(wrong))

    def _took(self, step: Step) -> None:
        self._now_and_then("took", encode_step(step))

    def _share(self, share: float) -> None:
        self._now_and_then("share", share)

    def _now_and_then(self, word: str, value: Any) -> None:
        now = time.monotonic()
        if now - self._told >= BETWEEN_WORDS:
            self._told = now
            self.say(word, value)


def serve(connection: Connection) -> None:
    """Answer until the other end is gone."""
    hosted: dict[int, HostedRun] = {}
    saying = threading.Lock()

    def say(number: int) -> Say:
        def said(*words: Any) -> None:
            with saying:
                connection.send((number, *words))

        return said

    while True:
        number, word, *values = connection.recv()
        if word == "begin" and number not in hosted:
            hosted[number] = HostedRun(say(number))
        run = hosted.get(number)
        if run is None:  # dropped before it was ever begun
            continue
        match word:
            case "pause" | "stop":
                run.interrupt(word)
            case "drop":
                hosted.pop(number).drop()
            case _:
                getattr(run, word)(*values)


def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # meant for the process that started this one, whose end is heard
    torch.set_num_threads(int(sys.argv[2]))
    try:
        serve(Connection(int(sys.argv[1])))
    except (EOFError, OSError):
        os._exit(0)  # whatever is being played: nobody is there to see it


if __name__ == "__main__":
    _main()

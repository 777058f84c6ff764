"""The run server: live runs by number, each played in its own thread. This module runs in a `RunProcess`.

It receives (number, command, *values):

- "begin", with everything that decides the run, its earlier snapshots and its delay;
- "play", "rewind" and "end", each with the number of the call;
- "pause", "stop", "delay" and "drop", which take effect at any time.

It sends (number, event, *values):

- "snapshot" and "cut", when the trajectory changes;
- "step" and "share", at most every `EVENT_INTERVAL` seconds;
- "done", at the end of each call, with the state of the run and the error, if any.
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

EVENT_INTERVAL = 0.1  # seconds from one "step" or "share" event to the next, at least

Send = Callable[..., None]
"""Called with an event and its values."""


class MirroredTrajectory(Trajectory):
    """A trajectory that sends its changes, so that the app can repeat them on its copy."""

    send: Send

    def add(self, snapshot: Snapshot) -> None:
        """Add a snapshot and send it."""
        super().add(snapshot)
        self.send("snapshot", encode_snapshot(snapshot))

    def cut(self, step: int) -> None:
        """Drop the snapshots after a step, here and in the app."""
        super().cut(step)
        self.send("cut", step)


class HostedRun:
    """One run. Its calls are executed one after the other in a thread; pause, stop and delay take effect at once."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._live: LiveRun | None = None
        self._error: Exception | None = None  # why the run could not be created
        self._early: set[str] = set()  # "pause" and "stop" received before the run was created
        self._delay = 0.0
        self._turn = threading.Lock()
        self._sent = 0.0
        threading.Thread(target=self._execute, daemon=True).start()

    def begin(
        self, experiment: Experiment, method: str, settings: Settings, rule: Rule, noise_seed: int,
        snapshots: list[Message], delay: float,
    ) -> None:  # fmt: skip
        """Create the run at the original; snapshots: recorded of it by a process that has ended, for `rewind`."""

        def create() -> None:
            try:
                trajectory = MirroredTrajectory(experiment.data, experiment.partition)
                trajectory.fill([decode_snapshot(message, METHODS[method]) for message in snapshots])
                trajectory.send = self.send
                live = LiveRun(Request(experiment, METHODS[method], settings, rule, noise_seed), trajectory)
            except Exception as error:
                self._error = error
                return
            with self._turn:
                self._live, live.delay = live, self._delay
                if "stop" in self._early:
                    live.request_stop()

        with self._turn:
            self._live, self._error, self._delay = None, None, delay
            self._early.clear()
        self._calls.put(create)

    def play(self, call: int, steps: int | None) -> None:
        """Take `steps` steps; None: until a pause, a stop or the end."""

        def play(live: LiveRun) -> None:
            if "pause" not in self._early:
                live.play(self._send_step, steps)

        self._calls.put(lambda: self._call(call, play))

    def rewind(self, call: int, to: int) -> None:
        """Rewind the run to a step."""
        self._calls.put(lambda: self._call(call, lambda live: live.rewind(to, self._send_share)))

    def end(self, call: int) -> None:
        """End a run that rests."""
        self._calls.put(lambda: self._call(call, LiveRun.stop))

    def interrupt(self, command: str) -> None:
        """Pause ("pause") or stop ("stop") the run, or the next call if the run is not created yet."""
        with self._turn:
            if self._live is None:
                self._early.add(command)
            elif command == "pause":
                self._live.pause()
            else:
                self._live.request_stop()

    def set_delay(self, seconds: float) -> None:
        """Set the least time from one step to the next."""
        with self._turn:
            self._delay = seconds
            if self._live is not None:
                self._live.delay = seconds

    def drop(self) -> None:
        """Stop the run and end its thread: the app no longer refers to it."""
        self.interrupt("stop")
        self._calls.put(None)

    def _execute(self) -> None:
        while (call := self._calls.get()) is not None:
            call()

    def _call(self, call: int, act: Callable[[LiveRun], None]) -> None:
        live, error = self._live, self._error
        self._sent = 0.0
        if live is not None:
            try:
                act(live)
            except Exception as raised:
                error = raised
        step, outcome = (None, None) if live is None else (live.step, live.outcome)
        with self._turn:
            self._early.discard("pause")
            if outcome is not None:
                self._live = None  # after the end, the app begins a new run
        created, step_message, outcome_message = live is not None, step and encode_step(step), None
        try:
            outcome_message = outcome and encode_outcome(outcome)
        except Exception as raised:
            error = raised
        self.send("done", call, created, step_message, outcome_message, error and encode_error(error))

    def _send_step(self, step: Step) -> None:
        self._send_now_and_then("step", encode_step(step))

    def _send_share(self, share: float) -> None:
        self._send_now_and_then("share", share)

    def _send_now_and_then(self, event: str, value: Any) -> None:
        now = time.monotonic()
        if now - self._sent >= EVENT_INTERVAL:
            self._sent = now
            self.send(event, value)


def serve(connection: Connection) -> None:
    """Execute commands until the connection is closed, which raises EOFError or OSError."""
    hosted: dict[int, HostedRun] = {}
    sending = threading.Lock()

    def sender(number: int) -> Send:
        def send(*event: Any) -> None:
            with sending:
                connection.send((number, *event))

        return send

    while True:
        number, command, *values = connection.recv()
        if command == "begin" and number not in hosted:
            hosted[number] = HostedRun(sender(number))
        run = hosted.get(number)
        if run is None:  # dropped before it was begun
            continue
        match command:
            case "begin":
                run.begin(*values)
            case "play":
                run.play(*values)
            case "rewind":
                run.rewind(*values)
            case "end":
                run.end(*values)
            case "pause" | "stop":
                run.interrupt(command)
            case "delay":
                run.set_delay(*values)
            case "drop":
                hosted.pop(number).drop()
            case _:
                raise ValueError(f"There is no command {command!r}.")


def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C ends the app, and the connection closes with it
    torch.set_num_threads(int(sys.argv[2]))
    try:
        serve(Connection(int(sys.argv[1])))
    except (EOFError, OSError):
        os._exit(0)  # without waiting for running steps: the app has ended


if __name__ == "__main__":
    _main()

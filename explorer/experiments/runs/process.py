"""A process of its own for live runs: a page that is drawn does not hold up their steps, nor does Python's one lock.

One process serves a whole server. It is started when it is first needed, or beforehand with `start`, and ends with the
process that started it. What runs there, and the words between the two, are in `run_host`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import weakref
from contextlib import suppress
from itertools import count
from multiprocessing.connection import Connection, Pipe
from multiprocessing.reduction import ForkingPickler
from queue import SimpleQueue
from typing import Any

from explorer.settings import InputError

Process = subprocess.Popen[bytes]
Outbox = SimpleQueue[memoryview | None]

LOST = "lost"
"""What every run hears when a process has ended, with the `life` that it was."""
GONE = "The process that plays the runs has ended, perhaps for want of memory; Play, or Run, goes on in another."


class Inbox(SimpleQueue[tuple[Any, ...]]):
    """What the process says of one run, which has this number there as long as its inbox is held."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class RunProcess:
    """Where `RemoteRun`s are played; any thread may use it, and none waits for it.

    threads: PyTorch's, for each run. life: counts the processes so far; what an earlier one held is gone.
    """

    def __init__(self, threads: int = 1) -> None:
        self.threads, self.life = threads, 0
        self._numbers = count()
        self._inboxes: weakref.WeakValueDictionary[int, Inbox] = weakref.WeakValueDictionary()
        self._process: Process | None = None
        self._outbox: Outbox = SimpleQueue()
        self._lock = threading.Lock()

    def start(self) -> int:
        """See that it is there, or begins to be, which takes it seconds; returns its `life`. Raises InputError."""
        with self._lock:
            if not self._there():
                self._launch()
            return self.life

    def holds(self, life: int) -> bool:
        """Whether the process that had this `life` is still there."""
        with self._lock:
            return life == self.life and self._there()

    def inbox(self) -> Inbox:
        """A number for a run, and where it hears from the process."""
        inbox = Inbox(next(self._numbers))
        self._inboxes[inbox.number] = inbox
        weakref.finalize(inbox, lambda number: self.send(number, "drop"), inbox.number).atexit = False
        return inbox

    def send(self, number: int, word: str, *values: Any) -> None:
        """Say something of a run. Where the process is gone nobody hears it; the run's inbox says so."""
        self._outbox.put(ForkingPickler.dumps((number, word, *values)))  # here, where a fault is the caller's

    def end(self) -> None:
        """End the process, and every run in it."""
        with self._lock:
            if self._process is not None:
                self._process.kill()
                self._process.wait()

    def _there(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _launch(self) -> None:
        ours, theirs = Pipe()
        command = [
            sys.executable,
            "-P",
            "-m",
            "explorer.experiments.runs.server",
            str(theirs.fileno()),
            str(self.threads),
        ]
        path = os.pathsep.join(filter(None, sys.path))  # it finds the explorer where this process did
        try:
            self._process = process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()], env={**os.environ, "PYTHONPATH": path}
            )
        except OSError as error:
            ours.close()
            raise InputError(f"No process can be started to play runs in ({error.strerror}).") from error
        finally:
            theirs.close()  # else the connection would outlive the process
        self.life += 1
        self._outbox = SimpleQueue()
        given = process, ours, self._outbox, self.life
        threading.Thread(target=_write, args=(ours, self._outbox), name="to the run process", daemon=True).start()
        threading.Thread(target=self._listen, args=given, name="from the run process", daemon=True).start()

    def _listen(self, process: Process, connection: Connection, outbox: Outbox, life: int) -> None:
        try:
            while True:
                number, *said = connection.recv()
                if (inbox := self._inboxes.get(number)) is not None:
                    inbox.put(tuple(said))
                del inbox  # else it would be held until the next word
        except (EOFError, OSError):
            pass
        finally:  # also where a word could not be read
            process.kill()
            outbox.put(None)
            for held in self._inboxes.valuerefs():
                if (found := held()) is not None:
                    found.put((LOST, life))


def _write(connection: Connection, outbox: Outbox) -> None:
    """Send what is put there, one after the other: a process that still begins takes its time to hear it.

    At the end, which the listener says once it has heard the last word, it closes what both use.
    """
    with connection:
        while (message := outbox.get()) is not None:
            with suppress(OSError):  # the process is gone, as the listener is about to say
                connection.send_bytes(message)

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
from itertools import count
from multiprocessing.connection import Connection, Pipe
from queue import SimpleQueue
from typing import Any

from explorer.settings import InputError

LOST = "lost"
"""What every run hears when a process has ended, with the `life` that it was."""
GONE = "The process that plays the runs has ended, perhaps for want of memory; press Run again."


class Inbox(SimpleQueue[tuple[Any, ...]]):
    """What the process says of one run, which has this number there as long as its inbox is held."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class RunProcess:
    """Where `RemoteRun`s are played; any thread may use it.

    threads: PyTorch's, for each run. life: counts the processes so far; what an earlier one held is gone.
    """

    def __init__(self, threads: int = 1) -> None:
        self.threads, self.life = threads, 0
        self._numbers = count()
        self._inboxes: weakref.WeakValueDictionary[int, Inbox] = weakref.WeakValueDictionary()
        self._dropped: SimpleQueue[int] = SimpleQueue()  # runs that nobody holds any more: said with the next message
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._lock = threading.Lock()

    def start(self) -> int:
        """See that it is there, which costs the caller no time, though it is some seconds away; returns its `life`."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._launch()
            return self.life

    def inbox(self) -> Inbox:
        """A number for a run, and where it hears from the process."""
        inbox = Inbox(next(self._numbers))
        self._inboxes[inbox.number] = inbox
        weakref.finalize(inbox, self._dropped.put, inbox.number).atexit = False
        return inbox

    def send(self, number: int, word: str, *values: Any) -> None:
        """Say something of a run. Raises InputError where the process is gone."""
        try:
            with self._lock:
                if self._connection is None:
                    raise BrokenPipeError
                while not self._dropped.empty():
                    self._connection.send((self._dropped.get(), "drop"))
                self._connection.send((number, word, *values))
        except OSError as error:
            raise InputError(GONE) from error

    def end(self) -> None:
        """End the process, and every run in it."""
        with self._lock:
            if self._process is not None:
                self._process.kill()
                self._process.wait()

    def _launch(self) -> None:
        self._connection, theirs = Pipe()
        command = [sys.executable, "-P", "-m", "explorer.experiments.run_host", str(theirs.fileno()), str(self.threads)]
        path = os.pathsep.join(filter(None, sys.path))  # it finds the explorer where this process did
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()], env={**os.environ, "PYTHONPATH": path}
        )
        theirs.close()  # else the connection would outlive the process
        self.life += 1
        threading.Thread(
            target=self._listen, args=(self._connection, self.life), name="run process", daemon=True
        ).start()

    def _listen(self, connection: Connection, life: int) -> None:
        while True:
            try:
                number, *said = connection.recv()
            except (EOFError, OSError):
                break
            if (inbox := self._inboxes.get(number)) is not None:
                inbox.put(tuple(said))
        for inbox in list(self._inboxes.values()):
            inbox.put((LOST, life))

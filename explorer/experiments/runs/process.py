"""The run server's process, as the app sees it.

Runs play in their own process, so that drawing pages (the GIL) does not slow them. One process serves the whole app. It
starts when it is first needed, or earlier with `start`, and ends with the app. Its code is in `server`.
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
"""Event that every inbox receives when a process has ended, with the `generation` of that process."""
GONE = "The process that plays the runs has ended, perhaps out of memory; Play or Run continues in a new process."


class Inbox(SimpleQueue[tuple[Any, ...]]):
    """Events of one run. The server drops the run when its inbox is no longer referenced.

    Attributes:
        number: of the run in the server.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class RunProcess:
    """The process in which every `RemoteRun` is played; thread-safe, and no call waits for the process.

    Attributes:
        threads: PyTorch threads of the process.
        generation: number of processes started so far; the runs of an earlier process are lost.
    """

    def __init__(self, threads: int = 1) -> None:
        self.threads, self.generation = threads, 0
        self._numbers = count()
        self._inboxes: weakref.WeakValueDictionary[int, Inbox] = weakref.WeakValueDictionary()
        self._process: Process | None = None
        self._outbox: Outbox = SimpleQueue()
        self._lock = threading.Lock()

    def start(self) -> int:
        """Start the process unless it is running, without waiting until it is ready; returns its `generation`.

        Raises:
            InputError: if no process can be started.
        """
        with self._lock:
            if not self._is_running():
                self._launch()
            return self.generation

    def holds(self, generation: int) -> bool:
        """Whether the process with this `generation` is still running."""
        with self._lock:
            return generation == self.generation and self._is_running()

    def inbox(self) -> Inbox:
        """A new inbox, with a new number for its run."""
        inbox = Inbox(next(self._numbers))
        self._inboxes[inbox.number] = inbox
        weakref.finalize(inbox, lambda number: self.send(number, "drop"), inbox.number).atexit = False
        return inbox

    def send(self, number: int, command: str, *values: Any) -> None:
        """Send a command for a run, see `server`. If the process has ended, the run's inbox receives `LOST`."""
        # Pickled here, so that an error is raised in the caller.
        self._outbox.put(ForkingPickler.dumps((number, command, *values)))

    def end(self) -> None:
        """End the process with all its runs."""
        with self._lock:
            if self._process is not None:
                self._process.kill()
                self._process.wait()

    def _is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _launch(self) -> None:
        ours, theirs = Pipe()
        command = [
            sys.executable, "-P", "-m", "explorer.experiments.runs.server", str(theirs.fileno()), str(self.threads)
        ]  # fmt: skip
        path = os.pathsep.join(filter(None, sys.path))  # the server imports the explorer from where the app does
        try:
            self._process = process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()], env={**os.environ, "PYTHONPATH": path}
            )
        except OSError as error:
            ours.close()
            raise InputError(f"No process for runs can be started ({error.strerror}).") from error
        finally:
            theirs.close()  # else the connection would stay open after the process has ended
        self.generation += 1
        self._outbox = SimpleQueue()
        given = process, ours, self._outbox, self.generation
        threading.Thread(target=_write, args=(ours, self._outbox), name="to the run process", daemon=True).start()
        threading.Thread(target=self._listen, args=given, name="from the run process", daemon=True).start()

    def _listen(self, process: Process, connection: Connection, outbox: Outbox, generation: int) -> None:
        try:
            while True:
                number, *event = connection.recv()
                if (inbox := self._inboxes.get(number)) is not None:
                    inbox.put(tuple(event))
                del inbox  # else this reference would keep it until the next event
        except (EOFError, OSError):
            pass
        finally:  # also if an event could not be read
            process.kill()
            outbox.put(None)
            for reference in self._inboxes.valuerefs():
                if (inbox := reference()) is not None:
                    inbox.put((LOST, generation))


def _write(connection: Connection, outbox: Outbox) -> None:
    """Send the messages of an outbox in a thread of its own: a process that is still starting does not read yet.

    `_listen` puts None when the process has ended; the connection is closed here, as it may be in use until then.
    """
    with connection:
        while (message := outbox.get()) is not None:
            with suppress(OSError):  # the process has ended, which `_listen` is about to report
                connection.send_bytes(message)

"""Work that survives a reload of its page: held by key for the whole process while an observer needs it.

A reloaded tab is a new observer, which finds the work under the same key. Work without observers is stopped after
`GRACE` seconds.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

GRACE = 60.0
"""Seconds for which work continues without observers."""
CAPACITY = 48
"""Entries from which on ended work without observers is dropped, the oldest first."""


class Stoppable(Protocol):
    """Work that may be running."""

    @property
    def active(self) -> bool: ...

    def stop(self) -> None: ...


Work = TypeVar("Work", bound=Stoppable)


@dataclass
class _Entry(Generic[Work]):
    work: Work
    observers: set[Hashable] = field(default_factory=set)
    private: bool = False
    stop_timer: threading.Timer | None = None


class SharedWork(Generic[Work]):
    """Work by key, each with its observers; thread-safe.

    Attributes:
        grace: seconds for which work continues without observers.
        capacity: entries from which on ended work without observers is dropped.
    """

    def __init__(self, grace: float = GRACE, capacity: int = CAPACITY) -> None:
        self.grace, self.capacity = grace, capacity
        self._entries: dict[str, _Entry[Work]] = {}
        self._lock = threading.Lock()

    def put(self, key: str, work: Work, observer: Hashable, private: bool = False) -> None:
        """Hold work under a key, in place of any earlier work, which is not stopped.

        Args:
            key: address of the work.
            work: a job or a run.
            observer: first observer, for example a browser tab.
            private: only this observer knows the key; the entry is dropped when the work has ended and it has left.
        """
        with self._lock:
            if (old := self._entries.pop(key, None)) is not None and old.stop_timer is not None:
                old.stop_timer.cancel()
            self._entries[key] = _Entry(work, {observer}, private)
            self._drop()

    def find(self, key: str, observer: Hashable) -> Work | None:
        """The work under a key, with `observer` added to its observers; None if there is none."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            entry.observers.add(observer)
            if entry.stop_timer is not None:
                entry.stop_timer.cancel()
                entry.stop_timer = None
            return entry.work

    def release(self, key: str, observer: Hashable) -> bool:
        """Remove an observer and stop the work at once if it was the last; returns whether other observers remain."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return False
            entry.observers.discard(observer)
            if entry.observers:
                return True
        entry.work.stop()
        return False

    def leave(self, observer: Hashable) -> None:
        """Remove an observer from all work; work without observers is stopped after `grace` seconds."""
        with self._lock:
            for entry in self._entries.values():
                if observer in entry.observers:
                    entry.observers.discard(observer)
                    if not entry.observers and entry.work.active:
                        entry.stop_timer = threading.Timer(self.grace, self._stop_unobserved, (entry,))
                        entry.stop_timer.daemon = True
                        entry.stop_timer.start()
            self._drop()

    def forget(self, work: Work, observer: Hashable) -> None:
        """Remove an observer of work that has ended; the entry is dropped if it was the last."""
        with self._lock:
            for key in [key for key, entry in self._entries.items() if entry.work is work]:
                self._entries[key].observers.discard(observer)
                if not self._entries[key].observers:
                    del self._entries[key]

    def _drop(self) -> None:
        free = [key for key, entry in self._entries.items() if not entry.observers and not entry.work.active]
        excess = len(self._entries) - self.capacity
        for turn, key in enumerate(free):
            if turn < excess or self._entries[key].private:
                del self._entries[key]

    def _stop_unobserved(self, entry: _Entry[Work]) -> None:
        with self._lock:
            unobserved = not entry.observers
        if unobserved:
            entry.work.stop()

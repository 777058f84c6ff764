"""Work that outlives a reload: held for the whole process by key, as long as somebody watches it, and a while after.

A tab that is reloaded comes back as another watcher under the same key and finds its work; one that is closed does not
come back, and what nobody has watched for `GRACE` seconds is stopped.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

GRACE = 60.0
"""Seconds that work goes on for, when its last watcher is gone."""
MOST = 48
"""What has ended and is watched by nobody is kept up to this many, the newest."""


class Stoppable(Protocol):
    """Work that may be under way."""

    @property
    def active(self) -> bool: ...

    def stop(self) -> None: ...


Work = TypeVar("Work", bound=Stoppable)


@dataclass
class _Held(Generic[Work]):
    work: Work
    watchers: set[Hashable] = field(default_factory=set)
    alone: bool = False
    leaving: threading.Timer | None = None


class SharedWork(Generic[Work]):
    """Work by key, each piece with those who watch it; any thread may ask."""

    def __init__(self, grace: float = GRACE, most: int = MOST) -> None:
        self.grace, self.most = grace, most
        self._held: dict[str, _Held[Work]] = {}
        self._lock = threading.Lock()

    def put(self, key: str, work: Work, watcher: Hashable, alone: bool = False) -> None:
        """Hold this work under a key, in place of what was there, which goes on unless it is stopped.

        alone: nobody else can know the key, so it is not kept for anybody once it has ended and is not watched.
        """
        with self._lock:
            if (old := self._held.pop(key, None)) is not None and old.leaving is not None:
                old.leaving.cancel()
            self._held[key] = _Held(work, {watcher}, alone)
            self._drop()

    def find(self, key: str, watcher: Hashable) -> Work | None:
        """The work under a key, watched from now on; None where there is none, or none any more."""
        with self._lock:
            held = self._held.get(key)
            if held is None:
                return None
            held.watchers.add(watcher)
            if held.leaving is not None:
                held.leaving.cancel()
                held.leaving = None
            return held.work

    def release(self, key: str, watcher: Hashable) -> bool:
        """This watcher wants it no more: it is stopped at once unless others watch; returns whether others do."""
        with self._lock:
            held = self._held.get(key)
            if held is None:
                return False
            held.watchers.discard(watcher)
            if held.watchers:
                return True
        held.work.stop()
        return False

    def leave(self, watcher: Hashable) -> None:
        """This watcher is gone, and may come back as another: what nobody else watches has `grace` seconds left."""
        with self._lock:
            for held in self._held.values():
                if watcher in held.watchers:
                    held.watchers.discard(watcher)
                    if not held.watchers and held.work.active:
                        held.leaving = threading.Timer(self.grace, self._stop_unwatched, (held,))
                        held.leaving.daemon = True
                        held.leaving.start()
            self._drop()

    def forget(self, work: Work, watcher: Hashable) -> None:
        """This watcher needs no more of what has ended: it is not kept unless others watch it."""
        with self._lock:
            for key in [key for key, held in self._held.items() if held.work is work]:
                self._held[key].watchers.discard(watcher)
                if not self._held[key].watchers:
                    del self._held[key]

    def _drop(self) -> None:
        free = [key for key, held in self._held.items() if not held.watchers and not held.work.active]
        many = len(self._held) - self.most
        for turn, key in enumerate(free):
            if turn < many or self._held[key].alone:
                del self._held[key]

    def _stop_unwatched(self, held: _Held[Work]) -> None:
        with self._lock:
            alone = not held.watchers
        if alone:
            held.work.stop()

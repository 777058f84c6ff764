"""The store: artefacts on disk, each addressed by a hash of what made it and of the format's version.

`assets/store` is a second, read-only layer under the user's own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import platformdirs
from filelock import FileLock, Timeout
from torch import Tensor

from explorer.settings import InputError
from explorer.store.artefact import Artefact, DamagedError, Header, Key, file_of, headers_in, packed, read

ASK = 0.2  # seconds of a wait after which whoever waits is asked whether to go on
SHIPPED = Path(__file__).resolve().parents[2] / "assets" / "store"


class StoreError(InputError):
    """The store's folder cannot be used: why, and what to do."""


def _give_up() -> None:
    raise Timeout("somebody else holds the lock")


class Store:
    """Artefacts in the folder `home`, and beneath it those of `shipped`, which is only ever read.

    Any number of threads and processes may use one folder: files appear whole or not at all, and whoever makes an
    artefact holds a lock of its own while making it. A damaged file counts as absent; it is kept as `*.damaged`.
    """

    def __init__(self, home: Path, shipped: Path | None = None) -> None:
        self.home = home
        self.shipped = shipped
        self._layers = [layer for layer in (home, shipped) if layer is not None]

    @classmethod
    def default(cls) -> Store:
        """The user's own store, under EXPLORER_HOME or else the user's cache folder, with what the project ships."""
        chosen = os.environ.get("EXPLORER_HOME")
        home = Path(chosen).expanduser() if chosen else platformdirs.user_cache_path("unlearning-explorer", False)
        return cls(home.resolve() / "store", SHIPPED)

    def has(self, key: Key) -> bool:
        """Whether a file for `key` is there; it is not opened, so it may yet turn out to be damaged.

        Raises `StoreError`.
        """
        with self._disk():
            return any(file_of(layer, key).is_file() for layer in self._layers)

    def get(self, key: Key) -> Artefact | None:
        """What was made from `key`, or None, also where its file is damaged; raises `StoreError`.

        It waits for nobody: a damaged file that somebody is making anew is not there yet.
        """
        try:
            return self._read(key)
        except DamagedError:
            with suppress(Timeout), self._locked(key, _give_up):
                return self._read_or_set_aside(key)
            return None

    def put(self, key: Key, tensors: Mapping[str, Tensor], notes: Mapping[str, Any]) -> None:
        """Store these under `key`, in place of what stood there; raises `StoreError`, with nothing half written."""
        with self._locked(key):
            self._write(key, tensors, notes)

    def remove(self, key: Key) -> None:
        """Take what was made from `key` from the user's own layer, if it is there; raises `StoreError`."""
        with self._locked(key), self._disk():
            file_of(self.home, key).unlink(missing_ok=True)

    def load_or_make(
        self,
        key: Key,
        make: Callable[[], tuple[Mapping[str, Tensor], Mapping[str, Any]]],
        waiting: Callable[[], None] = lambda: None,
    ) -> Artefact:
        """What was made from `key`; where there is none, `make()` returns its tensors and notes and they are stored.

        Whoever asks for the same artefact meanwhile waits and reads it. waiting: called again and again while somebody
        else makes it; what it raises ends the wait. What `make` raises comes through, with nothing written; a folder
        that cannot be used raises `StoreError` before `make` has begun.
        """
        found = self.get(key)
        if found is not None:
            return found
        with self._locked(key, waiting):
            found = self._read_or_set_aside(key)
            return found if found is not None else self._write(key, *make())

    def headers(self) -> Iterator[Header]:
        """Those of all artefacts, each once and in no order, shared and only to be read.

        No tensor is read, so an artefact may yet prove damaged; a file whose header already is damaged is passed over,
        and so is what may not be read: a list of what there is stands on every page.
        """
        found = (each for layer in reversed(self._layers) for each in headers_in(layer))
        return iter({path.name: header for path, header in found}.values())

    def _read(self, key: Key) -> Artefact | None:
        """From the user's own layer, else from the shipped one; raises `DamagedError` for the first alone."""
        with self._disk():
            own = read(file_of(self.home, key), key)
            if own is not None or self.shipped is None:
                return own
            try:
                return read(file_of(self.shipped, key), key)
            except DamagedError:
                return None

    def _read_or_set_aside(self, key: Key) -> Artefact | None:
        """`_read` under the artefact's lock, so that a file found damaged is not one that somebody has just mended."""
        try:
            return self._read(key)
        except DamagedError:
            path = file_of(self.home, key)
            with self._disk():
                os.replace(path, path.with_suffix(".damaged"))
            return self._read(key)

    def _write(self, key: Key, tensors: Mapping[str, Tensor], notes: Mapping[str, Any]) -> Artefact:
        content, artefact = packed(key, tensors, notes)
        path = file_of(self.home, key)
        # One name is enough under the lock, and the next try replaces what a crash has left.
        half = path.with_suffix(".half")
        with self._disk():
            try:
                with half.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(half, path)
            except BaseException:
                half.unlink(missing_ok=True)
                raise
        return artefact

    @contextmanager
    def _locked(self, key: Key, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
        lock = FileLock(file_of(self.home / "locks", key).with_suffix(".lock"))
        with self._disk():
            (self.home / "locks").mkdir(parents=True, exist_ok=True)
        while not lock.is_locked:
            with self._disk(), suppress(Timeout):
                lock.acquire(timeout=ASK)
            if not lock.is_locked:
                waiting()
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _disk(self) -> Iterator[None]:
        """Turns what the disk refuses into one sentence."""
        try:
            yield
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise StoreError(
                f"The folder {self.home} cannot be used ({why}): make it usable or set EXPLORER_HOME to another."
            ) from error

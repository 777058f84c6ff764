"""Store of artefacts on disk, addressed by a hash of their key and the format's version.

`assets/store` is a second, read-only layer below the user's layer.
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

POLL = 0.2  # seconds between two calls of `waiting` while another process holds a lock
SHIPPED = Path(__file__).resolve().parents[2] / "assets" / "store"


class StoreError(InputError):
    """The store's folder cannot be used. The message gives the reason and a remedy."""


def _give_up() -> None:
    raise Timeout("another process holds the lock")


class Store:
    """Artefacts in two layers of folders.

    Threads and processes may share a folder. Files are written atomically, and an artefact is locked while it is
    computed. A damaged file counts as absent and is renamed to `*.damaged`.

    Args:
        home: folder of the user's layer.
        shipped: folder of the read-only layer, or None.
    """

    def __init__(self, home: Path, shipped: Path | None = None) -> None:
        self.home = home
        self.shipped = shipped
        self._layers = [layer for layer in (home, shipped) if layer is not None]

    @classmethod
    def default(cls) -> Store:
        """Store in EXPLORER_HOME, by default in the user's cache folder, on top of the layer `assets/store`."""
        configured = os.environ.get("EXPLORER_HOME")
        home = (
            Path(configured).expanduser() if configured else platformdirs.user_cache_path("unlearning-explorer", False)
        )
        return cls(home.resolve() / "store", SHIPPED)

    def has(self, key: Key) -> bool:
        """Whether a file for `key` exists. The file is not opened, so it may still be damaged.

        Raises:
            StoreError: if the folder cannot be used.
        """
        with self._disk():
            return any(file_of(layer, key).is_file() for layer in self._layers)

    def get(self, key: Key) -> Artefact | None:
        """The artefact of `key`, or None if it is missing or damaged.

        Does not wait for locks: returns None for a damaged file that another process is replacing.

        Raises:
            StoreError: if the folder cannot be used.
        """
        try:
            return self._read(key)
        except DamagedError:
            with suppress(Timeout), self._locked(key, _give_up):
                return self._read_or_set_aside(key)
            return None

    def put(self, key: Key, tensors: Mapping[str, Tensor], notes: Mapping[str, Any]) -> None:
        """Store an artefact, replacing an existing one.

        Args:
            key: key of the artefact.
            tensors: tensors by name, on any device.
            notes: JSON values.

        Raises:
            StoreError: if the folder cannot be used; the previous artefact is then unchanged.
        """
        with self._locked(key):
            self._write(key, tensors, notes)

    def remove(self, key: Key) -> None:
        """Delete the artefact of `key` from the user's layer, if it exists.

        Raises:
            StoreError: if the folder cannot be used.
        """
        with self._locked(key), self._disk():
            file_of(self.home, key).unlink(missing_ok=True)

    def load_or_make(
        self,
        key: Key,
        make: Callable[[], tuple[Mapping[str, Tensor], Mapping[str, Any]]],
        waiting: Callable[[], None] = lambda: None,
    ) -> Artefact:
        """The artefact of `key`, computed and stored if it is missing.

        Concurrent calls with the same key wait for the first one and read its result.

        Args:
            key: key of the artefact.
            make: computes tensors and notes; if it raises, nothing is written.
            waiting: called every POLL seconds while another call computes the artefact; an exception it raises ends
                the wait.

        Raises:
            StoreError: if the folder cannot be used; raised before `make` is called, except for errors of writing.
        """
        artefact = self.get(key)
        if artefact is not None:
            return artefact
        with self._locked(key, waiting):
            artefact = self._read_or_set_aside(key)
            return artefact if artefact is not None else self._write(key, *make())

    def headers(self) -> Iterator[Header]:
        """Headers of all artefacts, each once, in no particular order. They are cached and shared: do not modify them.

        Tensors are not read, so an artefact may still be damaged. Files with a damaged header and unreadable files are
        left out without an error, because every page lists the stored artefacts.
        """
        by_path = (item for layer in reversed(self._layers) for item in headers_in(layer))
        return iter({path.name: header for path, header in by_path}.values())

    def _read(self, key: Key) -> Artefact | None:
        """The artefact from the user's layer, else the shipped one; raises `DamagedError` only for the user's layer."""
        with self._disk():
            artefact = read(file_of(self.home, key), key)
            if artefact is not None or self.shipped is None:
                return artefact
            try:
                return read(file_of(self.shipped, key), key)
            except DamagedError:
                return None

    def _read_or_set_aside(self, key: Key) -> Artefact | None:
        """Like `_read`, but renames a damaged file. Call it under the lock, so that a repaired file is not renamed."""
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
        # The lock makes one name sufficient, and the next attempt overwrites the file of a crashed one.
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
                lock.acquire(timeout=POLL)
            if not lock.is_locked:
                waiting()
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _disk(self) -> Iterator[None]:
        """Convert OSError to StoreError."""
        try:
            yield
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise StoreError(
                f"The folder {self.home} cannot be used ({why}): make it usable or set EXPLORER_HOME to another."
            ) from error

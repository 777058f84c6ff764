"""The store: artefacts on disk, each addressed by a hash of what made it and of the format's version.

An artefact is a few named tensors and the notes about them, in one safetensors file whose header says in plain JSON
what made it. Reading runs no code that a file might carry: nothing is ever unpickled. `assets/store` is a second,
read-only layer under the user's own.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import platformdirs
import torch
from filelock import FileLock
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from explorer.settings import InputError

FORMAT = 1
"""Part of every address: raise it when what is stored under a key changes its meaning, and all is made anew."""

SHIPPED = Path(__file__).resolve().parents[2] / "assets" / "store"

Key = Mapping[str, Any]
"""What made an artefact: anything that JSON can say, the same whatever the order of its names."""


class StoreError(InputError):
    """The store's folder cannot be used: why, and what to do."""


@dataclass(frozen=True)
class Artefact:
    """Tensors by name, on the CPU and the reader's own, with the notes that were stored beside them."""

    tensors: dict[str, Tensor]
    notes: dict[str, Any]


class Header(NamedTuple):
    """What made an artefact, the notes beside it, and when its file was written, in seconds since 1970."""

    key: dict[str, Any]
    notes: dict[str, Any]
    written: float


class Store:
    """Artefacts in the folder `home`, and beneath it those of `shipped`, which is only ever read.

    Any number of threads and processes may use one folder: files appear whole or not at all, and whoever makes an
    artefact holds a lock of its own while making it. A damaged file counts as absent; it is kept as `*.damaged`.
    """

    def __init__(self, home: Path, shipped: Path | None = None) -> None:
        self.home = home
        self.shipped = shipped

    @classmethod
    def default(cls) -> Store:
        """The user's own store, under EXPLORER_HOME or else the user's cache folder, with what the project ships."""
        chosen = os.environ.get("EXPLORER_HOME")
        home = Path(chosen).expanduser() if chosen else platformdirs.user_cache_path("unlearning-explorer", False)
        return cls(home.resolve() / "store", SHIPPED)

    def has(self, key: Key) -> bool:
        """Whether a file for `key` is there; it is not opened, so it may yet turn out to be damaged."""
        layers = [layer for layer in (self.home, self.shipped) if layer is not None]
        return any(_file(layer, key).is_file() for layer in layers)

    def get(self, key: Key) -> Artefact | None:
        """What was made from `key`, or None; raises `StoreError`."""
        try:
            return self._read(key)
        except _DamagedError:
            with self._locked(key):
                return self._read_or_set_aside(key)

    def put(self, key: Key, tensors: Mapping[str, Tensor], notes: Mapping[str, Any]) -> None:
        """Store these under `key`, in place of what stood there; raises `StoreError`, with nothing half written."""
        with self._locked(key):
            self._write(key, tensors, notes)

    def load_or_make(self, key: Key, make: Callable[[], tuple[Mapping[str, Tensor], Mapping[str, Any]]]) -> Artefact:
        """What was made from `key`; where there is none, `make()` returns its tensors and notes and they are stored.

        Whoever asks for the same artefact meanwhile waits and reads it. What `make` raises comes through, with nothing
        written; a folder that cannot be used raises `StoreError` before `make` has begun.
        """
        found = self.get(key)
        if found is not None:
            return found
        with self._locked(key):
            found = self._read_or_set_aside(key)
            return found if found is not None else self._write(key, *make())

    def headers(self) -> Iterator[Header]:
        """Those of all artefacts, each once and in no order, shared and only to be read.

        No tensor is read, so an artefact may yet prove damaged; a file whose header already is damaged is passed over.
        """
        seen = set()
        for layer in filter(None, (self.home, self.shipped)):
            for path in layer.glob("*.safetensors"):
                try:
                    header = _header(path, path.stat().st_mtime_ns)
                except OSError:
                    continue
                if path.name not in seen and header is not None:
                    seen.add(path.name)
                    yield header

    def _read(self, key: Key) -> Artefact | None:
        """From the user's own layer, else from the shipped one; raises `_DamagedError` for the first alone."""
        with self._disk():
            own = _read(_file(self.home, key), key)
            if own is not None or self.shipped is None:
                return own
            try:
                return _read(_file(self.shipped, key), key)
            except _DamagedError:
                return None

    def _read_or_set_aside(self, key: Key) -> Artefact | None:
        """`_read` under the artefact's lock, so that a file found damaged is not one that somebody has just mended."""
        try:
            return self._read(key)
        except _DamagedError:
            path = _file(self.home, key)
            with self._disk():
                os.replace(path, path.with_suffix(".damaged"))
            return self._read(key)

    def _write(self, key: Key, tensors: Mapping[str, Tensor], notes: Mapping[str, Any]) -> Artefact:
        # Clones, because safetensors refuses tensors that share memory, as tied weights and slices do.
        whole = {name: t.detach().cpu().clone(memory_format=torch.contiguous_format) for name, t in tensors.items()}
        header = {"made_by": _canonical(key), "notes": json.dumps(notes, ensure_ascii=False)}
        header["checksum"] = _checksum(header, whole)
        path = _file(self.home, key)
        # One name is enough under the lock, and the next try replaces what a crash has left.
        half = path.with_suffix(".half")
        with self._disk():
            try:
                with half.open("wb") as file:
                    file.write(save(whole, metadata=header))
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(half, path)
            except BaseException:
                half.unlink(missing_ok=True)
                raise
        return Artefact(whole, json.loads(header["notes"]))

    @contextmanager
    def _locked(self, key: Key) -> Iterator[None]:
        lock = FileLock(_file(self.home / "locks", key).with_suffix(".lock"))
        with self._disk():
            (self.home / "locks").mkdir(parents=True, exist_ok=True)
            lock.acquire()
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


class _DamagedError(Exception):
    """A file that is not what was written under its address."""


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def address(key: Key) -> str:
    """Where an artefact lies: 64 hexadecimal digits."""
    return hashlib.sha256(f"{FORMAT} {_canonical(key)}".encode()).hexdigest()


def _file(layer: Path, key: Key) -> Path:
    return layer / f"{address(key)}.safetensors"


@lru_cache(maxsize=10_000)  # a page asks at every rerun
def _header(path: Path, written: int) -> Header | None:
    """What stands at the head of a file of this age in nanoseconds; None where it is not that of an artefact."""
    try:
        with safe_open(path, framework="pt") as file:
            said = file.metadata() or {}
        key, notes = json.loads(said["made_by"]), json.loads(said["notes"])
        ours = isinstance(key, dict) and isinstance(notes, dict) and _file(path.parent, key) == path
    except (SafetensorError, ValueError, KeyError, RecursionError):
        return None
    return Header(key, notes, written / 1e9) if ours else None


def _checksum(header: Mapping[str, str], tensors: Mapping[str, Tensor]) -> str:
    """Over everything that a reader is given, independent of how safetensors lays it out."""
    shapes = {name: [str(tensor.dtype), *tensor.shape] for name, tensor in tensors.items()}
    digest = hashlib.sha256(_canonical([header["made_by"], header["notes"], shapes]).encode())
    for name in sorted(tensors):
        digest.update(tensors[name].reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _read(path: Path, key: Key) -> Artefact | None:
    """The file's artefact, or None where there is no file; raises `_DamagedError` where it is not sound."""
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
            # Clones, because these are views of the file, which must not outlive it.
            tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118 (it is no dict)
        sound = header["made_by"] == _canonical(key) and header["checksum"] == _checksum(header, tensors)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (SafetensorError, ValueError, KeyError) as error:
        raise _DamagedError(path) from error
    if not sound:
        raise _DamagedError(path)
    return Artefact(tensors, json.loads(header["notes"]))

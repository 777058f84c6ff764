"""File format of an artefact: safetensors with named tensors; the header contains key, notes and checksum as JSON.

Nothing is unpickled, so reading a file cannot run code from it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

FORMAT = 1
"""Part of every address. Raise it when the meaning of stored artefacts changes; all of them are then recomputed."""

Key = Mapping[str, Any]
"""Identifies an artefact: a JSON object with everything that determines its content; names in any order."""


@dataclass(frozen=True)
class Artefact:
    """A stored artefact.

    Attributes:
        tensors: tensors by name, on the CPU; the caller may modify them.
        notes: JSON values stored with the tensors.
    """

    tensors: dict[str, Tensor]
    notes: dict[str, Any]


class Header(NamedTuple):
    """Header of an artefact's file.

    Attributes:
        key: key of the artefact.
        notes: JSON values stored with the tensors.
        written: modification time of the file, seconds since 1970.
    """

    key: dict[str, Any]
    notes: dict[str, Any]
    written: float


class DamagedError(Exception):
    """A file that differs from the artefact written under its address."""


def canonical(value: Any) -> str:
    """Canonical JSON of a key: sorted names, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def address(key: Key) -> str:
    """Address of an artefact: SHA-256 of FORMAT and its canonical key, 64 hexadecimal digits."""
    return hashlib.sha256(f"{FORMAT} {canonical(key)}".encode()).hexdigest()


def file_of(layer: Path, key: Key) -> Path:
    """Path of an artefact in a layer of the store."""
    return layer / f"{address(key)}.safetensors"


@lru_cache(maxsize=10_000)  # pages read all headers at every rerun
def header_of(path: Path, written: int) -> Header | None:
    """Header of an artefact's file; None if the file is not an artefact.

    Args:
        path: the file.
        written: modification time in nanoseconds; part of the cache key, so that changed files are read again.
    """
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
        key, notes = json.loads(metadata["made_by"]), json.loads(metadata["notes"])
        valid = isinstance(key, dict) and isinstance(notes, dict) and file_of(path.parent, key) == path
    except (SafetensorError, ValueError, KeyError, RecursionError):
        return None
    return Header(key, notes, written / 1e9) if valid else None


def headers_in(layer: Path) -> list[tuple[Path, Header]]:
    """Headers of the artefacts in a layer, by file; damaged and unreadable files are left out."""
    headers = []
    with suppress(OSError):
        for path in layer.glob("*.safetensors"):
            with suppress(OSError):
                headers.append((path, header_of(path, path.stat().st_mtime_ns)))
    return [(path, header) for path, header in headers if header is not None]


def _checksum(header: Mapping[str, str], tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 of key, notes, shapes, dtypes and values, independent of the layout of the file."""
    shapes = {name: [str(tensor.dtype), *tensor.shape] for name, tensor in tensors.items()}
    digest = hashlib.sha256(canonical([header["made_by"], header["notes"], shapes]).encode())
    for name in sorted(tensors):
        digest.update(tensors[name].reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def read(path: Path, key: Key) -> Artefact | None:
    """Artefact in a file.

    Args:
        path: the file.
        key: key of the artefact.

    Returns:
        The artefact, or None if there is no file.

    Raises:
        DamagedError: if the file is malformed, or its key or checksum does not match.
    """
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
            # Cloned, because these tensors are views of the memory-mapped file.
            tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118 (not a dict)
        sound = header["made_by"] == canonical(key) and header["checksum"] == _checksum(header, tensors)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (SafetensorError, ValueError, KeyError) as error:
        raise DamagedError(path) from error
    if not sound:
        raise DamagedError(path)
    return Artefact(tensors, json.loads(header["notes"]))


def packed(key: Key, tensors: Mapping[str, Tensor], notes: Mapping[str, Any]) -> tuple[bytes, Artefact]:
    """Bytes of the file, and the artefact that reading it returns."""
    # Cloned, because safetensors refuses tensors that share memory, such as tied weights and slices.
    copies = {name: t.detach().cpu().clone(memory_format=torch.contiguous_format) for name, t in tensors.items()}
    header = {"made_by": canonical(key), "notes": json.dumps(notes, ensure_ascii=False)}
    header["checksum"] = _checksum(header, copies)
    return save(copies, metadata=header), Artefact(copies, json.loads(header["notes"]))

"""An artefact's file: named tensors and notes as safetensors, whose header says in plain JSON what made them.

Reading runs no code that a file might carry: nothing is ever unpickled.
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
"""Part of every address: raise it when what is stored under a key changes its meaning, and all is made anew."""

Key = Mapping[str, Any]
"""What made an artefact: anything that JSON can say, the same whatever the order of its names."""


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


class DamagedError(Exception):
    """A file that is not what was written under its address."""


def canonical(value: Any) -> str:
    """The one way of writing a key as JSON."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def address(key: Key) -> str:
    """Where an artefact lies: 64 hexadecimal digits."""
    return hashlib.sha256(f"{FORMAT} {canonical(key)}".encode()).hexdigest()


def file_of(layer: Path, key: Key) -> Path:
    """Where an artefact lies within a layer of the store."""
    return layer / f"{address(key)}.safetensors"


@lru_cache(maxsize=10_000)  # a page asks at every rerun
def header_of(path: Path, written: int) -> Header | None:
    """What stands at the head of a file of this age in nanoseconds; None where it is not that of an artefact."""
    try:
        with safe_open(path, framework="pt") as file:
            said = file.metadata() or {}
        key, notes = json.loads(said["made_by"]), json.loads(said["notes"])
        ours = isinstance(key, dict) and isinstance(notes, dict) and file_of(path.parent, key) == path
    except (SafetensorError, ValueError, KeyError, RecursionError):
        return None
    return Header(key, notes, written / 1e9) if ours else None


def headers_in(layer: Path) -> list[tuple[Path, Header]]:
    """Those of the artefacts in a layer, by file, but for what is damaged or may not be read."""
    found = []
    with suppress(OSError):
        for path in layer.glob("*.safetensors"):
            with suppress(OSError):
                found.append((path, header_of(path, path.stat().st_mtime_ns)))
    return [(path, header) for path, header in found if header is not None]


def _checksum(header: Mapping[str, str], tensors: Mapping[str, Tensor]) -> str:
    """Over everything that a reader is given, independent of how safetensors lays it out."""
    shapes = {name: [str(tensor.dtype), *tensor.shape] for name, tensor in tensors.items()}
    digest = hashlib.sha256(canonical([header["made_by"], header["notes"], shapes]).encode())
    for name in sorted(tensors):
        digest.update(tensors[name].reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def read(path: Path, key: Key) -> Artefact | None:
    """The file's artefact, or None where there is no file; raises `DamagedError` where it is not sound."""
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
            # Clones, because these are views of the file, which must not outlive it.
            tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118 (it is no dict)
        sound = header["made_by"] == canonical(key) and header["checksum"] == _checksum(header, tensors)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (SafetensorError, ValueError, KeyError) as error:
        raise DamagedError(path) from error
    if not sound:
        raise DamagedError(path)
    return Artefact(tensors, json.loads(header["notes"]))


def packed(key: Key, tensors: Mapping[str, Tensor], notes: Mapping[str, Any]) -> tuple[bytes, Artefact]:
    """The bytes of the file, and the artefact that reading it gives."""
    # Clones, because safetensors refuses tensors that share memory, as tied weights and slices do.
    whole = {name: t.detach().cpu().clone(memory_format=torch.contiguous_format) for name, t in tensors.items()}
    header = {"made_by": canonical(key), "notes": json.dumps(notes, ensure_ascii=False)}
    header["checksum"] = _checksum(header, whole)
    return save(whole, metadata=header), Artefact(whole, json.loads(header["notes"]))

"""Data sets of the reader's own, kept in the store: `own:NAME-xxxxxxxx`, the digits being those of their content.

So another set under the same name has another code, and a model trained on one is never taken for one of the other.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from explorer.data.class_names import plain_name
from explorer.data.dataset import Dataset, Split, standardise
from explorer.data.pixels import standard_pixels
from explorer.data.uploaded import UploadedData
from explorer.settings import InputError
from explorer.store import Artefact, Store

OWN = "own:"
LONGEST = 40  # characters of the name in a code
WHERE = "bring it on the page Data, or with python -m explorer bring"


@dataclass(frozen=True)
class OwnSet:
    """A set as a list shows it, without reading it; written: when it was kept, in seconds since 1970."""

    code: str
    title: str
    kind: str
    shape: tuple[int, ...]
    train: int
    test: int
    classes: tuple[str, ...]
    written: float


def save(brought: UploadedData, name: str, store: Store | None = None) -> str:
    """Keep what was brought; the code that names it from now on. Keeping the same again gives the same code.

    Raises InputError for a name without a letter or digit, and `StoreError` where the disk refuses, with nothing kept.
    """
    title = plain_name(name)
    word = re.sub(r"[\W_]+", "-", title.lower()).strip("-")[:LONGEST].strip("-")
    if not word:
        raise InputError(f"{name[:40]!r} has no letter or digit to make a name of; give it another.")
    tensors = {name: torch.tensor(array) for name, array in _arrays(brought).items()}
    content = _content(brought, tensors)
    code = f"{OWN}{word}-{content[:8]}"
    store = store or Store.default()
    notes = {
        "title": title,
        "kind": brought.kind,
        "shape": list(brought.x.shape[1:]),
        "train": int((~brought.test).sum()),
        "test": int(brought.test.sum()),
        "classes": list(brought.classes),
        "subclasses": list(brought.subclasses),
        "content": content,
    }
    store.put(_key(code), tensors, notes)
    return code


def own_sets(store: Store | None = None) -> list[OwnSet]:
    """Those that are kept, newest first; reads the heads of the store's files alone."""
    found = []
    for header in (store or Store.default()).headers():
        if header.key.get("what") == "own data":
            notes = {name: header.notes[name] for name in ("title", "kind", "train", "test")}
            shape, classes = tuple(header.notes["shape"]), tuple(header.notes["classes"])
            found.append(OwnSet(code=header.key["code"], shape=shape, classes=classes, written=header.written, **notes))
    return sorted(found, key=lambda each: (-each.written, each.code))


def load_own(code: str, store: Store | None = None) -> Dataset:
    """The set of that code, the same object for all callers; raises InputError where none is kept under it.

    Points are standardised float32; pictures stay uint8 until they are used (`Pixels`).
    """
    store = store or Store.default()
    if not store.has(_key(code)):  # it may have been read while it was removed
        raise _unknown(code)
    return _load(code, store.home)


def remove(code: str, store: Store | None = None) -> None:
    """Remove a set, and every model that was trained or unlearned on it; raises InputError where there is none."""
    store = store or Store.default()
    if not store.has(_key(code)):
        raise _unknown(code)
    for header in list(store.headers()):
        if _names(header.key, code):
            store.remove(header.key)
    _load.cache_clear()


@lru_cache(maxsize=4)  # each may take as much memory as `limits.KEPT`
def _load(code: str, home: Path) -> Dataset:
    found = Store(home).get(_key(code))
    if found is None:
        raise _unknown(code)
    test, x = found.tensors["test"], found.tensors.pop("x")
    train_x, test_x = x[~test], x[test]
    if found.notes["kind"] == "image":
        pixels, test_pixels = standard_pixels(train_x, test_x)
        inputs: tuple[Tensor, Tensor] = (pixels, test_pixels)
        mean, deviation = pixels.centre, pixels.spread
    else:
        inputs_64 = standardise(train_x, test_x)
        inputs = (inputs_64[0].float(), inputs_64[1].float())
        mean, deviation = inputs_64[2].float(), inputs_64[3].float()
    return Dataset(
        code=code,
        kind=found.notes["kind"],
        title=found.notes["title"],
        train=_split(inputs[0], found, ~test),
        test=_split(inputs[1], found, test),
        classes=tuple(found.notes["classes"]),
        mean=mean,
        deviation=deviation,
        subclasses=tuple(found.notes["subclasses"]),
    )


def _split(x: Tensor, found: Artefact, chosen: Tensor) -> Split:
    fine = found.tensors.get("fine")
    return Split(x, found.tensors["y"][chosen], None if fine is None else fine[chosen])


def _arrays(brought: UploadedData) -> dict[str, Any]:
    arrays = {"x": brought.x, "y": brought.y, "test": brought.test}
    return arrays if brought.fine is None else {**arrays, "fine": brought.fine}


def _content(brought: UploadedData, tensors: dict[str, Tensor]) -> str:
    said = [brought.kind, brought.classes, brought.subclasses, list(brought.x.shape)]
    digest = hashlib.sha256(repr(said).encode())
    for name, tensor in tensors.items():
        digest.update(name.encode())
        digest.update(tensor.contiguous().numpy().data)
    return digest.hexdigest()


def _key(code: str) -> dict[str, Any]:
    return {"what": "own data", "code": code}


def _names(value: Any, code: str) -> bool:
    """Whether what made an artefact says this code anywhere."""
    if isinstance(value, dict | list):
        return any(_names(part, code) for part in (value.values() if isinstance(value, dict) else value))
    return bool(value == code)


def _unknown(code: str) -> InputError:
    return InputError(f"There is no data set {code!r} here (any more); {WHERE}.")

"""Uploaded data sets in the store, with codes `own:NAME-xxxxxxxx`; the digits are a hash of the content.

Two sets with the same name therefore have different codes, and stored models refer to exactly one of them.
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
UPLOAD_HINT = "upload it on the page Data, or with python -m explorer bring"


@dataclass(frozen=True)
class OwnSet:
    """Description of an uploaded set, available without reading its tensors.

    Attributes:
        code: code of the set, `own:NAME-xxxxxxxx`.
        title: name shown on pages.
        kind: "plane" or "image".
        shape: shape of one input.
        train: number of training samples.
        test: number of test samples.
        classes: names of the classes.
        written: time of saving, seconds since 1970.
    """

    code: str
    title: str
    kind: str
    shape: tuple[int, ...]
    train: int
    test: int
    classes: tuple[str, ...]
    written: float


def save(uploaded: UploadedData, name: str, store: Store | None = None) -> str:
    """Store an uploaded data set.

    Args:
        uploaded: samples, classes and split.
        name: name of the set; it becomes its title and part of its code.
        store: the default store if None.

    Returns:
        The code of the set; saving equal content under the same name returns the same code.

    Raises:
        InputError: if the name has no letter or digit.
        StoreError: if the store cannot be written; nothing is stored then.
    """
    title = plain_name(name)
    slug = re.sub(r"[\W_]+", "-", title.lower()).strip("-")[:LONGEST].strip("-")
    if not slug:
        raise InputError(f"{name[:40]!r} has no letter or digit; a name needs at least one.")
    tensors = {name: torch.tensor(array) for name, array in _arrays(uploaded).items()}
    content = _content(uploaded, tensors)
    code = f"{OWN}{slug}-{content[:8]}"
    store = store or Store.default()
    notes = {
        "title": title,
        "kind": uploaded.kind,
        "shape": list(uploaded.x.shape[1:]),
        "train": int((~uploaded.test).sum()),
        "test": int(uploaded.test.sum()),
        "classes": list(uploaded.classes),
        "subclasses": list(uploaded.subclasses),
        "content": content,
    }
    store.put(_key(code), tensors, notes)
    return code


def own_sets(store: Store | None = None) -> list[OwnSet]:
    """Descriptions of the stored sets, newest first; reads only the headers of the store's files."""
    sets = []
    for header in (store or Store.default()).headers():
        if header.key.get("what") == "own data":
            notes = {name: header.notes[name] for name in ("title", "kind", "train", "test")}
            shape, classes = tuple(header.notes["shape"]), tuple(header.notes["classes"])
            sets.append(OwnSet(code=header.key["code"], shape=shape, classes=classes, written=header.written, **notes))
    return sorted(sets, key=lambda own: (-own.written, own.code))


def load_own(code: str, store: Store | None = None) -> Dataset:
    """The uploaded set with this code. Points are standardised float32; pictures stay uint8 (`Pixels`).

    Args:
        code: `own:NAME-xxxxxxxx`.
        store: the default store if None.

    Returns:
        The same object for all callers.

    Raises:
        InputError: if there is no such set.
    """
    store = store or Store.default()
    if not store.has(_key(code)):  # the cache may still hold a removed set
        raise _unknown(code)
    return _load(code, store.home)


def remove(code: str, store: Store | None = None) -> None:
    """Delete a set and all artefacts computed from it; raises InputError if there is no such set."""
    store = store or Store.default()
    if not store.has(_key(code)):
        raise _unknown(code)
    for header in list(store.headers()):
        if _mentions(header.key, code):
            store.remove(header.key)
    _load.cache_clear()


@lru_cache(maxsize=4)  # a set may occupy `limits.ALL_PICTURES` bytes
def _load(code: str, home: Path) -> Dataset:
    stored = Store(home).get(_key(code))
    if stored is None:
        raise _unknown(code)
    test, x = stored.tensors["test"], stored.tensors.pop("x")
    train_x, test_x = x[~test], x[test]
    if stored.notes["kind"] == "image":
        pixels, test_pixels = standard_pixels(train_x, test_x)
        inputs: tuple[Tensor, Tensor] = (pixels, test_pixels)
        mean, deviation = pixels.centre, pixels.spread
    else:
        inputs_64 = standardise(train_x, test_x)
        inputs = (inputs_64[0].float(), inputs_64[1].float())
        mean, deviation = inputs_64[2].float(), inputs_64[3].float()
    return Dataset(
        code=code,
        kind=stored.notes["kind"],
        title=stored.notes["title"],
        train=_split(inputs[0], stored, ~test),
        test=_split(inputs[1], stored, test),
        classes=tuple(stored.notes["classes"]),
        mean=mean,
        deviation=deviation,
        subclasses=tuple(stored.notes["subclasses"]),
    )


def _split(x: Tensor, stored: Artefact, mask: Tensor) -> Split:
    fine = stored.tensors.get("fine")
    return Split(x, stored.tensors["y"][mask], None if fine is None else fine[mask])


def _arrays(uploaded: UploadedData) -> dict[str, Any]:
    arrays = {"x": uploaded.x, "y": uploaded.y, "test": uploaded.test}
    return arrays if uploaded.fine is None else {**arrays, "fine": uploaded.fine}


def _content(uploaded: UploadedData, tensors: dict[str, Tensor]) -> str:
    description = [uploaded.kind, uploaded.classes, uploaded.subclasses, list(uploaded.x.shape)]
    digest = hashlib.sha256(repr(description).encode())
    for name, tensor in tensors.items():
        digest.update(name.encode())
        digest.update(tensor.contiguous().numpy().data)
    return digest.hexdigest()


def _key(code: str) -> dict[str, Any]:
    return {"what": "own data", "code": code}


def _mentions(value: Any, code: str) -> bool:
    """Whether a key contains this code at any depth."""
    if isinstance(value, dict | list):
        return any(_mentions(part, code) for part in (value.values() if isinstance(value, dict) else value))
    return bool(value == code)


def _unknown(code: str) -> InputError:
    return InputError(f"There is no data set {code!r} here; {UPLOAD_HINT}.")

"""The user's own networks: brought as a file, checked, kept in the store, from then on named `own:NAME-xxxxxxxx`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explorer.data import Dataset, limits
from explorer.data.class_names import plain_name
from explorer.models.fitting import in_words
from explorer.models.network import Network
from explorer.models.uploaded import BroughtNetwork, read_network
from explorer.settings import InputError, Shape
from explorer.store import Header, Store

PREFIX = "own:"
MOST_BYTES = limits.UPLOAD  # of a file; vit-b16 in float32 takes 330 MB
FILES = (".safetensors", ".pt", ".pth", ".pt2")  # what may be brought, by the end of its name
MOST_NAME = 40  # characters of the name within a code


@dataclass(frozen=True)
class OwnNetwork:
    """A network that was brought: its code (`own:NAME-xxxxxxxx`, used like any model's name), a title for people,

    architecture (a name of `MODELS`, or "exported" for a program), and the shape of one input and the classes that it
    was brought for, which are those of any data set that it is used with.
    """

    code: str
    title: str
    architecture: str
    shape: Shape
    classes: tuple[str, ...]


def bring_network(
    content: bytes, filename: str, model: str, dataset: Dataset, name: str, store: Store | None = None
) -> str:
    """Check and keep a network for this data set's inputs and classes; its code, `own:NAME-xxxxxxxx`.

    content: the file's bytes, at most `MOST_BYTES`; filename: its ending decides how it is read (`FILES`): .safetensors
    and .pt hold a state_dict, by our names or torchvision's, of the architecture `model` (a name that
    `models_for(dataset)` has); .pt2 is a program of torch.export, which is its own architecture: model is not used.
    name: what to call it, with a letter from a to z or a digit in it.

    Nothing is unpickled beyond tensors by name and no size is believed before it is checked. Raises InputError, one
    sentence, with nothing kept: for a file that is too large, damaged or of another kind, that is of another network
    (which names and shapes do not fit), or that holds NaN or infinity. Bringing the same again gives the same code.
    """
    slug = _slug(name)
    if len(content) > MOST_BYTES:
        raise InputError(f"A network's file has at most {MOST_BYTES / 2**20:.0f} MB, and {filename} has more.")
    brought = read_network(content, filename, model, dataset)
    key = {
        "what": "own network",
        "name": slug,
        "content": hashlib.sha256(content).hexdigest(),
        "architecture": brought.architecture,
        "shape": list(dataset.shape),
        "classes": list(dataset.classes),
    }
    notes = {"title": plain_name(name), "filename": filename, "graph": brought.graph}
    (store or Store.default()).put(key, brought.tensors, notes)
    return _code(key)


def own_networks(store: Store | None = None) -> list[OwnNetwork]:
    """Those that were brought, by title. Fast: reads the heads of the store's files alone."""
    found = [
        OwnNetwork(
            _code(header.key),
            header.notes["title"],
            header.key["architecture"],
            tuple(header.key["shape"]),
            tuple(header.key["classes"]),
        )
        for header in _headers(store or Store.default())
    ]
    return sorted(found, key=lambda own: (own.title.lower(), own.code))


def own_network(code: str, dataset: Dataset, store: Store | None = None) -> Network:
    """The brought network as it is; raises InputError for a code that is not here, or another kind of data."""
    check_own(code, dataset, store)
    header = _header(code, store or Store.default())
    artefact = (store or Store.default()).get(header.key)
    if artefact is None:
        raise InputError(f"The file of {code} is damaged; bring the network again.")
    brought = BroughtNetwork(header.key["architecture"], artefact.tensors, artefact.notes["graph"])
    return brought.network(dataset.shape, len(dataset.classes))


def check_own(code: str, dataset: Dataset, store: Store | None = None) -> None:
    """Raises InputError for a code that is not here, and for data of another shape or other classes than its own."""
    key = _header(code, store or Store.default()).key
    if tuple(key["shape"]) != dataset.shape:
        raise InputError(
            f"{code} was brought for inputs of {in_words(tuple(key['shape']))}, and those of {dataset.code} are "
            f"{in_words(dataset.shape)}."
        )
    if tuple(key["classes"]) != dataset.classes:
        raise InputError(
            f"{code} was brought for {_classes(key['classes'])}, and {dataset.code} has {_classes(dataset.classes)}."
        )


def own_architecture(code: str, store: Store | None = None) -> str:
    """The name of the brought network's architecture, or `exported`; raises InputError for a code that is not here."""
    return _header(code, store or Store.default()).key["architecture"]


def remove_network(code: str, store: Store | None = None) -> None:
    """Forget what was brought under this code (models trained or unlearned from it stay). InputError: no such code."""
    store = store or Store.default()
    store.remove(_header(code, store).key)


def _headers(store: Store) -> list[Header]:
    return [header for header in store.headers() if header.key.get("what") == "own network"]


def _header(code: str, store: Store) -> Header:
    for header in _headers(store):
        if _code(header.key) == code:
            return header
    raise InputError(f"There is no network {code!r} here; bring it again, or choose another model.")


def _code(key: Mapping[str, Any]) -> str:
    """The name, and 8 hexadecimal digits of all that was brought: the file and what it was said to be."""
    rest = json.dumps([key[part] for part in ("content", "architecture", "shape", "classes")])
    return f"{PREFIX}{key['name']}-{hashlib.sha256(rest.encode()).hexdigest()[:8]}"


def _slug(name: str) -> str:
    slug = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")[:MOST_NAME].strip("-")
    if not slug:
        raise InputError(
            f"A network's name has a letter from a to z or a digit in it, and {name[:MOST_NAME]!r} has none."
        )
    return slug


def _classes(classes: tuple[str, ...] | list[str]) -> str:
    return f"{len(classes)} classes ({', '.join(classes[:3])}{' …' if len(classes) > 3 else ''})"

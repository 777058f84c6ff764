"""Networks uploaded by the user: read from a file, checked, and stored under a code `own:NAME-xxxxxxxx`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explorer.data import Dataset, limits
from explorer.data.class_names import plain_name
from explorer.models.fitting import shape_text
from explorer.models.network import Network
from explorer.models.uploaded import UploadedNetwork, read_network
from explorer.settings import InputError, Shape
from explorer.store import Header, Store

PREFIX = "own:"
MOST_BYTES = limits.UPLOAD  # of a file; vit-b16 in float32 has 330 MB
FILES = (".safetensors", ".pt", ".pth", ".pt2")  # accepted file name endings
MOST_NAME = 40  # characters of the name in a code


@dataclass(frozen=True)
class OwnNetwork:
    """Description of a stored network.

    Attributes:
        code: `own:NAME-xxxxxxxx`, accepted wherever a model name is.
        title: name as the user typed it.
        architecture: a name in `MODELS`, or "exported" for a program.
        shape: shape of one input; data sets used with the network must have the same.
        classes: class names; data sets used with the network must have the same.
    """

    code: str
    title: str
    architecture: str
    shape: Shape
    classes: tuple[str, ...]


def import_network(
    content: bytes, filename: str, model: str, dataset: Dataset, name: str, store: Store | None = None
) -> str:
    """Read, check and store a network for a data set's inputs and classes; returns its code `own:NAME-xxxxxxxx`.

    Only tensors by name are unpickled, and claimed sizes are checked before memory is allocated. Importing the same
    file again gives the same code.

    Args:
        content: the file's bytes, at most `MOST_BYTES`.
        filename: its ending selects the format. .safetensors, .pt and .pth contain a state_dict with our names or
            torchvision's; .pt2 contains a program of torch.export.
        model: architecture of a state_dict, a name in `models_for(dataset)`; ignored for programs.
        dataset: the network must accept its inputs and have one logit per class.
        name: title; needs a letter from a to z or a digit.
        store: the default store if None.

    Raises:
        InputError: if the file is too large, damaged or of an unknown format, does not fit the architecture, or
            contains NaN or infinity. Nothing is stored then.
    """
    slug = _slug(name)
    if len(content) > MOST_BYTES:
        raise InputError(f"A network file may have at most {MOST_BYTES / 2**20:.0f} MB, and {filename} has more.")
    uploaded = read_network(content, filename, model, dataset)
    key = {
        "what": "own network",
        "name": slug,
        "content": hashlib.sha256(content).hexdigest(),
        "architecture": uploaded.architecture,
        "shape": list(dataset.shape),
        "classes": list(dataset.classes),
    }
    notes = {"title": plain_name(name), "filename": filename, "graph": uploaded.graph}
    (store or Store.default()).put(key, uploaded.tensors, notes)
    return _code(key)


def own_networks(store: Store | None = None) -> list[OwnNetwork]:
    """All stored networks, sorted by title. Fast: reads only the headers of stored files."""
    networks = [
        OwnNetwork(
            _code(header.key),
            header.notes["title"],
            header.key["architecture"],
            tuple(header.key["shape"]),
            tuple(header.key["classes"]),
        )
        for header in _headers(store or Store.default())
    ]
    return sorted(networks, key=lambda network: (network.title.lower(), network.code))


def own_network(code: str, dataset: Dataset, store: Store | None = None) -> Network:
    """The uploaded network with its weights, in evaluation mode.

    Raises:
        InputError: if the code is unknown, the stored file is damaged, or the data set has other inputs or classes.
    """
    check_own(code, dataset, store)
    header = _header(code, store or Store.default())
    artefact = (store or Store.default()).get(header.key)
    if artefact is None:
        raise InputError(f"The stored file of {code} is damaged; upload the network again.")
    uploaded = UploadedNetwork(header.key["architecture"], artefact.tensors, artefact.notes["graph"])
    return uploaded.network(dataset.shape, len(dataset.classes))


def check_own(code: str, dataset: Dataset, store: Store | None = None) -> None:
    """Check that a stored network fits a data set.

    Raises:
        InputError: if the code is unknown, or the data set has another input shape or other classes.
    """
    key = _header(code, store or Store.default()).key
    if tuple(key["shape"]) != dataset.shape:
        raise InputError(
            f"{code} was uploaded for inputs of {shape_text(tuple(key['shape']))}, and those of {dataset.code} are "
            f"{shape_text(dataset.shape)}."
        )
    if tuple(key["classes"]) != dataset.classes:
        raise InputError(
            f"{code} was uploaded for {_classes(key['classes'])}, and {dataset.code} has {_classes(dataset.classes)}."
        )


def own_architecture(code: str, store: Store | None = None) -> str:
    """Architecture of a stored network, or `exported` for a program; raises InputError for an unknown code."""
    return _header(code, store or Store.default()).key["architecture"]


def remove_network(code: str, store: Store | None = None) -> None:
    """Delete a stored network. Models trained or unlearned from it stay. Raises InputError for an unknown code."""
    store = store or Store.default()
    store.remove(_header(code, store).key)


def _headers(store: Store) -> list[Header]:
    return [header for header in store.headers() if header.key.get("what") == "own network"]


def _header(code: str, store: Store) -> Header:
    for header in _headers(store):
        if _code(header.key) == code:
            return header
    raise InputError(f"There is no network {code!r} here; upload it again, or select another model.")


def _code(key: Mapping[str, Any]) -> str:
    """The name and 8 hexadecimal digits of a hash of the file, architecture, input shape and classes."""
    rest = json.dumps([key[part] for part in ("content", "architecture", "shape", "classes")])
    return f"{PREFIX}{key['name']}-{hashlib.sha256(rest.encode()).hexdigest()[:8]}"


def _slug(name: str) -> str:
    slug = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")[:MOST_NAME].strip("-")
    if not slug:
        raise InputError(f"A network's name needs a letter from a to z or a digit, and {name[:MOST_NAME]!r} has none.")
    return slug


def _classes(classes: tuple[str, ...] | list[str]) -> str:
    return f"{len(classes)} classes ({', '.join(classes[:3])}{' …' if len(classes) > 3 else ''})"

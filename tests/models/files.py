"""Weights files as a user or an attacker would upload them."""

from __future__ import annotations

import io
import zipfile

import safetensors.torch
import torch


def torch_file(found, **options):
    """What torch.save writes."""
    written = io.BytesIO()
    torch.save(found, written, **options)
    return written.getvalue()


def safetensors_file(tensors):
    """What safetensors writes."""
    return safetensors.torch.save({name: tensor.contiguous().clone() for name, tensor in tensors.items()})


def repacked(content, change, compression=zipfile.ZIP_STORED):
    """A zip with `change(path, bytes)` in the place of each entry; None leaves it out."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(written, "w", compression) as made:
        for entry in given.infolist():
            part = change(entry.filename, given.read(entry))
            if part is not None:
                made.writestr(entry.filename, part)
    return written.getvalue()


def with_pickle(content, old, new):
    """A file of torch.save with a changed pickle."""

    def change(path, part):
        if not path.endswith("data.pkl"):
            return part
        assert old in part
        return part.replace(old, new)

    return repacked(content, change)

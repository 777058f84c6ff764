"""A file of weights, read without running anything that it might carry: tensors by name, from .safetensors or .pt.

A .pt is a zip of raw numbers and of one pickle that says which are which. Before PyTorch reads it with weights_only,
the zip must be stored plainly (so that nothing grows as it is read) and the pickle may ask for tensors and for nothing
else; then its shapes are read without their numbers, so that what is only claimed takes no memory.
"""

from __future__ import annotations

import io
import pickletools
import zipfile
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from explorer.data import limits
from explorer.data.archive import Archive, DamagedEntryError
from explorer.settings import InputError, Shape

MOST_PICKLE = 2**20  # bytes that say which numbers are which; those of vit-b16 are 30 KB
STORAGES = ("Double", "Float", "Half", "BFloat16", "Long", "Int", "Short", "Char", "Byte", "Bool")
ASKED_FOR = {
    "collections OrderedDict",
    "torch._utils _rebuild_tensor_v2",
    "torch._utils _rebuild_parameter",
    *(f"torch {kind}Storage" for kind in STORAGES),
}
NEEDS = "a file of weights holds model.state_dict()"
WRAPPERS = ("state_dict", "model_state_dict", "model")  # under which a training script keeps the weights


class WeightsFile(NamedTuple):
    """The shapes of the tensors that a file holds, by name, and a function that reads them."""

    shapes: dict[str, Shape]
    read: Callable[[], dict[str, Tensor]]


def open_weights(content: bytes, filename: str) -> WeightsFile:
    """The tensors in a .safetensors, .pt or .pth file; raises InputError for what is none, or larger than allowed."""
    if len(content) > limits.UPLOAD:
        raise InputError(f"A file of weights has at most {limits.UPLOAD / 2**20:.0f} MB, and {filename} has more.")
    ending = filename.lower().rpartition(".")[2]
    if ending == "safetensors":
        return _safetensors(content, filename)
    if ending in ("pt", "pth"):
        return _torch_file(content, filename)
    raise InputError(f"Weights come as .safetensors, .pt or .pth, and {filename} is neither.")


def open_verified(content: bytes, filename: str) -> WeightsFile:
    """A file of PyTorch of whatever age, whose checksum its caller knows; weights_only executes nothing in it."""
    try:
        found = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as error:  # whatever PyTorch says of it
        raise _damaged(filename) from error
    return _whole(_by_name(found, filename))


def _safetensors(content: bytes, filename: str) -> WeightsFile:
    if not content:
        raise _empty(filename)
    try:  # safetensors holds every claimed shape against the bytes that are there before it makes a tensor
        tensors = safetensors.torch.load(content)
    except (SafetensorError, ValueError, KeyError, RuntimeError) as error:
        raise InputError(f"{filename} is damaged, or no safetensors file.") from error
    if not tensors:
        raise _empty(filename)
    return _whole(tensors)


def _whole(tensors: dict[str, Tensor]) -> WeightsFile:
    return WeightsFile({name: tuple(tensor.shape) for name, tensor in tensors.items()}, lambda: tensors)


def _torch_file(content: bytes, filename: str) -> WeightsFile:
    checked = _plain_copy(content, filename)

    def load(where: str) -> dict[str, Tensor]:
        checked.seek(0)
        try:
            found = torch.load(checked, map_location=where, weights_only=True)
        except Exception as error:  # whatever a crafted pickle makes of PyTorch's reader
            raise InputError(f"{filename} is damaged, or holds more than tensors by name.") from error
        return _by_name(found, filename)

    claimed = load("meta")
    return WeightsFile({name: tuple(tensor.shape) for name, tensor in claimed.items()}, lambda: load("cpu"))


def _plain_copy(content: bytes, filename: str) -> io.BytesIO:
    """The file's zip, packed anew from its checked entries, so that PyTorch cannot read it in another way than we."""
    archive, copied, total = Archive(io.BytesIO(content), filename, NEEDS), io.BytesIO(), 0
    with zipfile.ZipFile(copied, "w") as made:
        for path in archive.paths:
            try:
                part = archive.read(path, len(content))
            except DamagedEntryError as error:
                raise _damaged(filename) from error
            total += len(part)
            if total > len(content):  # torch.save compresses nothing
                raise _damaged(filename)
            if path.endswith(".pkl"):
                _asks_for_tensors_alone(part, filename)
            made.writestr(path, part)
    return copied


def _asks_for_tensors_alone(pickled: bytes, filename: str) -> None:
    """Reads the opcodes, executing none: what they ask for by name must be a tensor or its storage."""
    if len(pickled) > MOST_PICKLE:
        raise InputError(f"{filename} says more about its tensors than a file of weights has to say.")
    try:
        opcodes = [(opcode.name, argument) for opcode, argument, _ in pickletools.genops(pickled)]
    except ValueError as error:
        raise _damaged(filename) from error
    for opcode, argument in opcodes:
        named = opcode == "GLOBAL" and argument not in ASKED_FOR
        if named or opcode in ("STACK_GLOBAL", "INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "EXT1", "EXT2", "EXT4"):
            asked = str(argument).replace(" ", ".") if named else "other objects"
            raise InputError(
                f"{filename} must hold tensors by name and nothing else, and it asks for {asked[:80]}; "
                "save model.state_dict()."
            )


def _empty(filename: str) -> InputError:
    return InputError(f"{filename} is empty; {NEEDS}.")


def _damaged(filename: str) -> InputError:
    return InputError(
        f"{filename} is damaged, or not what torch.save writes since PyTorch 1.6; .safetensors is read too."
    )


def _by_name(found: Any, filename: str) -> dict[str, Tensor]:
    if isinstance(found, Mapping):
        for wrapper in WRAPPERS:
            if isinstance(found.get(wrapper), Mapping):
                found = found[wrapper]
                break
    named = isinstance(found, Mapping) and all(
        isinstance(name, str) and isinstance(tensor, Tensor) for name, tensor in found.items()
    )
    if named and not found:
        raise _empty(filename)
    if not named:
        raise InputError(f"{filename} must hold tensors by name, as model.state_dict() gives them.")
    return {name: tensor.detach() for name, tensor in found.items()}

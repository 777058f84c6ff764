"""Safe reader for weights files: tensors by name from .safetensors or .pt, without executing code from the file.

A .pt file is a zip with raw numbers and one pickle that describes the tensors. Three checks precede PyTorch's reader
(weights_only): the zip must be uncompressed, so that it cannot grow while it is read; the pickle may only refer to
tensor types; and shapes are read on the meta device first, so that false claims take no memory.
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

MOST_PICKLE = 2**20  # bytes of the pickle; vit-b16 has 30 KB
STORAGES = ("Double", "Float", "Half", "BFloat16", "Long", "Int", "Short", "Char", "Byte", "Bool")
ALLOWED_GLOBALS = {
    "collections OrderedDict",
    "torch._utils _rebuild_tensor_v2",
    "torch._utils _rebuild_parameter",
    *(f"torch {kind}Storage" for kind in STORAGES),
}
NEEDS = "a weights file contains model.state_dict()"
WRAPPERS = ("state_dict", "model_state_dict", "model")  # common keys of a state_dict in a training checkpoint


class WeightsFile(NamedTuple):
    """Content of a weights file.

    Attributes:
        shapes: shape of each tensor by name.
        read: function that returns the tensors by name.
    """

    shapes: dict[str, Shape]
    read: Callable[[], dict[str, Tensor]]


def open_weights(content: bytes, filename: str) -> WeightsFile:
    """Open a weights file from an untrusted source.

    Args:
        content: the file's bytes.
        filename: its ending selects the format (.safetensors, .pt or .pth).

    Raises:
        InputError: if the file is damaged, too large, of another format, or contains anything but tensors by name.
            `read` may raise it, too.
    """
    if len(content) > limits.UPLOAD:
        raise InputError(f"A weights file may have at most {limits.UPLOAD / 2**20:.0f} MB, and {filename} has more.")
    ending = filename.lower().rpartition(".")[2]
    if ending == "safetensors":
        return _safetensors(content, filename)
    if ending in ("pt", "pth"):
        return _torch_file(content, filename)
    raise InputError(f"Weights are read from .safetensors, .pt or .pth files, not from {filename}.")


def open_verified(content: bytes, filename: str) -> WeightsFile:
    """Open a PyTorch file with a known checksum, in any PyTorch format; weights_only executes nothing in it."""
    try:
        state = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as error:  # torch.load raises many types
        raise _damaged(filename) from error
    return _whole(_by_name(state, filename))


def _safetensors(content: bytes, filename: str) -> WeightsFile:
    if not content:
        raise _empty(filename)
    try:  # safetensors compares every claimed shape with the file's size before it allocates
        tensors = safetensors.torch.load(content)
    except (SafetensorError, ValueError, KeyError, RuntimeError) as error:
        raise InputError(f"{filename} is damaged or not a safetensors file.") from error
    if not tensors:
        raise _empty(filename)
    return _whole(tensors)


def _whole(tensors: dict[str, Tensor]) -> WeightsFile:
    return WeightsFile({name: tuple(tensor.shape) for name, tensor in tensors.items()}, lambda: tensors)


def _torch_file(content: bytes, filename: str) -> WeightsFile:
    checked = _plain_copy(content, filename)

    def load(device: str) -> dict[str, Tensor]:
        checked.seek(0)
        try:
            state = torch.load(checked, map_location=device, weights_only=True)
        except Exception as error:  # a crafted pickle can make torch.load raise any type
            raise InputError(f"{filename} is damaged or contains more than tensors by name.") from error
        return _by_name(state, filename)

    claimed = load("meta")
    return WeightsFile({name: tuple(tensor.shape) for name, tensor in claimed.items()}, lambda: load("cpu"))


def _plain_copy(content: bytes, filename: str) -> io.BytesIO:
    """Copy of the zip with the checked entries alone, so that PyTorch's zip reader sees what was checked."""
    archive, copied, total = Archive(io.BytesIO(content), filename, NEEDS), io.BytesIO(), 0
    with zipfile.ZipFile(copied, "w") as written:
        for path in archive.paths:
            try:
                part = archive.read(path, len(content))
            except DamagedEntryError as error:
                raise _damaged(filename) from error
            total += len(part)
            if total > len(content):  # torch.save compresses nothing
                raise _damaged(filename)
            if path.endswith(".pkl"):
                _check_pickle(part, filename)
            written.writestr(path, part)
    return copied


def _check_pickle(pickled: bytes, filename: str) -> None:
    """Check a pickle's opcodes without executing them: globals must be tensor or storage types."""
    if len(pickled) > MOST_PICKLE:
        raise InputError(f"The pickle in {filename} has more than {MOST_PICKLE:,} bytes, which is the most allowed.")
    try:
        opcodes = [(opcode.name, argument) for opcode, argument, _ in pickletools.genops(pickled)]
    except ValueError as error:
        raise _damaged(filename) from error
    for opcode, argument in opcodes:
        forbidden = opcode == "GLOBAL" and argument not in ALLOWED_GLOBALS
        if forbidden or opcode in ("STACK_GLOBAL", "INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "EXT1", "EXT2", "EXT4"):
            requested = str(argument).replace(" ", ".") if forbidden else "other objects"
            raise InputError(
                f"{filename} must contain only tensors by name, and it refers to {requested[:80]}; "
                "save model.state_dict()."
            )


def _empty(filename: str) -> InputError:
    return InputError(f"{filename} is empty; {NEEDS}.")


def _damaged(filename: str) -> InputError:
    return InputError(
        f"{filename} is damaged or was not written by torch.save of PyTorch 1.6 or newer; .safetensors works, too."
    )


def _by_name(state: Any, filename: str) -> dict[str, Tensor]:
    """The tensors of a loaded object, which may be a state_dict or a checkpoint that contains one."""
    if isinstance(state, Mapping):
        for wrapper in WRAPPERS:
            if isinstance(state.get(wrapper), Mapping):
                state = state[wrapper]
                break
    is_state_dict = isinstance(state, Mapping) and all(
        isinstance(name, str) and isinstance(tensor, Tensor) for name, tensor in state.items()
    )
    if is_state_dict and not state:
        raise _empty(filename)
    if not is_state_dict:
        raise InputError(f"{filename} must contain tensors by name, as model.state_dict() returns them.")
    return {name: tensor.detach() for name, tensor in state.items()}

"""Reader for programs of torch.export (.pt2) as plain data: the graph is JSON and the weights are raw numbers.

`torch.export.load` is unsafe for untrusted files: it unpickles weights, constants and sample inputs, evaluates symbolic
expressions, resolves any operator name and loads compiled code. This module instead converts the graph's JSON into a
small format, which `exported` executes step by step. Programs that the format cannot express are rejected, and pickled
parts are never opened.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor

from explorer.data import limits
from explorer.data.archive import Archive, DamagedEntryError
from explorer.settings import InputError

MOST_JSON = 32 * 2**20  # bytes; ViT-B's graph has 1 MB
TYPES = {
    4: torch.int32, 5: torch.int64, 6: torch.float16, 7: torch.float32, 8: torch.float64, 12: torch.bool,
    13: torch.bfloat16,
}  # fmt: skip
"""torch.export's codes for dtypes."""
KEYWORD = 2  # torch.export's code for a keyword argument
LITERALS = ("as_int", "as_ints", "as_float", "as_floats", "as_bool", "as_bools", "as_string")


class Program(NamedTuple):
    """A graph and its tensors.

    Attributes:
        graph: plain JSON. `input` and `output` are names of values; `shape` is the shape of one input, with None for a
            dynamic side; `parameters` are names of trainable tensors; `steps` are dictionaries with "target",
            "positional", "named" and "outputs", in which {"of": name} refers to a value.
        tensors: parameters and constants by the graph's names; floating-point ones are float32.
    """

    graph: dict[str, Any]
    tensors: dict[str, Tensor]


def open_program(content: bytes, filename: str) -> Program:
    """The program in a .pt2 file.

    Args:
        content: the file's bytes.
        filename: used in messages.

    Raises:
        InputError: if the file is damaged, not written by torch.export.save, or contains an unsupported construct.
    """
    archive = Archive(io.BytesIO(content), filename, "torch.export.save writes a program")
    root = archive.paths[0].partition("/")[0]
    try:
        module = _json(archive, f"{root}/models/model.json")["graph_module"]
        stored = {
            **_json(archive, f"{root}/data/constants/model_constants_config.json")["config"],
            **_json(archive, f"{root}/data/weights/model_weights_config.json")["config"],
        }
        graph, names = _graph(module, filename)
        tensors = {
            ours: _tensor(archive, f"{root}/data", theirs, stored[theirs], filename) for ours, theirs in names.items()
        }
    except InputError:  # a subclass of ValueError, which is caught below
        raise
    except (DamagedEntryError, KeyError, TypeError, ValueError, AttributeError, RuntimeError, RecursionError) as error:
        raise InputError(f"{filename} is not a program of torch.export.save from PyTorch 2.9 or newer.") from error
    return Program(graph, tensors)


def _json(archive: Archive, path: str) -> Any:
    return json.loads(archive.read(path, MOST_JSON))


def _graph(exported: Mapping[str, Any], filename: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The graph in our format, and the name in the file of each stored value that it uses."""
    names, parameters, inputs = {}, [], []
    for spec in exported["signature"]["input_specs"]:
        ((kind, about),) = spec.items()
        if kind == "user_input":
            inputs.append(about["arg"]["as_tensor"]["name"])
        elif kind in ("parameter", "buffer", "tensor_constant"):
            names[about["arg"]["name"]] = about[f"{kind}_name"]
            parameters += [about["arg"]["name"]] if kind == "parameter" else []
        else:
            raise InputError(
                f"{filename} has an input of kind {kind.replace('_', ' ')[:40]}; only a batch of samples is allowed."
            )
    kinds = [kind for spec in exported["signature"]["output_specs"] for kind in spec]
    if len(inputs) != 1 or kinds != ["user_output"]:
        raise InputError(
            f"{filename} must map one batch of samples to logits, without side effects; export it after .eval()."
        )
    steps = [_step(node, filename) for node in exported["graph"]["nodes"]]
    used = {value for step in steps for value in references([step["positional"], *step["named"].values()])}
    sizes = exported["graph"]["tensor_values"][inputs[0]]["sizes"]
    output = exported["signature"]["output_specs"][0]["user_output"]["arg"]["as_tensor"]["name"]
    graph = {
        "input": inputs[0],
        "shape": [int(side["as_int"]) if "as_int" in side else None for side in sizes[1:]],
        "parameters": [name for name in parameters if name in used],
        "steps": steps,
        "output": output,
    }
    return graph, {ours: theirs for ours, theirs in names.items() if ours in used}


def references(argument: Any) -> list[str]:
    """Names of the values that an argument in our format refers to, also within lists."""
    if isinstance(argument, dict):
        return [argument["of"]]
    return [name for part in argument for name in references(part)] if isinstance(argument, list) else []


def _step(node: Mapping[str, Any], filename: str) -> dict[str, Any]:
    arguments = [
        (entry["name"], _argument(entry["arg"], filename), entry["kind"] == KEYWORD) for entry in node["inputs"]
    ]
    return {
        "target": str(node["target"]).removeprefix("torch.ops."),
        "positional": [value for _, value, named in arguments if not named],
        "named": {name: value for name, value, named in arguments if named},
        "outputs": [_argument(output, filename) for output in node["outputs"]],
    }


def _argument(exported: Mapping[str, Any], filename: str) -> Any:
    ((kind, value),) = exported.items()
    if kind in LITERALS:
        return value
    if kind == "as_none":
        return None
    if kind == "as_tensor":
        return {"of": value["name"]}
    if kind == "as_sym_int":
        return {"of": value["as_name"]} if "as_name" in value else int(value["as_int"])
    if kind in ("as_tensors", "as_optional_tensors", "as_sym_ints"):
        inner = {"as_tensors": "as_tensor", "as_sym_ints": "as_sym_int"}.get(kind)
        return [_argument({inner: part} if inner else part, filename) for part in value]
    raise InputError(f"{filename} uses {kind.removeprefix('as_')[:40]}, which the explorer does not support.")


def _tensor(archive: Archive, folder: str, name: str, about: Mapping[str, Any], filename: str) -> Tensor:
    meta, path = about["tensor_meta"], about["path_name"]
    if about["use_pickle"] or meta is None:
        raise InputError(f"{filename} contains {name[:80]} as a pickle; pickles are never opened.")
    sizes, strides = ([int(side["as_int"]) for side in meta[part]] for part in ("sizes", "strides"))
    folder_name = "constants" if path.startswith("tensor_") else "weights"
    raw = bytearray(archive.read(f"{folder}/{folder_name}/{path}", limits.UPLOAD))
    flat = torch.frombuffer(raw, dtype=TYPES[meta["dtype"]]) if raw else torch.empty(0, dtype=TYPES[meta["dtype"]])
    if math.prod(sizes) > len(flat):
        raise InputError(f"{filename} is damaged: {name[:80]} is larger than its stored data.")
    tensor = flat.as_strided(sizes, strides, int(meta["storage_offset"]["as_int"])).clone()
    return tensor.float() if tensor.is_floating_point() else tensor

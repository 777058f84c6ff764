"""A program of torch.export (.pt2), read as plain data: its graph is JSON and its weights are raw numbers.

`torch.export.load` cannot be used on a file from elsewhere: it unpickles weights, constants and sample inputs,
evaluates symbolic expressions, looks up whatever a target names and loads compiled code. None of it is called: the
graph's JSON is brought into a small form of our own, which `exported` carries out step by step; what that cannot say is
refused. Pickled parts (sample inputs, unusual weights) are never opened.
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
"""torch.export's numbers for types."""
KEYWORD = 2  # its number for an argument that is given by name
LITERALS = ("as_int", "as_ints", "as_float", "as_floats", "as_bool", "as_bools", "as_string")


class Program(NamedTuple):
    """A graph and the numbers that it needs.

    graph: plain JSON. `input` and `output` name values; `shape` is that of one input, None for a side that may be any;
    `parameters` are the names of those that are trained; `steps` are {"target", "positional", "named", "outputs"}, in
    which {"of": name} stands for a value.
    tensors: the parameters and other numbers, by the graph's names, floating-point ones as float32.
    """

    graph: dict[str, Any]
    tensors: dict[str, Tensor]


def open_program(content: bytes, filename: str) -> Program:
    """The program in a .pt2 file; raises InputError, one sentence, for what is none or says what is not understood."""
    archive = Archive(io.BytesIO(content), filename, "torch.export.save writes a program")
    root = archive.paths[0].partition("/")[0]
    try:
        said = _json(archive, f"{root}/models/model.json")["graph_module"]
        stored = {
            **_json(archive, f"{root}/data/constants/model_constants_config.json")["config"],
            **_json(archive, f"{root}/data/weights/model_weights_config.json")["config"],
        }
        graph, names = _graph(said, filename)
        tensors = {
            ours: _tensor(archive, f"{root}/data", theirs, stored[theirs], filename) for ours, theirs in names.items()
        }
    except InputError:  # which is a ValueError too
        raise
    except (DamagedEntryError, KeyError, TypeError, ValueError, AttributeError, RuntimeError, RecursionError) as error:
        raise InputError(
            f"{filename} is not a program that can be read: torch.export.save of PyTorch 2.9 or newer writes one."
        ) from error
    return Program(graph, tensors)


def _json(archive: Archive, path: str) -> Any:
    return json.loads(archive.read(path, MOST_JSON))


def _graph(said: Mapping[str, Any], filename: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The graph in our form, and for each of its values that is stored the name under which it is."""
    names, parameters, inputs = {}, [], []
    for spec in said["signature"]["input_specs"]:
        ((kind, about),) = spec.items()
        if kind == "user_input":
            inputs.append(about["arg"]["as_tensor"]["name"])
        elif kind in ("parameter", "buffer", "tensor_constant"):
            names[about["arg"]["name"]] = about[f"{kind}_name"]
            parameters += [about["arg"]["name"]] if kind == "parameter" else []
        else:
            raise InputError(f"{filename} takes {kind.replace('_', ' ')[:40]} beside a batch of samples, and may not.")
    kinds = [kind for spec in said["signature"]["output_specs"] for kind in spec]
    if len(inputs) != 1 or kinds != ["user_output"]:
        raise InputError(
            f"{filename} must turn one batch of samples into one of logits and change nothing; export it after .eval()."
        )
    steps = [_step(node, filename) for node in said["graph"]["nodes"]]
    used = {value for step in steps for value in references([step["positional"], *step["named"].values()])}
    sizes = said["graph"]["tensor_values"][inputs[0]]["sizes"]
    output = said["signature"]["output_specs"][0]["user_output"]["arg"]["as_tensor"]["name"]
    graph = {
        "input": inputs[0],
        "shape": [int(side["as_int"]) if "as_int" in side else None for side in sizes[1:]],
        "parameters": [name for name in parameters if name in used],
        "steps": steps,
        "output": output,
    }
    return graph, {ours: theirs for ours, theirs in names.items() if ours in used}


def references(argument: Any) -> list[str]:
    """The names of the values that an argument in our form stands for or holds."""
    if isinstance(argument, dict):
        return [argument["of"]]
    return [name for part in argument for name in references(part)] if isinstance(argument, list) else []


def _step(node: Mapping[str, Any], filename: str) -> dict[str, Any]:
    given = [(each["name"], _argument(each["arg"], filename), each["kind"] == KEYWORD) for each in node["inputs"]]
    return {
        "target": str(node["target"]).removeprefix("torch.ops."),
        "positional": [value for _, value, named in given if not named],
        "named": {name: value for name, value, named in given if named},
        "outputs": [_argument(output, filename) for output in node["outputs"]],
    }


def _argument(said: Mapping[str, Any], filename: str) -> Any:
    ((kind, value),) = said.items()
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
    raise InputError(f"{filename} uses {kind.removeprefix('as_')[:40]}, which the explorer does not carry out.")


def _tensor(archive: Archive, folder: str, name: str, about: Mapping[str, Any], filename: str) -> Tensor:
    meta, path = about["tensor_meta"], about["path_name"]
    if about["use_pickle"] or meta is None:
        raise InputError(f"{filename} holds {name[:80]} as a pickle, which is never opened.")
    sizes, strides = ([int(side["as_int"]) for side in meta[part]] for part in ("sizes", "strides"))
    room = "constants" if path.startswith("tensor_") else "weights"
    raw = bytearray(archive.read(f"{folder}/{room}/{path}", limits.UPLOAD))
    flat = torch.frombuffer(raw, dtype=TYPES[meta["dtype"]]) if raw else torch.empty(0, dtype=TYPES[meta["dtype"]])
    if math.prod(sizes) > len(flat):
        raise InputError(f"{filename} is damaged: {name[:80]} is larger than the numbers that it holds.")
    tensor = flat.as_strided(sizes, strides, int(meta["storage_offset"]["as_int"])).clone()
    return tensor.float() if tensor.is_floating_point() else tensor

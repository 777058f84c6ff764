"""A network that is a program of torch.export: its steps one after another, each one of a list of known functions.

Before it touches a real sample it runs on shapes alone (PyTorch's meta device), which shows what it would take and
whether every sample is treated on its own; only then are its weights put into it. Its last step must be a linear layer,
which is our head; what goes into that are its features.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from explorer.models.fitting import in_words
from explorer.models.network import Network
from explorer.models.program_file import Program, references
from explorer.models.program_steps import known, trains
from explorer.settings import InputError, Shape

EXPORTED = "exported"
"""The architecture of all such networks."""
MOST_NUMBERS = 2**26  # that the steps make of one sample, all together; those of VGG16 make 30 million at 224 x 224
MOST_STEPS = 10_000
HEAD = "aten.linear.default"


class Steps(nn.Module):
    """The steps of a graph up to its head: inputs x (n, *shape) to features (n, width)."""

    def __init__(self, graph: Mapping[str, Any], output: str, tensors: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.graph, self.output = dict(graph), output
        self.functions = [known(step["target"]) for step in graph["steps"]]
        self.names = {name: f"value_{index}" for index, name in enumerate(tensors)}
        for name, tensor in tensors.items():
            if name in graph["parameters"] and tensor.is_floating_point():
                self.register_parameter(self.names[name], nn.Parameter(tensor))
            else:
                self.register_buffer(self.names[name], tensor)
        last = {name: index for index, step in enumerate(graph["steps"]) for name in _used(step)}
        self.finished = [
            [name for name in _used(step) if last[name] == index and name != output]
            for index, step in enumerate(graph["steps"])
        ]

    def forward(self, x: Tensor) -> Tensor:
        """Features, (n, width)."""
        values: dict[str, Any] = {name: getattr(self, held) for name, held in self.names.items()}
        values[self.graph["input"]] = x.clone()  # a step may write into it
        made = 0
        for step, function, finished in zip(self.graph["steps"], self.functions, self.finished, strict=True):
            positional = [_value(argument, values) for argument in step["positional"]]
            named = {name: _value(argument, values) for name, argument in step["named"].items()}
            found = function(*positional, **named)
            parts = found if isinstance(found, tuple | list) else [found]
            outputs = step["outputs"][0] if isinstance(step["outputs"][0], list) else step["outputs"]
            for output, part in zip(outputs, parts, strict=True):
                values[output["of"]] = part
            if x.is_meta:  # on shapes alone, so that nothing has been made yet
                made += sum(part.numel() for part in parts if isinstance(part, Tensor))
                if made > len(x) * MOST_NUMBERS:
                    raise InputError(f"The program makes more than {MOST_NUMBERS:,} numbers of one sample.")
            for name in finished:  # which frees its memory
                values.pop(name, None)
        return values[self.output]


def exported_network(program: Program, shape: Shape, classes: int) -> Network:
    """The program as a network in evaluation mode; raises InputError where it cannot be one for these inputs."""
    graph, tensors = _without_head(program)
    head = program.graph["steps"][-1]["positional"]
    named = [argument["of"] if isinstance(argument, dict) else None for argument in head]
    features, weight_name, bias_name = (*named, None, None, None)[:3]
    weight, bias = program.tensors.get(weight_name or ""), program.tensors.get(bias_name or "")
    if features is None or weight is None or weight.ndim != 2 or len(weight) != classes:
        raise InputError(f"The program's last layer must give {classes} logits from weights of its own.")

    def network(convert: Callable[[Tensor], Tensor]) -> Network:
        steps = Steps(graph, features, {name: convert(tensor) for name, tensor in tensors.items()})
        made = Network(nn.Identity(), 1, 1)
        made.any_layout = False  # a step may view what another left as it lay when the program was exported
        made.backbone, made.head = steps, nn.Linear(1, 1, bias=bias is not None)
        made.head.out_features, made.head.in_features = weight.shape
        made.head.weight = nn.Parameter(convert(weight))
        if bias is not None:
            made.head.bias = nn.Parameter(convert(bias))
        return made.eval()

    _check_on_shapes(network(lambda tensor: tensor.to("meta")), program.graph, shape, classes)
    return network(torch.clone)


def _without_head(program: Program) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The graph up to its last step, with the tensors that it needs; raises InputError for what is not carried out."""
    steps = program.graph["steps"]
    last = steps[-1] if steps else None
    if last is None or last["target"] != HEAD or last["outputs"] != [{"of": program.graph["output"]}] or last["named"]:
        raise InputError("The program must end in a linear layer that gives the logits, without softmax after it.")
    if len(steps) > MOST_STEPS:
        raise InputError(f"The program has {len(steps):,} steps, and at most {MOST_STEPS:,} are carried out.")
    if any(trains(step["target"], step["positional"], step["named"]) for step in steps):
        raise InputError("The program was exported in training mode; call .eval() before torch.export.export.")
    graph = {**program.graph, "steps": steps[:-1]}
    used = {name for step in steps[:-1] for name in _used(step)}
    return graph, {name: tensor for name, tensor in program.tensors.items() if name in used}


@torch.no_grad()
def _check_on_shapes(network: Network, graph: Mapping[str, Any], shape: Shape, classes: int) -> None:
    for samples in (3, 2):
        try:
            logits = network(torch.empty(samples, *shape, device="meta"))
        except InputError:
            raise
        except Exception as error:  # whatever PyTorch says of shapes that do not fit
            raise _does_not_take(shape, samples, graph["shape"]) from error
        if logits.shape != (samples, classes):
            raise InputError(f"The program gives {tuple(logits.shape)} for {samples} samples of {classes} classes.")


def _does_not_take(shape: Shape, samples: int, exported_for: Sequence[int | None]) -> InputError:
    """Says whether the inputs are wrong or only their number, and how to export the program."""
    wanted, batch = in_words(shape), 'dynamic_shapes=({0: torch.export.Dim("batch")},)'
    same = (given in (None, side) for given, side in zip(exported_for, shape, strict=True))
    if len(exported_for) != len(shape) or not all(same):
        given = " x ".join("any" if side is None else str(side) for side in exported_for) or "a single number"
        return InputError(
            f"The program was exported for inputs of {given}, and inputs of {wanted} are needed here; export it with a "
            f"batch of 2 or more of these and {batch}, or choose the data set that it was made for."
        )
    return InputError(
        f"The program does not take batches of {samples} inputs of {wanted}; export it with a batch of 2 or more and "
        f"{batch}."
    )


def _used(step: Mapping[str, Any]) -> list[str]:
    return references([step["positional"], *step["named"].values()])


def _value(argument: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(argument, dict):
        return values[argument["of"]]
    return [_value(part, values) for part in argument] if isinstance(argument, list) else argument

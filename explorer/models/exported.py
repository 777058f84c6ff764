"""Networks from programs of torch.export, executed step by step with operators from an allow-list.

A program first runs on PyTorch's meta device (shapes only), which shows its memory use and that it accepts any batch
size; its weights are loaded afterwards. Its last step must be a linear layer: this is the head, and its input is the
features.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from explorer.models.fitting import shape_text
from explorer.models.network import Network
from explorer.models.program_file import Program, references
from explorer.models.program_steps import is_training_step, operator_named
from explorer.settings import InputError, Shape

EXPORTED = "exported"
"""Architecture name of all these networks."""
MAX_VALUES = 2**26  # per sample, over all steps; VGG16 has 30 million at 224 x 224
MAX_STEPS = 10_000
HEAD = "aten.linear.default"


class Steps(nn.Module):
    """Module that runs a graph up to its head: inputs (n, *shape) to features (n, width).

    Args:
        graph: `Program.graph` without its last step.
        output: name of the value to return.
        tensors: parameters and constants by the graph's names.

    Raises:
        InputError: if a step uses an operator that is not allowed.
    """

    def __init__(self, graph: Mapping[str, Any], output: str, tensors: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.graph, self.output = dict(graph), output
        self.functions = [operator_named(step["target"]) for step in graph["steps"]]
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
        values: dict[str, Any] = {name: getattr(self, attribute) for name, attribute in self.names.items()}
        values[self.graph["input"]] = x.clone()  # in-place steps must not change the caller's samples
        total = 0
        for step, function, finished in zip(self.graph["steps"], self.functions, self.finished, strict=True):
            positional = [_value(argument, values) for argument in step["positional"]]
            keywords = {name: _value(argument, values) for name, argument in step["named"].items()}
            result = function(*positional, **keywords)
            parts = result if isinstance(result, tuple | list) else [result]
            outputs = step["outputs"][0] if isinstance(step["outputs"][0], list) else step["outputs"]
            for output, part in zip(outputs, parts, strict=True):
                values[output["of"]] = part
            if x.is_meta:  # the check on shapes, before any memory is allocated
                total += sum(part.numel() for part in parts if isinstance(part, Tensor))
                if total > len(x) * MAX_VALUES:
                    raise InputError(
                        f"The program computes more than {MAX_VALUES:,} values per sample, which is the most allowed."
                    )
            for name in finished:  # frees memory
                values.pop(name, None)
        return values[self.output]


def exported_network(program: Program, shape: Shape, classes: int) -> Network:
    """Network that executes a program, in evaluation mode.

    Args:
        program: graph and tensors.
        shape: shape of one input.
        classes: number of logits.

    Raises:
        InputError: if the program does not map batches of these inputs to this many logits, or uses an operator that
            is not allowed.
    """
    graph, tensors = _without_head(program)
    head = program.graph["steps"][-1]["positional"]
    arguments = [argument["of"] if isinstance(argument, dict) else None for argument in head]
    features, weight_name, bias_name = (*arguments, None, None, None)[:3]
    weight, bias = program.tensors.get(weight_name or ""), program.tensors.get(bias_name or "")
    if features is None or weight is None or weight.ndim != 2 or len(weight) != classes:
        raise InputError(f"The last layer of the program must have its own weights and give {classes} logits.")

    def build(convert: Callable[[Tensor], Tensor]) -> Network:
        steps = Steps(graph, features, {name: convert(tensor) for name, tensor in tensors.items()})
        network = Network(nn.Identity(), 1, 1)
        network.any_layout = False  # views in the graph assume the memory layout of the export
        network.backbone, network.head = steps, nn.Linear(1, 1, bias=bias is not None)
        network.head.out_features, network.head.in_features = weight.shape
        network.head.weight = nn.Parameter(convert(weight))
        if bias is not None:
            network.head.bias = nn.Parameter(convert(bias))
        return network.eval()

    _check_on_shapes(build(lambda tensor: tensor.to("meta")), program.graph, shape, classes)
    return build(torch.clone)


def _without_head(program: Program) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The graph without its last step, and its tensors; raises InputError if it does not end in a linear layer."""
    steps = program.graph["steps"]
    last = steps[-1] if steps else None
    if last is None or last["target"] != HEAD or last["outputs"] != [{"of": program.graph["output"]}] or last["named"]:
        raise InputError("The program must end in a linear layer that gives the logits, without a softmax after it.")
    if len(steps) > MAX_STEPS:
        raise InputError(f"The program has {len(steps):,} steps, and at most {MAX_STEPS:,} are allowed.")
    if any(is_training_step(step["target"], step["positional"], step["named"]) for step in steps):
        raise InputError("The program was exported in training mode; export it after .eval().")
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
        except Exception as error:  # operators raise many types for shapes that do not fit
            raise _input_error(shape, samples, graph["shape"]) from error
        if logits.shape != (samples, classes):
            raise InputError(
                f"The program returns a tensor of shape {tuple(logits.shape)} for {samples} samples, and "
                f"({samples}, {classes}) is needed."
            )


def _input_error(shape: Shape, samples: int, exported_shape: Sequence[int | None]) -> InputError:
    """Error for a wrong input shape or, if that is correct, a fixed batch size; both explain how to export again."""
    needed, batch = shape_text(shape), 'dynamic_shapes=({0: torch.export.Dim("batch")},)'
    same = (exported in (None, side) for exported, side in zip(exported_shape, shape, strict=True))
    if len(exported_shape) != len(shape) or not all(same):
        exported = " x ".join("any" if side is None else str(side) for side in exported_shape) or "a single number"
        return InputError(
            f"The program was exported for inputs of {exported}, and inputs of {needed} are needed here; export it "
            f"with a batch of 2 or more of these and {batch}, or select the data set that it was exported for."
        )
    return InputError(
        f"The program does not accept batches of {samples} inputs of {needed}; export it with a batch of 2 or more and "
        f"{batch}."
    )


def _used(step: Mapping[str, Any]) -> list[str]:
    return references([step["positional"], *step["named"].values()])


def _value(argument: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(argument, dict):
        return values[argument["of"]]
    return [_value(part, values) for part in argument] if isinstance(argument, list) else argument

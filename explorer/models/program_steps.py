"""Allow-list of operators for exported programs: PyTorch operators without randomness or side effects."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import torch

from explorer.settings import InputError

ATEN = {
    "_softmax", "abs", "adaptive_avg_pool2d", "add.Scalar", "add.Tensor", "add_.Tensor", "alias", "amax",
    "avg_pool2d", "batch_norm", "bmm", "cat", "chunk", "clamp", "clone", "constant_pad_nd", "contiguous", "conv1d",
    "conv2d", "conv2d.padding", "div.Scalar", "div.Tensor", "div_.Tensor", "dropout", "elu", "elu_", "exp", "expand",
    "flatten.using_ints", "gelu", "group_norm", "hardsigmoid", "hardswish", "hardswish_", "hardtanh", "hardtanh_",
    "layer_norm", "leaky_relu", "leaky_relu_", "linear", "matmul", "max_pool2d", "mean.dim", "mish", "mul.Scalar",
    "mul.Tensor", "mul_.Tensor", "neg", "pad", "permute", "pow.Tensor_Scalar", "relu", "relu6", "relu_", "reshape",
    "rsqrt", "scaled_dot_product_attention", "select.int", "sigmoid", "silu", "silu_", "slice.Tensor", "softmax.int",
    "split.Tensor", "sqrt", "squeeze.dim", "stack", "sub.Scalar", "sub.Tensor", "sub_.Tensor", "sum.dim_IntList",
    "sym_size.int", "t", "tanh", "transpose.int", "unbind.int", "unflatten.int", "unsqueeze", "view",
}  # fmt: skip
"""Operators of torch.ops.aten, as "name" for the default overload or "name.overload"."""
ON_SIZES: dict[str, Callable[..., Any]] = {
    "_operator.add": operator.add,
    "_operator.floordiv": operator.floordiv,
    "_operator.mul": operator.mul,
    "_operator.sub": operator.sub,
}
"""Arithmetic on tensor sizes."""
TRAINING = {
    "aten.batch_norm.default": (5, "training"),
    "aten.dropout.default": (2, "train"),
    "aten.scaled_dot_product_attention.default": (4, "dropout_p"),
}
"""Position and name of the argument that turns on training behaviour."""


def operator_named(target: str) -> Callable[..., Any]:
    """The function for a step's target; raises InputError if it is not on the allow-list."""
    if target in ON_SIZES:
        return ON_SIZES[target]
    name = target.removeprefix("aten.").removesuffix(".default")
    if not target.startswith("aten.") or name not in ATEN:
        raise InputError(f"The program uses {target[:80]}, which the explorer does not support.")
    # The name is on the allow-list, so these lookups reach no other attribute of torch.ops.aten.
    operator_name, _, overload = name.partition(".")
    overloads = getattr(torch.ops.aten, operator_name)
    return getattr(overloads, overload or "default")


def is_training_step(target: str, positional: list[Any], named: dict[str, Any]) -> bool:
    """Whether a step is in training mode: dropout that is on, or batch norm with the statistics of the batch."""
    if target not in TRAINING:
        return False
    position, name = TRAINING[target]
    by_position = positional[position] if position < len(positional) else None
    return bool(named.get(name) or by_position)

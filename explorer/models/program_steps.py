"""The functions that an exported program may use: PyTorch's own that make no randomness and change nothing outside."""

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
"""Of torch.ops.aten, with the overload behind the point where it is not the default."""
ON_SIZES: dict[str, Callable[..., Any]] = {
    "_operator.add": operator.add,
    "_operator.floordiv": operator.floordiv,
    "_operator.mul": operator.mul,
    "_operator.sub": operator.sub,
}
TRAINING = {
    "aten.batch_norm.default": (5, "training"),
    "aten.dropout.default": (2, "train"),
    "aten.scaled_dot_product_attention.default": (4, "dropout_p"),
}
"""Which argument says that a step is in training: its place and its name."""


def known(target: str) -> Callable[..., Any]:
    """The function of a step; raises InputError for one that is not on the list."""
    if target in ON_SIZES:
        return ON_SIZES[target]
    function = target.removeprefix("aten.").removesuffix(".default")
    if not target.startswith("aten.") or function not in ATEN:
        raise InputError(f"The program uses {target[:80]}, which the explorer does not carry out.")
    packet, _, overload = function.partition(".")
    return getattr(getattr(torch.ops.aten, packet), overload or "default")


def trains(target: str, positional: list[Any], named: dict[str, Any]) -> bool:
    """Whether a step is one of training: dropout that drops, batch norm that takes its statistics from the batch."""
    place, name = TRAINING.get(target, (0, ""))
    return bool(name) and bool(named.get(name) or any(positional[place : place + 1]))

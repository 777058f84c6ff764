"""Where training starts from: every parameter of a network, drawn from one generator."""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from explorer.models.network import Network

TOKEN_DEVIATION = 0.02  # of a transformer's class token and positions, as in the paper of BERT and torchvision


def initialise(network: Network, generator: torch.Generator) -> None:
    """Set every parameter and buffer from this generator, nothing from the global state.

    Linear and convolution layers as PyTorch starts them, uniform between -1 / sqrt(inputs) and that; where many of them
    follow each other with a ReLU between and little else (`Network.deep_relu`) as torchvision does, after He et al.
    2015: convolutions normal with variance 2 / outputs, hidden linear layers 2 / inputs, biases 0. Without it the
    signal of 13 convolutions dies out. Attention as in PyTorch, by Glorot's rule; norms as the identity.
    """
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Conv2d):
            if network.deep_relu and module is not network.head:
                _after_he(module, generator)
            else:
                _uniform(module, generator)
        elif isinstance(module, nn.MultiheadAttention):
            nn.init.xavier_uniform_(module.in_proj_weight, generator=generator)
            nn.init.zeros_(module.in_proj_bias)
        elif isinstance(module, _BatchNorm | nn.LayerNorm):
            module.reset_parameters()
        else:
            for name, parameter in module.named_parameters(recurse=False):
                if name not in ("class_token", "pos_embedding"):
                    raise TypeError(f"It is not said how {name} of {type(module).__name__} starts.")
                nn.init.normal_(parameter, std=TOKEN_DEVIATION, generator=generator)


def _uniform(layer: nn.Linear | nn.Conv2d, generator: torch.Generator) -> None:
    nn.init.kaiming_uniform_(layer.weight, a=math.sqrt(5), generator=generator)
    if layer.bias is not None:
        bound = 1 / math.sqrt(layer.weight[0].numel())
        nn.init.uniform_(layer.bias, -bound, bound, generator=generator)


def _after_he(layer: nn.Linear | nn.Conv2d, generator: torch.Generator) -> None:
    mode: Literal["fan_in", "fan_out"] = "fan_out" if isinstance(layer, nn.Conv2d) else "fan_in"
    nn.init.kaiming_normal_(layer.weight, mode=mode, nonlinearity="relu", generator=generator)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)

"""Initialisation of every parameter of a network from one generator."""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from explorer.models.network import Network

TOKEN_DEVIATION = 0.02  # of class tokens and position embeddings, as in BERT and torchvision


def initialise(network: Network, generator: torch.Generator) -> None:
    """Initialise every parameter and buffer in place, without PyTorch's global random state.

    Linear and convolution layers: uniform in +-1 / sqrt(fan_in), PyTorch's default. In networks with
    `Network.deep_relu`: He initialisation as in torchvision (convolutions with variance 2 / fan_out, hidden linear
    layers 2 / fan_in, biases 0), because the signal vanishes in 13 convolutions otherwise. Attention: Glorot uniform.
    Normalisation layers: the identity.

    Args:
        network: a network with allocated parameters on the CPU.
        generator: a CPU generator.

    Raises:
        TypeError: for a layer type without a rule.
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
                    raise TypeError(f"There is no initialisation for {name} of {type(module).__name__}.")
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

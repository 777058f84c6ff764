"""Description of the layers that unlearning leaves frozen: `jit` runs the network in evaluation mode."""

from __future__ import annotations

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd

from explorer.models.exported import Steps
from explorer.models.network import Dropout


def describe_frozen(network: nn.Module, dropout: bool = False) -> str:
    """Sentence about batch norm and dropout during unlearning; empty for a network that has neither.

    Args:
        network: the network to unlearn.
        dropout: whether the method leaves dropout on (a setting of JiT).
    """
    kinds: dict[str, tuple[type[nn.Module], ...]] = {
        "the network runs as exported, in evaluation mode": (Steps,),
        "batch norm uses the running statistics of training": (_BatchNorm,),
        f"dropout {'stays on' if dropout else 'is off'}": (Dropout, _DropoutNd),
    }
    states = [state for state, kind in kinds.items() if any(isinstance(module, kind) for module in network.modules())]
    return f"During unlearning, {' and '.join(states)}." if states else ""

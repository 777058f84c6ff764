"""What a network holds still while it unlearns, in words: it runs in evaluation mode, as `jit` puts it."""

from __future__ import annotations

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd

from explorer.models.exported import Steps
from explorer.models.network import Dropout


def held_still(network: nn.Module, dropout: bool = False) -> str:
    """One sentence for the page, about batch norm's statistics and dropout; empty for a network that has neither.

    dropout: whether the method leaves it on, as JiT's setting of that name can.
    """
    kinds: dict[str, tuple[type[nn.Module], ...]] = {
        "it runs as it was exported, in evaluation mode": (Steps,),
        "its batch norm keeps the statistics of training": (_BatchNorm,),
        f"its dropout {'stays on' if dropout else 'is off'}": (Dropout, _DropoutNd),
    }
    held = [words for words, kind in kinds.items() if any(isinstance(module, kind) for module in network.modules())]
    return f"While it unlearns {' and '.join(held)}." if held else ""

"""p(x) = softmax f(x) and H(x) = -sum_i p_i log p_i in nats: what a network says of samples, and how sure it is."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from explorer.models import Network, measuring

BATCH = 512  # samples in one forward pass, which bounds its memory


def logits(net: nn.Module, x: Tensor, batch: int = BATCH) -> Tensor:
    """f(x): (n, classes) on the CPU, in eval mode and without gradients; the net's modes are restored."""
    return _in_batches(net, net, x, batch)


def features(network: Network, x: Tensor, batch: int = BATCH) -> Tensor:
    """The penultimate representation of x: (n, width) on the CPU, computed like `logits`."""
    return _in_batches(network, network.features, x, batch)


def probabilities(logits: Tensor) -> Tensor:
    """softmax of logits (n, classes), float64."""
    return logits.double().softmax(1)


def entropies(logits: Tensor) -> Tensor:
    """H(x) in nats of logits (n, classes): (n,), float64, from 0 (certain) to log(classes).

    From log-probabilities in float64, so that a model that is all but certain still has an entropy above 0. NaN where a
    logit is not a number.
    """
    log_p = logits.double().log_softmax(1)
    p = log_p.exp()
    return -torch.where(p == 0, 0.0, p * log_p).sum(1)


def accuracy(logits: Tensor, y: Tensor) -> float:
    """Share of samples whose largest logit is that of y; one with a NaN among its logits is wrong. No samples: NaN."""
    right = (logits.argmax(1) == y) & ~logits.isnan().any(1)
    return right.double().mean().item()


def _in_batches(net: nn.Module, function: Callable[[Tensor], Tensor], x: Tensor, batch: int) -> Tensor:
    device = next((parameter.device for parameter in net.parameters()), x.device)
    with measuring(net), torch.no_grad():
        return torch.cat([function(part.to(device)).cpu() for part in x.split(batch)])

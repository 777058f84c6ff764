"""Outputs of a network: logits f(x), p(x) = softmax f(x), entropy H(x) = -sum_i p_i log p_i in nats, and accuracy."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from explorer.models import Network, evaluation_mode

BATCH = 512  # samples in one forward pass, which bounds its memory


def logits(net: nn.Module, x: Tensor, batch: int = BATCH) -> Tensor:
    """Logits f(x) in evaluation mode and without gradients; the network's modes are restored.

    Args:
        net: any network.
        x: samples, (n, *shape), on any device.
        batch: samples in one forward pass.

    Returns:
        (n, classes), on the CPU.
    """
    return _in_batches(net, net, x, batch)


def features(network: Network, x: Tensor, batch: int = BATCH) -> Tensor:
    """Penultimate representation of samples x (n, *shape), computed like `logits`: (n, width), on the CPU."""
    return _in_batches(network, network.features, x, batch)


def probabilities(logits: Tensor) -> Tensor:
    """Softmax of logits (n, classes): (n, classes), float64."""
    return logits.double().softmax(1)


def entropies(logits: Tensor) -> Tensor:
    """Entropy H of each softmax output.

    Computed from log-probabilities in float64, so that the entropy of a nearly certain model is still above 0.

    Args:
        logits: (n, classes).

    Returns:
        (n,), float64, in nats, from 0 (certain) to log(classes); NaN where a logit is NaN.
    """
    log_p = logits.double().log_softmax(1)
    p = log_p.exp()
    return -torch.where(p == 0, 0.0, p * log_p).sum(1)


def accuracy(logits: Tensor, y: Tensor) -> float:
    """Accuracy, 0..1, of logits (n, classes) on labels (n,). A sample with a NaN logit is wrong. NaN if n is 0."""
    correct = (logits.argmax(1) == y) & ~logits.isnan().any(1)
    return correct.double().mean().item()


def _in_batches(net: nn.Module, function: Callable[[Tensor], Tensor], x: Tensor, batch: int) -> Tensor:
    device = next((parameter.device for parameter in net.parameters()), x.device)
    with evaluation_mode(net), torch.no_grad():
        return torch.cat([function(part.to(device)).cpu() for part in x.split(batch)])

"""Training, theta = argmin of the cross-entropy: the original on D, the retrained model on D_r alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import nn

from explorer.data import Dataset, Split
from explorer.models.network import drawing_from
from explorer.settings import Settings, setting


class FitSettings(Settings):
    """How a network is trained: Adam with a rate that falls to zero along a cosine."""

    epochs: int = setting(20, "passes over the training samples", least=1, most=1000)
    batch_size: int = setting(64, "samples in one step", least=1, most=4096)
    rate: float = setting(2e-3, "learning rate at the start", least=1e-6, most=1.0, log=True)
    weight_decay: float = setting(0.0, "pull of every weight toward zero", least=0.0, most=1.0)


@dataclass(frozen=True)
class Epoch:
    """One pass over the training samples: its number from 1, how many there will be, mean loss (nats) and accuracy."""

    index: int
    total: int
    loss: float
    accuracy: float


def schedule(dataset: Dataset, model: str) -> FitSettings:
    """The settings with which the explorer trains a model on a data set."""
    if dataset.kind == "plane":
        return FitSettings(epochs=120, batch_size=32, rate=1e-2)
    if dataset.code == "digits":
        return FitSettings(epochs=25)
    return FitSettings(epochs=10)


def fit(network: nn.Module, split: Split, settings: FitSettings, generator: torch.Generator) -> Iterator[Epoch]:
    """Train the given network in place, an Epoch at a time; the generator shuffles, and draws dropout's masks.

    The last batch of an epoch joins the one before it where it would be a single sample, which batch norm cannot take.
    """
    steps = settings.epochs * len(batches(torch.arange(len(split)), settings.batch_size))
    optimiser = torch.optim.Adam(network.parameters(), lr=settings.rate, weight_decay=settings.weight_decay, fused=True)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=steps)
    for index in range(1, settings.epochs + 1):
        network.train()
        loss_sum, correct = 0.0, 0
        order = torch.randperm(len(split), generator=generator)
        with drawing_from(network, generator):
            for batch in batches(order, settings.batch_size):
                logits = network(split.x[batch])
                loss = nn.functional.cross_entropy(logits, split.y[batch])
                optimiser.zero_grad(set_to_none=True)
                loss.backward()
                optimiser.step()
                cosine.step()
                loss_sum += float(loss.detach()) * len(batch)
                correct += int((logits.detach().argmax(1) == split.y[batch]).sum())
        network.eval()
        yield Epoch(index, settings.epochs, loss_sum / len(split), correct / len(split))


def batches(order: torch.Tensor, size: int) -> list[torch.Tensor]:
    """The samples of an epoch in this order, step by step; a last single sample joins the step before it."""
    steps = list(order.split(size))
    if len(steps) > 1 and len(steps[-1]) == 1:
        steps[-2:] = [torch.cat(steps[-2:])]
    return steps

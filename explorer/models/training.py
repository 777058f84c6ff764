"""Training by minimising the cross-entropy: the original on D, the retrained model on D_r = D without D_f."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

from explorer.data import Split
from explorer.models.augmentation import Augmentation, augment
from explorer.models.network import drawing_from, layout_for
from explorer.settings import Settings, setting


class FitSettings(Settings):
    """Settings of a training. The learning rate decays to zero along a cosine."""

    epochs: int = setting(20, "number of epochs", least=1, most=1000)
    batch_size: int = setting(64, "samples per step", least=1, most=4096)
    rate: float = setting(2e-3, "largest learning rate", least=1e-6, most=1.0, log=True)
    weight_decay: float = setting(0.0, "weight decay (L2 penalty)", least=0.0, most=1.0)
    optimiser: Literal["adam", "sgd"] = setting(
        "adam", "Adam, or stochastic gradient descent with Nesterov momentum 0.9", later=True
    )
    warm_up: float = setting(0.0, "share of the steps with a rising learning rate", least=0.0, most=0.9, later=True)
    augment: Augmentation = setting("none", "random augmentation of the training pictures", later=True)


@dataclass(frozen=True)
class Epoch:
    """Result of one training epoch.

    Attributes:
        index: number of the epoch, from 1.
        total: number of epochs of the training.
        loss: mean training cross-entropy in nats, measured while the weights change.
        accuracy: training accuracy, measured likewise.
    """

    index: int
    total: int
    loss: float
    accuracy: float


class Training:
    """A resumable training of a network, in place and on the network's device.

    A training that saves `state()` between two epochs and continues with `resume` gives the same numbers as one without
    interruption.

    Args:
        network: inputs (n, *shape) to logits (n, classes).
        split: training samples.
        settings: optimiser and schedule.
        generator: CPU generator for shuffling, augmentation and dropout masks.

    Attributes:
        done: number of finished epochs.
    """

    def __init__(self, network: nn.Module, split: Split, settings: FitSettings, generator: torch.Generator) -> None:
        self.network, self.split, self.settings, self.generator = network, split, settings, generator
        self.done = 0
        self._layout = layout_for(network, tuple(split.x.shape[1:]))
        network.to(memory_format=self._layout)
        self._steps = len(batches(torch.arange(len(split)), settings.batch_size))
        self._trainable = [parameter for parameter in network.parameters() if parameter.requires_grad]
        self._optimiser = make_optimiser(self._trainable, settings)
        self._schedule = make_scheduler(self._optimiser, settings, settings.epochs * self._steps)

    def epochs(self, progress: Callable[[float], None] = lambda share: None) -> Iterator[Epoch]:
        """Train the remaining epochs and yield the result of each.

        Args:
            progress: called before each step with the share of the whole training that is done; may raise to stop.
        """
        network, split, settings = self.network, self.split, self.settings
        device = next(network.parameters()).device
        for index in range(self.done + 1, settings.epochs + 1):
            network.train()
            loss_sum, correct = 0.0, 0
            order = torch.randperm(len(split), generator=self.generator)
            with drawing_from(network, self.generator):
                for step, batch in enumerate(batches(order, settings.batch_size)):
                    progress((index - 1 + step / self._steps) / settings.epochs)
                    x, y = split.x[batch].to(device), split.y[batch].to(device)
                    x = augment(x, settings.augment, self.generator).contiguous(memory_format=self._layout)
                    logits = network(x)
                    loss = nn.functional.cross_entropy(logits, y)
                    self._optimiser.zero_grad(set_to_none=True)
                    loss.backward()
                    self._optimiser.step()
                    self._schedule.step()
                    loss_sum += float(loss.detach()) * len(batch)
                    correct += int((logits.detach().argmax(1) == y).sum())
            network.eval()
            self.done = index
            yield Epoch(index, settings.epochs, loss_sum / len(split), correct / len(split))
        network.to(memory_format=torch.contiguous_format)

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Tensors by name, and the rest of the state as JSON values."""
        tensors = {f"network.{name}": tensor for name, tensor in self.network.state_dict().items()}
        for number, parameter in enumerate(self._trainable):
            for name, value in self._optimiser.state.get(parameter, {}).items():
                tensors[f"optimiser.{number}.{name}"] = value
        tensors["generator"] = self.generator.get_state()
        rates = [group["lr"] for group in self._optimiser.param_groups]
        return tensors, {"done": self.done, "schedule": self._schedule.state_dict(), "rates": rates}

    def resume(self, tensors: Mapping[str, Tensor], notes: Mapping[str, Any]) -> None:
        """Restore a `state()` of a training with the same network, split and settings."""
        network = {name.removeprefix("network."): tensor for name, tensor in tensors.items() if name[:8] == "network."}
        self.network.load_state_dict(network)
        for number, parameter in enumerate(self._trainable):
            prefix = f"optimiser.{number}."
            for name, tensor in tensors.items():
                if name.startswith(prefix):
                    # The optimiser assumes that its state has the parameter's memory format.
                    same = tensor.shape == parameter.shape
                    value = torch.empty_like(parameter).copy_(tensor) if same else tensor.to(parameter.device)
                    self._optimiser.state[parameter][name.removeprefix(prefix)] = value
        for group, rate in zip(self._optimiser.param_groups, notes["rates"], strict=True):
            group["lr"] = rate
        self._schedule.load_state_dict(dict(notes["schedule"]))
        self.generator.set_state(tensors["generator"])
        self.done = notes["done"]


def fit(network: nn.Module, split: Split, settings: FitSettings, generator: torch.Generator) -> Iterator[Epoch]:
    """Train a network in place; returns an iterator that trains one epoch per item.

    A last batch of one sample is merged into the batch before it, because batch norm cannot process it.

    Args:
        network: inputs (n, *shape) to logits (n, classes), on the device to train on; in evaluation mode after each
            epoch.
        split: training samples.
        settings: optimiser and schedule.
        generator: CPU generator for shuffling, augmentation and dropout masks.

    Yields:
        An `Epoch` after each epoch.

    Example:
        >>> for epoch in fit(network, dataset.train, FitSettings(epochs=20), torch.Generator().manual_seed(0)):
        ...     print(epoch.index, epoch.loss, epoch.accuracy)
    """
    return Training(network, split, settings, generator).epochs()


def batches(order: torch.Tensor, size: int) -> list[torch.Tensor]:
    """Sample indices of each batch of an epoch; a last batch of one sample is merged into the one before it."""
    parts = list(order.split(size))
    if len(parts) > 1 and len(parts[-1]) == 1:
        parts[-2:] = [torch.cat(parts[-2:])]
    return parts


def make_optimiser(parameters: Iterable[Tensor], settings: FitSettings) -> torch.optim.Optimizer:
    """The optimiser that the settings name, for these parameters."""
    if settings.optimiser == "adam":
        return torch.optim.Adam(parameters, lr=settings.rate, weight_decay=settings.weight_decay, fused=True)
    return torch.optim.SGD(
        parameters, lr=settings.rate, weight_decay=settings.weight_decay, momentum=0.9, nesterov=True, fused=True
    )


def make_scheduler(
    optimiser: torch.optim.Optimizer, settings: FitSettings, steps: int
) -> torch.optim.lr_scheduler.LRScheduler:
    """Learning rate schedule over a number of steps: cosine decay to zero, after a warm-up if the settings have one."""
    if not settings.warm_up:
        return torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=steps)
    rising = max(2, round(settings.warm_up * steps))  # at least 2: the first step does not raise the rate
    return torch.optim.lr_scheduler.OneCycleLR(
        optimiser, settings.rate, total_steps=steps + 1, pct_start=rising / (steps + 1), cycle_momentum=False
    )

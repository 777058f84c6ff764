"""Training, theta = argmin of the cross-entropy: the original on D, the retrained model on D_r alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

from explorer.data import Split
from explorer.models.augmentation import Augmentation, augmented
from explorer.models.network import drawing_from, layout_for
from explorer.settings import Settings, setting


class FitSettings(Settings):
    """How a network is trained; the rate falls to zero along a cosine."""

    epochs: int = setting(20, "passes over the training samples", least=1, most=1000)
    batch_size: int = setting(64, "samples in one step", least=1, most=4096)
    rate: float = setting(2e-3, "learning rate at its highest", least=1e-6, most=1.0, log=True)
    weight_decay: float = setting(0.0, "pull of every weight toward zero", least=0.0, most=1.0)
    optimiser: Literal["adam", "sgd"] = setting(
        "adam", "Adam, or stochastic gradient descent with Nesterov's momentum of 0.9", later=True
    )
    warm_up: float = setting(0.0, "share of the steps in which the rate rises", least=0.0, most=0.9, later=True)
    augment: Augmentation = setting("none", "how pictures are changed at random", later=True)


@dataclass(frozen=True)
class Epoch:
    """One pass over the training samples: its number from 1, how many there will be, mean loss (nats) and accuracy."""

    index: int
    total: int
    loss: float
    accuracy: float


class Training:
    """A network as it is trained in place, on the device where it is, an `Epoch` at a time.

    The generator shuffles, augments and draws dropout's masks. Between two epochs `state()` is all that a training
    needs to go on elsewhere, with the same numbers as if it had never been left.
    """

    def __init__(self, network: nn.Module, split: Split, settings: FitSettings, generator: torch.Generator) -> None:
        self.network, self.split, self.settings, self.generator = network, split, settings, generator
        self.done = 0
        self._layout = layout_for(network, tuple(split.x.shape[1:]))
        network.to(memory_format=self._layout)
        self._steps = len(batches(torch.arange(len(split)), settings.batch_size))
        self._moved = [parameter for parameter in network.parameters() if parameter.requires_grad]
        self._optimiser = optimiser_of(self._moved, settings)
        self._schedule = schedule_of(self._optimiser, settings, settings.epochs * self._steps)

    def epochs(self, pulse: Callable[[float], None] = lambda share: None) -> Iterator[Epoch]:
        """Train until the last epoch. pulse: told before each step the share that is done; may raise to stop."""
        network, split, settings = self.network, self.split, self.settings
        device = next(network.parameters()).device
        for index in range(self.done + 1, settings.epochs + 1):
            network.train()
            loss_sum, correct = 0.0, 0
            order = torch.randperm(len(split), generator=self.generator)
            with drawing_from(network, self.generator):
                for step, batch in enumerate(batches(order, settings.batch_size)):
                    pulse((index - 1 + step / self._steps) / settings.epochs)
                    x, y = split.x[batch].to(device), split.y[batch].to(device)
                    x = augmented(x, settings.augment, self.generator).contiguous(memory_format=self._layout)
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
        """Tensors by name, and what is not a tensor, as JSON can say it."""
        tensors = {f"network.{name}": tensor for name, tensor in self.network.state_dict().items()}
        for number, parameter in enumerate(self._moved):
            for name, value in self._optimiser.state.get(parameter, {}).items():
                tensors[f"optimiser.{number}.{name}"] = value
        tensors["generator"] = self.generator.get_state()
        rates = [group["lr"] for group in self._optimiser.param_groups]
        return tensors, {"done": self.done, "schedule": self._schedule.state_dict(), "rates": rates}

    def resume(self, tensors: Mapping[str, Tensor], notes: Mapping[str, Any]) -> None:
        """Go on from a `state()` of the same network, split and settings."""
        network = {name.removeprefix("network."): tensor for name, tensor in tensors.items() if name[:8] == "network."}
        self.network.load_state_dict(network)
        for number, parameter in enumerate(self._moved):
            mark = f"optimiser.{number}."
            for name, tensor in tensors.items():
                if name.startswith(mark):
                    # In the parameter's own layout, which the optimiser takes for granted.
                    same = tensor.shape == parameter.shape
                    kept = torch.empty_like(parameter).copy_(tensor) if same else tensor.to(parameter.device)
                    self._optimiser.state[parameter][name.removeprefix(mark)] = kept
        for group, rate in zip(self._optimiser.param_groups, notes["rates"], strict=True):
            group["lr"] = rate
        self._schedule.load_state_dict(dict(notes["schedule"]))
        self.generator.set_state(tensors["generator"])
        self.done = notes["done"]


def fit(network: nn.Module, split: Split, settings: FitSettings, generator: torch.Generator) -> Iterator[Epoch]:
    """Train the given network in place, an Epoch at a time; the generator shuffles, and draws dropout's masks.

    The last batch of an epoch joins the one before it where it would be a single sample, which batch norm cannot take.
    """
    return Training(network, split, settings, generator).epochs()


def batches(order: torch.Tensor, size: int) -> list[torch.Tensor]:
    """The samples of an epoch in this order, step by step; a last single sample joins the step before it."""
    steps = list(order.split(size))
    if len(steps) > 1 and len(steps[-1]) == 1:
        steps[-2:] = [torch.cat(steps[-2:])]
    return steps


def optimiser_of(moved: Iterable[Tensor], settings: FitSettings) -> torch.optim.Optimizer:
    """What takes a training's steps."""
    if settings.optimiser == "adam":
        return torch.optim.Adam(moved, lr=settings.rate, weight_decay=settings.weight_decay, fused=True)
    return torch.optim.SGD(
        moved, lr=settings.rate, weight_decay=settings.weight_decay, momentum=0.9, nesterov=True, fused=True
    )


def schedule_of(
    optimiser: torch.optim.Optimizer, settings: FitSettings, steps: int
) -> torch.optim.lr_scheduler.LRScheduler:
    """How the learning rate goes over so many steps: up while it warms up, then down along a cosine."""
    if not settings.warm_up:
        return torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=steps)
    rising = max(2, round(settings.warm_up * steps))  # the first step does not rise yet
    return torch.optim.lr_scheduler.OneCycleLR(
        optimiser, settings.rate, total_steps=steps + 1, pct_start=rising / (steps + 1), cycle_momentum=False
    )

"""What every unlearning method is: a function that changes a network step by step, and the settings that it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from explorer.data import Split
from explorer.settings import InputError, Settings, Shape

INPUTS_PER_FORWARD = 256
"""A step shows the network no more at once (JiT: at least one sample's N): it bounds memory, and a stop's delay."""


@dataclass(frozen=True)
class Step:
    """One update of the network.

    index: which step, from 1; total: how many there would be without a stop; loss: before the update; samples:
    positions within the forget set that the step looked at; detail: what this method's stage draws.
    """

    index: int
    total: int
    loss: float
    samples: Tensor
    detail: Any = None


@dataclass(frozen=True, eq=False)
class Preset:
    """Named values of a method's settings; `stops` says whether the run ends when the forget set is forgotten."""

    name: str
    help: str
    values: Mapping[str, Any] = field(default_factory=dict)
    stops: bool = True


@dataclass(frozen=True, eq=False)
class Method:
    """A zero-shot method: `run(network, forget, settings, generator)` sees D_f alone and cannot see D_r.

    It updates the network that it is given, so the caller gives a copy, and yields a Step after each update. It asks
    the network itself, `network(x)`, and updates it after the last of a step's forwards: whoever interrupts a step in
    between (`interruptible`) finds the weights of the last whole one.
    detail: the dataclass of `Step.detail`, its fields tensors and numbers; None where the stage draws nothing of it.
    """

    name: str
    title: str
    help: str
    settings: type[Settings]
    run: Callable[[nn.Module, Split, Any, torch.Generator], Iterator[Step]]
    presets: tuple[Preset, ...]
    detail: type[Any] | None = None

    def preset(self, name: str) -> Preset:
        """The preset of that name; the first is the default. Raises InputError for a name that it has not."""
        found = next((preset for preset in self.presets if preset.name == name), None)
        if found is None:
            names = ", ".join(preset.name for preset in self.presets)
            raise InputError(f"{self.name} has no preset {name!r}; its presets are {names}.")
        return found

    def configure(self, shape: Shape, preset: str, values: Mapping[str, Any] | None = None) -> Settings:
        """The settings of a preset for inputs of this shape, with `values` laid over them. Raises InputError."""
        settings = self.settings.for_shape(shape, {**self.preset(preset).values, **(values or {})})
        settings.check_shape(shape)
        return settings

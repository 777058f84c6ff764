"""Interface of an unlearning method: a function that updates a network step by step, and its settings and presets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from explorer.data import Split
from explorer.settings import InputError, Settings, Shape

INPUTS_PER_FORWARD = 256
"""Largest number of inputs in one forward of a step (JiT: at least the N copies of a sample). It bounds memory and the
delay of a stop."""


@dataclass(frozen=True)
class Step:
    """One update of the network.

    Attributes:
        index: number of the step, from 1.
        total: number of steps of a run that is not stopped.
        loss: loss before the update.
        samples: positions within the forget set that the step used.
        detail: values for the method's figures (`Method.detail`).
    """

    index: int
    total: int
    loss: float
    samples: Tensor
    detail: Any = None


@dataclass(frozen=True, eq=False)
class Preset:
    """Named values of a method's settings.

    Attributes:
        name: name, for links and the command line.
        help: description for people.
        values: settings that differ from the defaults.
        stops: True if the run ends at the target accuracy on the forget set.
    """

    name: str
    help: str
    values: Mapping[str, Any] = field(default_factory=dict)
    stops: bool = True


@dataclass(frozen=True, eq=False)
class Method:
    """A zero-shot unlearning method: it gets D_f and the network only, never D_r.

    `run(network, forget, settings, generator)` updates the given network in place, so callers pass a copy, and yields a
    `Step` after each update. It calls the network as `network(x)`, and updates it after the last forward of a step, so
    that a step that is interrupted (`interruptible`) leaves the weights of the last complete one.

    Attributes:
        name: name, for links and the command line.
        title: name for people.
        help: description for people.
        settings: class of its settings.
        run: the method.
        presets: presets; the first is the default.
        detail: dataclass of `Step.detail`, whose fields are tensors and numbers; None if steps have no detail.
    """

    name: str
    title: str
    help: str
    settings: type[Settings]
    run: Callable[[nn.Module, Split, Any, torch.Generator], Iterator[Step]]
    presets: tuple[Preset, ...]
    detail: type[Any] | None = None

    def preset(self, name: str) -> Preset:
        """Preset by name; the first is the default. Raises InputError if there is none of that name."""
        preset = next((preset for preset in self.presets if preset.name == name), None)
        if preset is None:
            names = ", ".join(preset.name for preset in self.presets)
            raise InputError(f"{self.name} has no preset {name!r}; its presets are {names}.")
        return preset

    def configure(self, shape: Shape, preset: str, values: Mapping[str, Any] | None = None) -> Settings:
        """Settings of a preset.

        Args:
            shape: shape of an input, without the sample axis.
            preset: name of the preset.
            values: settings that replace those of the preset.

        Raises:
            InputError: if the preset or a setting is unknown, or a value is not allowed.
        """
        settings = self.settings.for_shape(shape, {**self.preset(preset).values, **(values or {})})
        settings.check_shape(shape)
        return settings

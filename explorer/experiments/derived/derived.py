"""A value that is derived from an experiment's network, computed once and stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from torch import Tensor

from explorer.background.progress import Progress, waiting
from explorer.experiments.experiment import Experiment
from explorer.models import Network
from explorer.store import Artefact, Key

Contents = tuple[dict[str, Tensor], dict[str, Any]]
"""Tensors and notes of an artefact."""
Options = ParamSpec("Options")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Derived(Generic[Options, Value]):
    """One kind of stored value. Its options select one value of the kind, for example the space of the neighbours.

    Attributes:
        key: key(experiment, *options), the address in the store.
        make: make(experiment, network, progress, *options), the tensors and notes to store.
        load: the value, from the stored tensors and notes.
    """

    key: Callable[Concatenate[Experiment, Options], Key]
    make: Callable[Concatenate[Experiment, Network, Progress, Options], Contents]
    load: Callable[[Artefact], Value]

    def stored(self, experiment: Experiment, *options: Options.args, **named: Options.kwargs) -> bool:
        """Whether the value is in the store, so that `get` only reads it."""
        return experiment.store.has(self.key(experiment, *options, **named))

    def get(
        self, experiment: Experiment, network: Network, progress: Progress,
        *options: Options.args, **named: Options.kwargs,
    ) -> Value:  # fmt: skip
        """The value from the store, or computed now and stored.

        Args:
            experiment: holds the data and the store.
            network: the network that the key names; used only if the value is not stored.
            progress: called while the value is computed, or while another process computes the same one.
            options: options of this kind of value.

        Raises:
            StoreError: if the store cannot be used.
        """

        def make() -> Contents:
            return self.make(experiment, network, progress, *options, **named)

        key = self.key(experiment, *options, **named)
        return self.load(experiment.store.load_or_make(key, make, waiting(progress)))

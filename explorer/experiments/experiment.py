"""One forget request: the data set, the model, its training seed and D_f, and the networks that follow from them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import torch

from explorer.background.progress import Share, ignore_share
from explorer.data import Dataset, ForgetSet, Partition, load_dataset, partition
from explorer.experiments.checkpoints import discard, finish, has_checkpoint
from explorer.models import (
    Epoch,
    FitSettings,
    Network,
    Training,
    architecture_of,
    build_network,
    check_model,
    device,
    is_own,
    schedule,
    untrained,
)
from explorer.settings import LARGEST_SEED, InputError, Settings
from explorer.store import Store
from explorer.unlearning import Method, Rule, until

Trained = Literal["original", "retrained"]
PLACEHOLDER = "samples:0"  # a forget set that exists in every data set


@dataclass(frozen=True)
class Experiment:
    """Specification of one forget request; frozen and hashable. Codes are made canonical, so equal requests are equal.

    Attributes:
        dataset: data set code, such as "moons:n=400".
        model: model name, or the code of an uploaded network.
        seed: seed of the initial weights and of the training.
        forget: forget set code, such as "class:0" or "samples:4,17".
        store: holds the networks; not part of the identity.

    Raises:
        InputError: if the data set, model or forget set does not exist, or the seed is out of range.
    """

    dataset: str
    model: str
    seed: int = 0
    forget: str = "class:0"
    store: Store = field(default_factory=Store.default, compare=False, repr=False)

    def __post_init__(self) -> None:
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or not 0 <= self.seed <= LARGEST_SEED:
            raise InputError(f"A seed is a whole number from 0 to {LARGEST_SEED}, not {self.seed!r}.")
        data = load_dataset(self.dataset)
        object.__setattr__(self, "dataset", data.code)
        object.__setattr__(self, "forget", ForgetSet.parse(self.forget, data).code)
        check_model(self.model, data)

    @property
    def data(self) -> Dataset:
        """The data set; shared, so read only."""
        return load_dataset(self.dataset)

    @property
    def forget_set(self) -> ForgetSet:
        """D_f, as indices into the training split."""
        return ForgetSet.parse(self.forget, self.data)

    @property
    def ignoring_forget_set(self) -> Experiment:
        """Same data, model and seed with a placeholder forget set: a cache key for what D_f does not change.

        Never read its forget set.
        """
        experiment = copy.copy(self)
        object.__setattr__(experiment, "forget", PLACEHOLDER)
        return experiment

    @property
    def partition(self) -> Partition:
        """D_f, D_r and the matching parts of the test set."""
        return partition(self.data, self.forget_set)

    @property
    def original(self) -> Network:
        """The model trained on all of D, from the store or trained now; an uploaded network is returned unchanged.

        Every call returns a new network, which the caller may change.
        """
        return self.train("original")

    @property
    def retrained(self) -> Network:
        """The model trained on D_r alone from newly drawn weights (`pretrained:`: ImageNet's), from the store or now.

        Every call returns a new network, which the caller may change.

        Raises:
            InputError: for an exported program, which cannot be initialised.
        """
        return self.train("retrained")

    @property
    def available(self) -> bool:
        """Whether the data set and the model still exist; the user's own may have been removed."""
        try:
            check_model(self.model, self.data)
        except InputError:
            return False
        return True

    def stored(self, which: Trained) -> bool:
        """Whether the network needs no training: it is in the store or was uploaded."""
        return self._uploaded(which) or self.store.has(self.key(which))

    def has_checkpoint(self, which: Trained) -> bool:
        """Whether an unfinished training of the network is stored, from which `train` continues."""
        return has_checkpoint(self.store, self.key(which))

    def train(
        self,
        which: Trained,
        progress: Callable[[Epoch], None] = lambda epoch: None,
        pulse: Share = ignore_share,
    ) -> Network:
        """The original or the retrained network, from the store, or trained now and stored.

        Args:
            which: "original" or "retrained".
            progress: called after each epoch.
            pulse: called before each step with the share done, and with 0 while another job trains the same network.

        An exception from a callback ends the training or the wait; the next call continues from the last checkpoint.

        Raises:
            InputError: if the network is to be retrained and is an exported program, or was removed meanwhile.
            StoreError: if the store cannot be used.
        """
        if self._uploaded(which):
            return build_network(self.model, self.data).eval()
        network, key = untrained(self.model, self.data, self.seed), self.key(which)

        def report(epoch: Epoch) -> None:
            progress(epoch)
            try:
                check_model(self.model, self.data)
            except InputError:  # the user has removed the data set or network: its checkpoint is of no use
                discard(self.store, key)
                raise

        def make() -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
            split = self.data.train if which == "original" else self.partition.retain
            generator = torch.Generator().manual_seed(self.seed)
            training = Training(network.to(device()), split, self.schedule, generator)
            epoch = finish(training, self.store, key, report, pulse)
            return network.state_dict(), {"accuracy": epoch.accuracy, "loss": epoch.loss}

        tensors = self.store.load_or_make(key, make, lambda: pulse(0.0)).tensors
        discard(self.store, key)
        network.to("cpu")
        network.load_state_dict(tensors)
        return network.eval()

    def unlearn(
        self,
        method: Method,
        settings: Settings,
        rule: Rule | None = None,
        noise_seed: int = 0,
        network: Network | None = None,
    ) -> until:
        """A run of an unlearning method on a copy of the original: iterate it, then read `.network` and `.stopped`.

        Args:
            method: an entry of `METHODS`.
            settings: settings of this method.
            rule: stopping rule; None: all passes, without the collapse guard.
            noise_seed: seed of the method's own randomness.
            network: the original, if the caller has it already; it is copied.
        """
        copied = copy.deepcopy(self.original if network is None else network).to(device())
        forget = self.partition.forget
        steps = method.run(copied, forget, settings, torch.Generator().manual_seed(noise_seed))
        return until(steps, copied, forget, rule or Rule(target="none", guard=0.0))

    def key(self, which: Trained) -> dict[str, Any]:
        """Store key of a network: everything that its training depends on."""
        key: dict[str, Any] = {"what": "network", "dataset": self.dataset, "model": self.model, "seed": self.seed}
        if self._uploaded(which):
            return key
        key["schedule"] = self.schedule.key()
        return key if which == "original" else {**key, "without": self.forget}

    @property
    def schedule(self) -> FitSettings:
        """Training settings of the model on the data set."""
        return schedule(self.data, architecture_of(self.model))

    def _uploaded(self, which: Trained) -> bool:
        """Whether this network was trained elsewhere and uploaded."""
        return which == "original" and is_own(self.model)

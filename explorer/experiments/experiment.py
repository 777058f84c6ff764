"""The story of one forget request: which data, which model, which samples, and the models that follow from them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import torch

from explorer.background.progress import Share, ignore_share
from explorer.data import Dataset, ForgetSet, Partition, load_dataset, partition
from explorer.experiments.checkpoints import begun, discard, finish
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
ANY = "samples:0"  # a forget set that every data set has


@dataclass(frozen=True)
class Experiment:
    """A dataset code, a model name, the seed of its training and a forget code: frozen and hashable.

    Codes are made canonical, so that two ways of writing one story are equal. Raises InputError for what does not
    exist.
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
        """The data set; shared, read only."""
        return load_dataset(self.dataset)

    @property
    def forget_set(self) -> ForgetSet:
        """D_f as indices into the training split."""
        return ForgetSet.parse(self.forget, self.data)

    @property
    def ignoring_forget_set(self) -> Experiment:
        """The story up to its request: equal for all that differ in the forget set alone, so a key for what they share.

        Ask it for nothing that a forget set decides; its own stands for any.
        """
        story = copy.copy(self)
        object.__setattr__(story, "forget", ANY)
        return story

    @property
    def partition(self) -> Partition:
        """D_f and D_r, and the test set to match."""
        return partition(self.data, self.forget_set)

    @property
    def original(self) -> Network:
        """The model trained on all of D: from the store, or trained now; one that the user brought is as it was.

        The caller's own, which nobody else has.
        """
        return self.train("original")

    @property
    def retrained(self) -> Network:
        """The model trained on D_r alone, from weights drawn anew (`pretrained:`: ImageNet's): from the store, or now.

        Raises InputError for an exported program, which cannot be initialised anew.
        """
        return self.train("retrained")

    @property
    def available(self) -> bool:
        """Whether its data set and its model can still be had: the user's own may have been removed since."""
        try:
            check_model(self.model, self.data)
        except InputError:
            return False
        return True

    def stored(self, which: Trained) -> bool:
        """Whether the network is there already, so that asking for it takes no training."""
        return self._brought(which) or self.store.has(self.key(which))

    def begun(self, which: Trained) -> bool:
        """Whether its training was left before the end, so that asking for it goes on from there."""
        return begun(self.store, self.key(which))

    def train(
        self,
        which: Trained,
        progress: Callable[[Epoch], None] = lambda epoch: None,
        pulse: Share = ignore_share,
    ) -> Network:
        """The original or the retrained network, trained and stored where it is not yet.

        progress: called after each epoch. pulse: told before each step the share of the training that is done, and 0
        while somebody else trains the same. What they raise ends the training, which goes on from its last checkpoint
        when it is asked for again, or the wait.
        """
        if self._brought(which):
            return build_network(self.model, self.data).eval()
        network, key = untrained(self.model, self.data, self.seed), self.key(which)

        def told(epoch: Epoch) -> None:
            progress(epoch)
            try:
                check_model(self.model, self.data)
            except InputError:  # one of the user's own that has been removed: its checkpoint serves nobody
                discard(self.store, key)
                raise

        def make() -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
            split = self.data.train if which == "original" else self.partition.retain
            generator = torch.Generator().manual_seed(self.seed)
            training = Training(network.to(device()), split, self.schedule, generator)
            epoch = finish(training, self.store, key, told, pulse)
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
        """A run of a zero-shot method on a copy of the original: iterate it, then read `.network` and `.stopped`.

        network: the original, where the caller holds it already; it is copied, never changed.
        """
        copied = copy.deepcopy(self.original if network is None else network).to(device())
        forget = self.partition.forget
        steps = method.run(copied, forget, settings, torch.Generator().manual_seed(noise_seed))
        return until(steps, copied, forget, rule or Rule(target="none", guard=0.0))

    def key(self, which: Trained) -> dict[str, Any]:
        """What addresses the trained network in the store: everything that decided its training."""
        key: dict[str, Any] = {"what": "network", "dataset": self.dataset, "model": self.model, "seed": self.seed}
        if self._brought(which):
            return key
        key["schedule"] = self.schedule.key()
        return key if which == "original" else {**key, "without": self.forget}

    @property
    def schedule(self) -> FitSettings:
        """How the model is trained on the data set."""
        return schedule(self.data, architecture_of(self.model))

    def _brought(self, which: Trained) -> bool:
        """Whether this network is one that the user trained elsewhere."""
        return which == "original" and is_own(self.model)

"""How each network is trained on each set, and what that takes: stated where somebody is about to wait for it."""

from __future__ import annotations

from math import inf

from explorer.data import Dataset
from explorer.models.training import FitSettings

LARGE = 20_000  # training samples, from which on training takes minutes
DEEP = ("vgg11", "vgg16", "vit-b16")
SECONDS = {
    "mlp": 0.09, "convnet": 0.41, "vgg-small": 1.0, "resnet-small": 0.9, "vit-small": 1.1,
    "vgg11": 7.5, "vgg16": 14, "resnet18": 23, "vit-b16": 217,
}  # fmt: skip
"""Of one pass over 1,000 pictures of 3 x 32 x 32 on 2 cores without a GPU (`python -m benchmarks.schedules`)."""
REACHED: dict[tuple[str, str], float] = {("cifar10", "convnet"): 0.731, ("cifar10", "resnet-small"): 0.852}
"""The share of the test set that a schedule got right when it was last run, by set and network."""


def schedule(dataset: Dataset, model: str) -> FitSettings:
    """The settings with which the explorer trains a model on a data set."""
    if dataset.kind == "plane":
        return FitSettings(epochs=120, batch_size=32, rate=1e-2)
    if dataset.code == "digits":
        return FitSettings(epochs=25)
    if len(dataset.train) < LARGE:
        # Deep networks without batch norm, and transformers, do not survive the steps that the narrow ones like.
        return FitSettings(epochs=10, rate=3e-4, warm_up=0.1) if model in DEEP else FitSettings(epochs=10)
    if dataset.shape[0] == 1:
        return FitSettings(epochs=5, batch_size=128)
    if model in ("mlp", "convnet"):  # as in the paper's entropy study, whose original knows its samples by heart
        return FitSettings(epochs=20, batch_size=128, rate=1e-3)
    rate = 3e-4 if model in DEEP else 1e-3
    shown = FitSettings(epochs=30, batch_size=128, rate=rate, warm_up=0.1, augment="shifts-and-flips")
    if model.startswith("resnet"):  # batch norm takes, and wants, the larger steps
        steep = {"optimiser": "sgd", "rate": 0.3, "warm_up": 0.2, "weight_decay": 5e-4, "epochs": 24}
        return shown.model_copy(update=steep)
    return shown


def minutes(dataset: Dataset, model: str) -> float:
    """About how long training takes on 2 cores without a GPU; planes take seconds, whatever the network.

    Infinite for a network that was not timed: nobody knows, so nobody is let in for it without being asked.
    """
    if dataset.kind == "plane":
        return 0.0
    if model not in SECONDS:
        return inf
    _, height, width = dataset.shape
    passes = schedule(dataset, model).epochs * len(dataset.train) / 1000
    return passes * SECONDS[model] * height * width / 32**2 / 60


def in_words(dataset: Dataset, model: str, without: int = 0) -> str:
    """What somebody who waits for a training may expect of it; without: so many samples that are left out."""
    samples, about = len(dataset.train) - without, minutes(dataset, model)
    words = f"{schedule(dataset, model).epochs} passes over {samples:,} samples"
    if about == inf:
        return f"{words}, and nobody has timed this network"
    about *= samples / len(dataset.train)
    words += f", about {about:.0f} minutes" if about < 90 else f", about {about / 60:.0f} hours"
    words += " on 2 cores without a GPU, less with one (not timed)"
    reached = None if without else REACHED.get((dataset.code, model))
    return words if reached is None else f"{words}; it then got {100 * reached:.1f} % of the test set right"

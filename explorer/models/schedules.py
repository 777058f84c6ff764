"""Training settings of each network on each data set, and estimates of the training time."""

from __future__ import annotations

from math import inf

from explorer.data import Dataset
from explorer.models.training import FitSettings

LARGE = 20_000  # training samples from which training takes minutes
DEEP = ("vgg11", "vgg16", "vit-b16")
SECONDS_PER_1000 = {
    "mlp": 0.09, "convnet": 0.41, "vgg-small": 1.0, "resnet-small": 0.9, "vit-small": 1.1,
    "vgg11": 7.5, "vgg16": 14, "resnet18": 23, "vit-b16": 217,
}  # fmt: skip
"""Training time in seconds per 1,000 pictures of 3 x 32 x 32, 2 cores, no GPU (`python -m benchmarks.schedules`)."""
TEST_ACCURACY: dict[tuple[str, str], float] = {("cifar10", "convnet"): 0.731, ("cifar10", "resnet-small"): 0.852}
"""Test accuracy at the end of a schedule, as last measured, by data set and network."""


def schedule(dataset: Dataset, model: str) -> FitSettings:
    """Settings for training a model on a data set."""
    if dataset.kind == "plane":
        return FitSettings(epochs=120, batch_size=32, rate=1e-2)
    if dataset.code == "digits":
        return FitSettings(epochs=25)
    if len(dataset.train) < LARGE:
        # Deep networks without batch norm, and transformers, diverge at the learning rate of the narrow networks.
        return FitSettings(epochs=10, rate=3e-4, warm_up=0.1) if model in DEEP else FitSettings(epochs=10)
    if dataset.shape[0] == 1:
        return FitSettings(epochs=5, batch_size=128)
    if model in ("mlp", "convnet"):  # the paper's entropy study, in which the original memorises
        return FitSettings(epochs=20, batch_size=128, rate=1e-3)
    rate = 3e-4 if model in DEEP else 1e-3
    settings = FitSettings(epochs=30, batch_size=128, rate=rate, warm_up=0.1, augment="shifts-and-flips")
    if model.startswith("resnet"):  # batch norm allows larger steps and needs them
        changes = {"optimiser": "sgd", "rate": 0.3, "warm_up": 0.2, "weight_decay": 5e-4, "epochs": 24}
        return settings.model_copy(update=changes)
    return settings


def minutes(dataset: Dataset, model: str) -> float:
    """Estimated training time in minutes on 2 cores without a GPU; 0 for planes, which take seconds.

    Infinite for an untimed network, so that the page asks before training it.
    """
    if dataset.kind == "plane":
        return 0.0
    if model not in SECONDS_PER_1000:
        return inf
    _, height, width = dataset.shape
    thousands = schedule(dataset, model).epochs * len(dataset.train) / 1000
    return thousands * SECONDS_PER_1000[model] * height * width / 32**2 / 60


def describe_training(dataset: Dataset, model: str, without: int = 0) -> str:
    """Sentence fragment on a training: epochs, samples, estimated time and, if known, test accuracy.

    Args:
        dataset: the data set.
        model: name of an architecture.
        without: number of training samples that are left out.
    """
    samples, estimate = len(dataset.train) - without, minutes(dataset, model)
    description = f"{schedule(dataset, model).epochs} epochs of {samples:,} samples"
    if estimate == inf:
        return f"{description}; the time for this network was not measured"
    estimate *= samples / len(dataset.train)
    description += f", about {estimate:.0f} minutes" if estimate < 90 else f", about {estimate / 60:.0f} hours"
    description += " on 2 cores without a GPU; not measured with a GPU"
    accuracy = None if without else TEST_ACCURACY.get((dataset.code, model))
    return description if accuracy is None else f"{description}; last measured test accuracy {100 * accuracy:.1f} %"

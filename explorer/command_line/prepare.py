"""Verb `prepare`: train and store the original and the retrained model."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from explorer.command_line.options import FORGET_HELP, dataset_option, model_option, seed_option
from explorer.command_line.progress import progress_bar

if TYPE_CHECKING:
    from explorer.data import Split
    from explorer.experiments import Experiment
    from explorer.experiments.experiment import Trained
    from explorer.models import Epoch, Network


@click.command(short_help="Train models and store them for later use.")
@dataset_option
@model_option
@seed_option
@click.option("--forget", metavar="CODE", help=f"Also train the retrained model, without the forget set. {FORGET_HELP}")
def prepare(dataset: str, model: str, seed: int, forget: str | None) -> None:
    """Train and store a model and, with --forget, a model retrained without the forget set.

    A stored model is not trained again, only measured. The other verbs train missing models themselves, so this verb
    is optional.

    \b
    Examples:
      python -m explorer prepare --dataset digits --model convnet
      python -m explorer prepare --dataset digits --model convnet --forget class:3
    """
    from explorer.experiments import Experiment

    experiment = Experiment(dataset, model, seed) if forget is None else Experiment(dataset, model, seed, forget)
    network, seconds = trained(experiment, "original")
    click.echo(f"original: {_training(seconds)}; test accuracy {_accuracy(network, experiment.data.test)}")
    if forget is not None:
        network, seconds = trained(experiment, "retrained")
        parts = experiment.partition
        click.echo(
            f"retrained without {experiment.forget}: {_training(seconds)}; retained test accuracy "
            f"{_accuracy(network, parts.retain_test)}; accuracy on the forget set {_accuracy(network, parts.forget)}"
        )


def trained(experiment: Experiment, which: Trained) -> tuple[Network, float | None]:
    """A model of an experiment, trained with a progress bar if it is not stored.

    Args:
        experiment: the experiment.
        which: "original" or "retrained".

    Returns:
        The network, and the training time in seconds; None if it was stored.
    """
    began, epochs = time.perf_counter(), 0
    bar = progress_bar(f"training the {which} {experiment.model}", visible=not experiment.stored(which))
    with bar as advance:

        def watch(epoch: Epoch) -> None:
            nonlocal epochs
            epochs = epoch.index
            advance(epoch.index / epoch.total)

        network = experiment.train(which, watch, advance)
    return network, time.perf_counter() - began if epochs else None


def _training(seconds: float | None) -> str:
    return "already stored" if seconds is None else f"trained in {seconds:.1f} s"


def _accuracy(network: Network, split: Split) -> str:
    """Accuracy on a split, with n."""
    from explorer.evaluation import accuracy, logits

    return (
        f"{100 * accuracy(logits(network, split.x), split.y):.1f} % (n = {len(split)})" if len(split) else "- (n = 0)"
    )

"""The verb `prepare`: train the original, and the retrained model, into the store."""

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


@click.command(short_help="Train models into the store beforehand.")
@dataset_option
@model_option
@seed_option
@click.option("--forget", metavar="CODE", help=f"Also train the model that never saw these. {FORGET_HELP}")
def prepare(dataset: str, model: str, seed: int, forget: str | None) -> None:
    """Train a model, and retrain it without what is to be forgotten, into the store.

    Nothing is trained twice: what is stored already is only measured again. The other verbs train what they need by
    themselves; this one does it beforehand.

    \b
    Examples:
      python -m explorer prepare --dataset digits --model convnet
      python -m explorer prepare --dataset digits --model convnet --forget class:3
    """
    from explorer.experiments import Experiment

    experiment = Experiment(dataset, model, seed) if forget is None else Experiment(dataset, model, seed, forget)
    network, seconds = trained(experiment, "original")
    click.echo(f"original: {_made(seconds)}; right on {_share(network, experiment.data.test)} of the test samples")
    if forget is not None:
        network, seconds = trained(experiment, "retrained")
        kept = experiment.partition
        click.echo(
            f"retrained without {experiment.forget}: {_made(seconds)}; right on {_share(network, kept.retain_test)} of "
            f"the test samples of what is retained and on {_share(network, kept.forget)} of the forget set"
        )


def trained(experiment: Experiment, which: Trained) -> tuple[Network, float | None]:
    """The network, trained under a progress bar where it is not stored, and the seconds that took (stored: None)."""
    began, epochs = time.perf_counter(), 0
    bar = progress_bar(f"training the {which} {experiment.model}", wanted=not experiment.stored(which))
    with bar as advance:

        def watch(epoch: Epoch) -> None:
            nonlocal epochs
            epochs = epoch.index
            advance(epoch.index / epoch.total)

        network = experiment.train(which, watch, advance)
    return network, time.perf_counter() - began if epochs else None


def _made(seconds: float | None) -> str:
    return "already stored" if seconds is None else f"trained in {seconds:.1f} s"


def _share(network: Network, split: Split) -> str:
    """The accuracy on a split, with n."""
    from explorer.evaluation import accuracy, logits

    return f"{100 * accuracy(logits(network, split.x), split.y):.1f} % ({len(split)})" if len(split) else "none (0)"

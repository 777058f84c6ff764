"""Verb `measure`: alpha(x), number of neighbours and input gradient of every sample of a split, as CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import click

from explorer.command_line.options import Number, dataset_option, model_option, seed_option
from explorer.command_line.output import STANDARD_OUTPUT, output
from explorer.command_line.prepare import trained
from explorer.command_line.progress import progress_bar
from explorer.settings import InputError

if TYPE_CHECKING:
    from explorer.data import Split
    from explorer.geometry.jacobian import Output
    from explorer.models import Network

COLUMNS = ("index", "label", "alpha", "neighbours", "gradient")


@click.command(short_help="Measure alpha and gradient of every sample, as CSV.")
@dataset_option
@model_option
@seed_option
@click.option(
    "--radius",
    metavar="R",
    type=Number("number", 0),
    required=True,
    help="Radius r of the neighbourhoods in standardised units (of inputs or features): a number of at least 0.",
)
@click.option(
    "--space",
    type=click.Choice(["inputs", "features"]),
    default="inputs",
    show_default=True,
    help="Space of the distances: inputs, or penultimate features of the model.",
)
@click.option(
    "--split",
    type=click.Choice(["train", "test"]),
    default="train",
    show_default=True,
    help="Samples to measure; their neighbours are always training samples.",
)
@click.option(
    "--of",
    type=click.Choice(["logits", "probabilities", "loss"]),
    default="logits",
    show_default=True,
    help="Output of the input Jacobian; loss: cross-entropy of the sample's label.",
)
@click.option(
    "--projections",
    metavar="N",
    type=Number("whole number", 2, 10_000),
    help="Estimate the gradient from N random projections (faster for many classes) and add a column with its "
    "standard error.",
)
@click.option(
    "--out",
    metavar="FILE",
    default=STANDARD_OUTPUT,
    help="File to write; - is standard output (default). A failure leaves an existing file unchanged.",
)
def measure(
    dataset: str,
    model: str,
    seed: int,
    radius: float,
    space: str,
    split: str,
    of: Output | Literal["loss"],
    projections: int | None,
    out: str,
) -> None:
    """Measure alpha, neighbours and input gradient of every sample and write them as CSV.

    \b
    index       number of the sample in its split, from 0
    label       number of its class
    alpha       share of the training samples within the radius that have its label (Definition 4.1)
    neighbours  number of training samples within the radius, including the sample itself if it is one
    gradient    Frobenius norm of the input Jacobian of the trained model at the sample
    error       with --projections: standard error of the gradient (its square is estimated without bias)

    If a test sample has no neighbours, its alpha is nan. A model that is not stored is trained first.

    \b
    Examples:
      python -m explorer measure --dataset moons --model mlp --radius 0.3
      python -m explorer measure --dataset digits --model convnet --radius 5 --space features --out digits.csv
    """
    from explorer.evaluation import features
    from explorer.experiments import Experiment
    from explorer.geometry import neighbourhoods

    if projections is not None and of == "loss":
        raise InputError("--projections estimates a Jacobian: --of is logits or probabilities, not loss.")
    experiment = Experiment(dataset, model, seed)
    train, test = experiment.data.train, experiment.data.test
    with output(out) as stream:
        network, _ = trained(experiment, "original")
        measured = train if split == "train" else test
        points, centres = train.x, measured.x
        if space == "features":
            points, centres = features(network, points), features(network, centres)
        queries, query_labels = (None, None) if split == "train" else (centres, measured.y)
        with progress_bar("alpha") as advance:
            alpha, counts = neighbourhoods(points, train.y, radius, queries, query_labels, advance)
        with progress_bar("gradient") as advance:
            gradients = _gradients(network, measured, of, projections, seed, advance)
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow((*COLUMNS, "error")[: len(COLUMNS) - 1 + len(gradients)])
        columns = (measured.y.tolist(), alpha[:, 0].tolist(), counts[:, 0].tolist())
        for index, (*values, numbers) in enumerate(zip(*columns, zip(*gradients, strict=True), strict=True)):
            rows.writerow((index, *values, *(f"{number:.9g}" for number in numbers)))


def _gradients(
    network: Network,
    split: Split,
    of: Output | Literal["loss"],
    projections: int | None,
    seed: int,
    advance: Callable[[float], None],
) -> list[list[float]]:
    """Norms of the input gradients and, if they are estimated, their standard errors."""
    import torch

    from explorer.geometry import jacobian_norms, loss_gradient_norms, projected_norms

    if of == "loss":
        return [loss_gradient_norms(network, split.x, split.y, advance).tolist()]
    if projections is None:
        return [jacobian_norms(network, split.x, of, advance).tolist()]
    generator = torch.Generator().manual_seed(seed)
    squared, error = projected_norms(network, split.x, of, projections, generator, advance)
    norms = squared.sqrt()
    return [norms.tolist(), (error / (2 * norms).clamp_min(torch.finfo(norms.dtype).tiny)).tolist()]

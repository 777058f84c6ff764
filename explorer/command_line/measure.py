"""The verb `measure`: alpha(x), its neighbours and the input gradient of every sample of a split, as CSV."""

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


@click.command(short_help="Neighbours and gradient of every sample, as CSV.")
@dataset_option
@model_option
@seed_option
@click.option(
    "--radius",
    metavar="R",
    type=Number("number", 0),
    required=True,
    help="Radius of the balls, in standardised units (or those of the features): a number of at least 0.",
)
@click.option(
    "--space",
    type=click.Choice(["inputs", "features"]),
    default="inputs",
    show_default=True,
    help="Where distances are taken: between inputs, or between the model's penultimate features.",
)
@click.option(
    "--split",
    type=click.Choice(["train", "test"]),
    default="train",
    show_default=True,
    help="Which samples are measured; their neighbours are training samples in both cases.",
)
@click.option(
    "--of",
    type=click.Choice(["logits", "probabilities", "loss"]),
    default="logits",
    show_default=True,
    help="Whose input Jacobian the gradient is the norm of; the loss is that of the sample's own label.",
)
@click.option(
    "--projections",
    metavar="N",
    type=Number("whole number", 2, 10_000),
    help="Estimate the gradient from N random projections, for a network of many classes, and add its standard error "
    "as a last column.",
)
@click.option(
    "--out",
    metavar="FILE",
    default=STANDARD_OUTPUT,
    help="File to write, whole or not at all; - is standard output, which is the default.",
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
    """What the neighbours and the model say of every sample, as CSV.

    \b
    index       number of the sample in its split, from 0
    label       its class, as a number
    alpha       share of the training samples within the radius that have its label (Definition 4.1)
    neighbours  how many training samples lie within the radius; a training sample counts itself, so 1 is alone
    gradient    Frobenius norm of the input Jacobian of the trained model at the sample
    error       with --projections: standard error of the gradient, whose square is what is estimated without bias

    A test sample may have no neighbours: its alpha is nan. The model is trained where it is not stored.

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
        for index, (*known, found) in enumerate(zip(*columns, zip(*gradients, strict=True), strict=True)):
            rows.writerow((index, *known, *(f"{number:.9g}" for number in found)))


def _gradients(
    network: Network,
    split: Split,
    of: Output | Literal["loss"],
    projections: int | None,
    seed: int,
    advance: Callable[[float], None],
) -> list[list[float]]:
    """The gradient's norm of every sample, and where it is estimated its standard error."""
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

"""Verb `bring`: save pictures or points as a data set, or a network, in the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from explorer.command_line.progress import progress_bar
from explorer.settings import InputError


class Bring(click.Command):
    """Command with an option for each setting of `UploadOptions`, which is imported only when needed."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Parameters of the verb, then the settings."""
        from explorer.command_line.declared import plain_settings
        from explorer.data.uploaded import UploadOptions

        return [*super().get_params(ctx), *(declared.option() for declared in plain_settings(UploadOptions).values())]


@click.command(cls=Bring, short_help="Save your pictures, points or network in the store.")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--name", metavar="NAME", help="Name of the data set or network; default: the name of the folder or file."
)
@click.option(
    "--columns", metavar="X,Y,LABEL", help="For a CSV with more than three columns: the two coordinates and the label."
)
@click.option("--dataset", metavar="CODE", help="For a network: the data set with its inputs and classes.")
@click.option("--model", metavar="NAME", help="For weights: the architecture that they belong to.")
def bring(
    path: Path, name: str | None, columns: str | None, dataset: str | None, model: str | None, **settings: Any
) -> None:
    """Save PATH as a data set or a network in the store and print its code.

    A data set is a folder or a zip with pictures in one folder per class (class/picture or class/sub-class/picture,
    optionally within folders train and test), a CSV of points (two coordinates and a label), or an npz with arrays
    x (n, 2) or (n, side, side[, 3]) and y (n,), optionally x_test, y_test and classes (names of the labels).

    With --dataset, PATH is a network for that data set: a state_dict of the architecture --model (.safetensors, or
    .pt, from which only tensors are read), or a program of torch.export (.pt2).

    \b
    Examples:
      python -m explorer bring faces.zip --name faces --side 32
      python -m explorer bring points.csv --columns width,height,species
      python -m explorer bring weights.safetensors --dataset digits --model convnet
    """
    title = name if name is not None else path.resolve().stem
    if dataset is not None:
        click.echo(_network(path, title, dataset, model))
        return
    from explorer.data.own import save
    from explorer.data.read_upload import read_path
    from explorer.data.uploaded import UploadOptions

    options = UploadOptions(**{setting: value for setting, value in settings.items() if value is not None})
    with progress_bar("reading") as advance:
        uploaded = read_path(path, options, columns and [column.strip() for column in columns.split(",")], advance)
    code = save(uploaded, title)
    for remark in uploaded.remarks:
        click.echo(remark, err=True)
    click.echo(code)


def _network(path: Path, name: str, dataset: str, model: str | None) -> str:
    """Save the network in a file; returns its code."""
    from explorer.data import load_dataset
    from explorer.models.own import MOST_BYTES, import_network

    if model is None and path.suffix.lower() != ".pt2":
        raise InputError("--model is missing: name the architecture of these weights, as in --model convnet.")
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)  # one byte too many is reported as too large
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or type(error).__name__}).") from error
    return import_network(content, path.name, model or "", load_dataset(dataset), name)

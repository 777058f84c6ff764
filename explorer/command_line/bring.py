"""The verb `bring`: of the reader's own pictures or points it makes a data set in the store, of weights a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from explorer.command_line.progress import progress_bar
from explorer.settings import InputError


class Bring(click.Command):
    """A command with an option for each setting of `BringOptions`, which are read when they are asked for."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The verb's own parameters, then the settings."""
        from explorer.command_line.declared import plain_settings
        from explorer.data.uploaded import BringOptions

        return [*super().get_params(ctx), *(declared.option() for declared in plain_settings(BringOptions).values())]


@click.command(cls=Bring, short_help="Bring your own pictures, points or network.")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", help="What to call it; default: the name of the folder or file.")
@click.option("--columns", metavar="X,Y,LABEL", help="Of a CSV with more than three columns: coordinates and label.")
@click.option("--dataset", metavar="CODE", help="Of a network: the data set for whose inputs and classes it is.")
@click.option("--model", metavar="NAME", help="Of a network's weights: the architecture whose weights they are.")
def bring(
    path: Path, name: str | None, columns: str | None, dataset: str | None, model: str | None, **settings: Any
) -> None:
    """Make a data set or a network of PATH, keep it, and print the code that names it from then on.

    PATH is a folder or a zip with pictures in one folder per class (class/picture, or class/sub-class/picture; train
    and test folders around them are the split), a CSV of points (two coordinates and a label), or an npz with arrays
    x (n, 2) or (n, side, side[, 3]) and y (n,), perhaps x_test and y_test, and classes, the names of the labels.

    With --dataset it is a network for that: a state_dict (.safetensors, or .pt, of which nothing but tensors is read)
    of the architecture --model, or a program of torch.export (.pt2).

    \b
    Examples:
      python -m explorer bring faces.zip --name faces --side 32
      python -m explorer bring points.csv --columns width,height,species
      python -m explorer bring weights.safetensors --dataset digits --model convnet
    """
    named = name if name is not None else path.resolve().stem
    if dataset is not None:
        click.echo(_network(path, named, dataset, model))
        return
    from explorer.data.bring import bring_path
    from explorer.data.own import save
    from explorer.data.uploaded import BringOptions

    options = BringOptions(**{setting: value for setting, value in settings.items() if value is not None})
    with progress_bar("reading") as advance:
        brought = bring_path(path, options, columns and [each.strip() for each in columns.split(",")], advance)
    code = save(brought, named)
    for remark in brought.remarks:
        click.echo(remark, err=True)
    click.echo(code)


def _network(path: Path, name: str, dataset: str, model: str | None) -> str:
    """The code of the network in a file, once it is kept."""
    from explorer.data import load_dataset
    from explorer.models.own import MOST_BYTES, bring_network

    if model is None and path.suffix.lower() != ".pt2":
        raise InputError("--model is missing: say of which architecture these weights are, as in --model convnet.")
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)  # one more than it accepts, so that it says so
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or type(error).__name__}).") from error
    return bring_network(content, path.name, model or "", load_dataset(dataset), name)

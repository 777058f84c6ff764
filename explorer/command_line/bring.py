"""The verb `bring`: a folder, a zip, a CSV or an npz of the reader's own becomes a data set in the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from explorer.command_line.progress import progress_bar


class Bring(click.Command):
    """A command with an option for each setting of `BringOptions`, which are read when they are asked for."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The verb's own parameters, then the settings."""
        from explorer.command_line.declared import plain_settings
        from explorer.data.brought import BringOptions

        return [*super().get_params(ctx), *(declared.option() for declared in plain_settings(BringOptions).values())]


@click.command(cls=Bring, short_help="Make a data set of your own pictures or points.")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", help="What to call it; default: the name of the folder or file.")
@click.option("--columns", metavar="X,Y,LABEL", help="Of a CSV with more than three columns: coordinates and label.")
def bring(path: Path, name: str | None, columns: str | None, **settings: Any) -> None:
    """Make a data set of PATH, keep it, and print the code that names it from then on.

    PATH is a folder or a zip with pictures in one folder per class (class/picture, or class/sub-class/picture; train
    and test folders around them are the split), a CSV of points (two coordinates and a label), or an npz with arrays
    x (n, 2) or (n, side, side[, 3]) and y (n,), perhaps x_test and y_test, and classes, the names of the labels.

    \b
    Examples:
      python -m explorer bring faces.zip --name faces --side 32
      python -m explorer bring points.csv --columns width,height,species
    """
    from explorer.data.bring import bring_path
    from explorer.data.brought import BringOptions
    from explorer.data.own import keep

    options = BringOptions(**{setting: value for setting, value in settings.items() if value is not None})
    with progress_bar("reading") as advance:
        brought = bring_path(path, options, columns and [each.strip() for each in columns.split(",")], advance)
    code = keep(brought, name if name is not None else path.resolve().stem)
    for remark in brought.remarks:
        click.echo(remark, err=True)
    click.echo(code)

"""The verb `download`: fetch one of the large picture sets, after saying how large it is."""

from __future__ import annotations

import click

from explorer.command_line.progress import progress_bar
from explorer.settings import InputError


@click.command(short_help="Fetch a large picture set.")
@click.option("--dataset", metavar="CODE", required=True, help="cifar10, cifar100, cifar20, mnist or fashion-mnist.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
def download(dataset: str, yes: bool) -> None:
    """Fetch a picture set from its makers into the folder EXPLORER_DATA (default: beside the store).

    Whole or not at all: a download that fails or is stopped leaves nothing there.

    \b
    Examples:
      python -m explorer download --dataset cifar10
    """
    from explorer.data import torchvision_sets
    from explorer.data.download import download as fetch

    sets, folder = torchvision_sets.TORCHVISION_SETS, torchvision_sets.data_folder()
    if dataset not in sets:
        raise InputError(f"{dataset!r} cannot be downloaded; the sets that can are {', '.join(sets)}.")
    one = sets[dataset]
    if torchvision_sets.found(dataset):
        click.echo(f"{one.title} is in {folder / one.folder} already.")
        return
    if not yes and not click.confirm(f"Download {one.title}, {one.bytes / 1e6:.0f} MB, into {folder}?", err=True):
        return
    with progress_bar(f"downloading {one.title}") as advance:
        fetch(dataset, lambda share, doing: advance(share))
    click.echo(f"{one.title} is in {folder / one.folder}.")

"""Verb `download`: download a large picture set after confirmation of its size."""

from __future__ import annotations

import click

from explorer.command_line.progress import progress_bar
from explorer.settings import InputError


@click.command(short_help="Download a large picture set.")
@click.option("--dataset", metavar="CODE", required=True, help="cifar10, cifar100, cifar20, mnist or fashion-mnist.")
@click.option("--yes", is_flag=True, help="Download without confirmation.")
def download(dataset: str, yes: bool) -> None:
    """Download a picture set from its publisher into the folder EXPLORER_DATA (default: beside the store).

    A download that fails or is stopped leaves nothing behind.

    \b
    Examples:
      python -m explorer download --dataset cifar10
    """
    from explorer.data import torchvision_sets
    from explorer.data.download import download as fetch

    sets, folder = torchvision_sets.TORCHVISION_SETS, torchvision_sets.data_folder()
    if dataset not in sets:
        raise InputError(f"{dataset!r} cannot be downloaded; the sets that can are {', '.join(sets)}.")
    large_set = sets[dataset]
    if torchvision_sets.is_available(dataset):
        click.echo(f"{large_set.title} is in {folder / large_set.folder} already.")
        return
    question = f"Download {large_set.title}, {large_set.bytes / 1e6:.0f} MB, into {folder}?"
    if not yes and not click.confirm(question, err=True):
        return
    with progress_bar(f"downloading {large_set.title}") as advance:
        fetch(dataset, lambda share, activity: advance(share))
    click.echo(f"{large_set.title} is in {folder / large_set.folder}.")

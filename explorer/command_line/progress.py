"""How far the work is, on standard error: a bar with the time left, drawn only where somebody watches a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

PARTS = 1000  # the bar counts in whole parts


@contextmanager
def progress_bar(label: str, wanted: bool = True) -> Iterator[Callable[[float], None]]:
    """Gives a function that is told the share that is done, from 0 to 1."""
    if not wanted or not sys.stderr.isatty():
        yield lambda share: None
        return
    with click.progressbar(length=PARTS, label=label, file=sys.stderr) as bar:
        yield lambda share: bar.update(round(share * PARTS) - bar.pos)

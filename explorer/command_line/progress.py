"""Progress bar with the remaining time on standard error, shown only in a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

PARTS = 1000  # steps of the bar, which counts integers


@contextmanager
def progress_bar(label: str, visible: bool = True) -> Iterator[Callable[[float], None]]:
    """A function that advances the bar to a finished share, 0 to 1.

    Args:
        label: text before the bar.
        visible: False to show no bar.
    """
    if not visible or not sys.stderr.isatty():
        yield lambda share: None
        return
    with click.progressbar(length=PARTS, label=label, file=sys.stderr) as bar:
        yield lambda share: bar.update(round(share * PARTS) - bar.pos)

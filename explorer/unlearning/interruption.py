"""A stop in the middle of a step: once it is asked for, the network answers no more.

A step over a large batch asks the network many times, in parts that bound memory, and so do the readings between
steps. The network is the one thing that all of them need, so it is where a stop is heard: in place of its next forward.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from torch import nn


class Interrupted(Exception):  # noqa: N818 (not an error: somebody asked for it)
    """Raised by an interruptible network in place of a forward."""


@contextmanager
def interruptible(network: nn.Module, asked: Callable[[], bool]) -> Iterator[None]:
    """For this time the network raises Interrupted in place of its next forward once `asked()`, from any thread."""

    def hear(module: nn.Module, inputs: object) -> None:
        if asked():
            raise Interrupted

    heard = network.register_forward_pre_hook(hear)
    try:
        yield
    finally:
        heard.remove()

"""Stop in mid-step: after a stop request, the next forward of the network raises `Interrupted`.

A step over a large batch calls the network many times, in parts that bound memory. So do the checks between steps.
Every method calls the network, so that is the one place to check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from torch import nn


class Interrupted(Exception):  # noqa: N818 (not an error: the user requested it)
    """Raised by an interruptible network in place of a forward."""


@contextmanager
def interruptible(network: nn.Module, stop_requested: Callable[[], bool]) -> Iterator[None]:
    """Context in which the network raises Interrupted in place of a forward as soon as `stop_requested()` is true.

    Args:
        network: network to interrupt.
        stop_requested: called before each forward; may read a flag that another thread sets.
    """

    def check(module: nn.Module, inputs: object) -> None:
        if stop_requested():
            raise Interrupted

    hook = network.register_forward_pre_hook(check)
    try:
        yield
    finally:
        hook.remove()

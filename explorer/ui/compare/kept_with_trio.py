"""What is computed of three models is kept as long as they are: nothing that is kept keeps a network alive."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from explorer.ui.compare.trio import Trio

Arguments = ParamSpec("Arguments")
Found = TypeVar("Found")


def kept_with_trio(
    of: Callable[Concatenate[Trio, Arguments], Found],
) -> Callable[Concatenate[Trio, Arguments], Found]:
    """Computes once what a function finds of a trio, for everybody who has that trio."""

    @wraps(of)
    def once(trio: Trio, /, *arguments: Arguments.args, **named: Arguments.kwargs) -> Found:
        key = (of, arguments, *named.items())
        if key not in trio.found:
            trio.found[key] = of(trio, *arguments, **named)
        found: Found = trio.found[key]
        return found

    return once

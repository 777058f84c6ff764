"""A callback that comes too late: what it acts on may have been removed since its button was drawn."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from explorer.settings import InputError
from explorer.ui import link

P = ParamSpec("P")


def unless_gone(callback: Callable[P, None]) -> Callable[P, None]:
    """This callback, which says on the page what was missing, where else the page itself could not be made."""

    @wraps(callback)
    def called(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            callback(*args, **kwargs)
        except InputError as error:
            link.miss(str(error))

    return called

"""Registry of the unlearning methods that pages and command line offer."""

from __future__ import annotations

from explorer.settings import InputError
from explorer.unlearning.jit import JIT
from explorer.unlearning.method import Method
from explorer.unlearning.mislabel import MISLABEL

METHODS: dict[str, Method] = {method.name: method for method in (JIT, MISLABEL)}


def method_named(name: str) -> Method:
    """Method by name. Raises InputError if it is not in the registry."""
    if name not in METHODS:
        raise InputError(f"There is no method {name!r}; the methods are {', '.join(METHODS)}.")
    return METHODS[name]

"""A page as app.py runs it: whatever of its input cannot be used is said in its place, in one sentence."""

from __future__ import annotations

from typing import Any

from explorer.settings import InputError
from explorer.ui import say


def show(page: Any) -> None:
    """Make the page, or say why it cannot be made: the folder of the store may not be read, for example."""
    try:
        page.run()
    except InputError as error:
        say.error(error)

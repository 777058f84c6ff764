"""Where a result goes: standard output, or a file that appears whole or not at all."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from explorer.settings import InputError

STANDARD_OUTPUT = "-"


@contextmanager
def output(path: str) -> Iterator[TextIO]:
    """A stream for the whole text; raises InputError for a path that cannot be written, and does so at once.

    A file is written beside its place under another name, and moved there at the end. Pipes and devices are written to.
    """
    if path == STANDARD_OUTPUT:
        yield sys.stdout
        return
    target = half = Path(path)
    try:
        if target.is_dir():
            raise IsADirectoryError(None, "it is a folder")
        if target.is_file() or not target.exists():
            target = target.resolve()  # what a link points to is replaced, and not the link
            half = target.with_name(f".{target.name}.{os.getpid()}.half")
        file = half.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        text = io.StringIO()
        yield text
        try:
            with file:
                file.write(text.getvalue())
            if half != target:
                os.replace(half, target)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise _unwritable(path, error) from error
    finally:
        file.close()
        if half != target:
            half.unlink(missing_ok=True)


def _unwritable(path: str, error: OSError) -> InputError:
    why = error.strerror or type(error).__name__
    return InputError(f"{path} cannot be written ({why}); give --out a file in a folder that you may write to.")

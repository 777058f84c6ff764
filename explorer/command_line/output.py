"""Output of results to standard output or, atomically, to a file."""

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
    """A text stream for the result.

    A file is written under a temporary name in the same folder and renamed at the end. Pipes and devices are written
    directly.

    Args:
        path: path of the file, or - for standard output.

    Raises:
        InputError: if the path cannot be written; raised before the result is computed, except for errors of writing.
    """
    if path == STANDARD_OUTPUT:
        yield sys.stdout
        return
    target = half = Path(path)
    try:
        if target.is_dir():
            raise IsADirectoryError(None, "it is a folder")
        if target.is_file() or not target.exists():
            target = target.resolve()  # replace the target of a link, not the link
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

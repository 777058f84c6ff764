"""Where a download lies until it is whole: a folder that goes with it, or with the next one where it was killed."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ABANDONED = 86_400.0  # seconds without a change


@contextlib.contextmanager
def download_folder(data: Path) -> Iterator[Path]:
    """A new folder within the data folder, removed at the end; what killed downloads left there is removed first.

    Raises OSError where the data folder cannot be written.
    """
    for left in data.glob(".download-*"):
        if _is_left(left):
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{_prefix()}{os.getpid()}-", dir=data) as made:
        yield Path(made)


def _prefix() -> str:
    """The machine, since others may share the folder; the process follows."""
    return f".download-{platform.node()}-"


def _is_left(folder: Path) -> bool:
    """Whether the process in its name is gone, or nothing has happened there for a day."""
    process = folder.name.removeprefix(_prefix()).partition("-")[0]
    if folder.name.startswith(_prefix()) and process.isdecimal() and not _runs(int(process)):
        return True
    try:
        changed = max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
    except OSError:  # it is being put in its place, or is another user's
        return False
    return time.time() - changed > ABANDONED


def _runs(process: int) -> bool:
    """Whether this machine has such a process; where that cannot be asked, it may have."""
    if os.name != "posix":  # elsewhere os.kill would end it
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True

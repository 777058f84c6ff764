"""Temporary folder of a download. It is removed at the end, or by the next download if the process was killed."""

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
    """A temporary folder within the data folder; folders of killed downloads are removed first.

    Args:
        data: the data folder.

    Raises:
        OSError: if the data folder cannot be written.
    """
    for folder in data.glob(".download-*"):
        if _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{_prefix()}{os.getpid()}-", dir=data) as path:
        yield Path(path)


def _prefix() -> str:
    """Prefix with the machine's name, because several machines may share the folder; the process id follows."""
    return f".download-{platform.node()}-"


def _is_abandoned(folder: Path) -> bool:
    """Whether the process in the folder's name has ended, or the folder is unchanged for a day."""
    process = folder.name.removeprefix(_prefix()).partition("-")[0]
    if folder.name.startswith(_prefix()) and process.isdecimal() and not _runs(int(process)):
        return True
    try:
        changed = max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
    except OSError:  # it is being moved, or belongs to another user
        return False
    return time.time() - changed > ABANDONED


def _runs(process: int) -> bool:
    """Whether this machine runs this process; True if that cannot be determined."""
    if os.name != "posix":  # on Windows, os.kill would end the process
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True

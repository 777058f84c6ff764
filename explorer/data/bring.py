"""From a folder, a zip of pictures, a CSV or an npz to what was brought."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from explorer.data import limits
from explorer.data.arrays import read_npz
from explorer.data.class_names import plain_name
from explorer.data.picture_folder import read_folder, read_zip
from explorer.data.table import read_csv
from explorer.data.uploaded import BringOptions, UploadedData
from explorer.settings import InputError

TABLES = (".csv", ".tsv", ".txt")
FILES = (".zip", ".npz", *TABLES)


def bring(
    file: BinaryIO,
    name: str,
    options: BringOptions,
    columns: Sequence[str] | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> UploadedData:
    """What a file holds, by the end of its name; raises InputError, one sentence, for anything that is no data set.

    columns: of a CSV (`read_csv`); progress: told the share that is read, and may raise to stop.
    """
    ending, shown = Path(name).suffix.lower(), plain_name(name) or "The file"
    if ending == ".zip":
        return read_zip(file, shown, options, progress)
    if ending == ".npz":
        return read_npz(file, shown, options)
    if ending in TABLES:
        return read_csv(file.read(limits.TABLE + 1), shown, options, columns)
    raise InputError(f"{shown} is none of the files that can be brought: a zip of pictures, a CSV or an npz.")


def bring_path(
    path: Path,
    options: BringOptions,
    columns: Sequence[str] | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> UploadedData:
    """What a folder or a file on this machine's disk holds: for its owner alone, never for a reader of the page."""
    try:
        if path.is_dir():
            return read_folder(path, options, progress)
        with path.open("rb") as file:
            return bring(file, path.name, options, columns, progress)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or type(error).__name__}).") from error

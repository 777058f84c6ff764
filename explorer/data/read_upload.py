"""Reading of uploaded data sets: a folder or a zip of pictures, a CSV or an npz."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from explorer.data import limits
from explorer.data.arrays import read_npz
from explorer.data.class_names import plain_name
from explorer.data.picture_folder import read_folder, read_zip
from explorer.data.table import read_csv
from explorer.data.uploaded import UploadedData, UploadOptions
from explorer.settings import InputError

TABLES = (".csv", ".tsv", ".txt")
FILES = (".zip", ".npz", *TABLES)


def read_upload(
    file: BinaryIO,
    name: str,
    options: UploadOptions,
    columns: Sequence[str] | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> UploadedData:
    """Samples in a file; the extension of its name decides the format.

    Args:
        file: the content.
        name: name of the file.
        options: side, crop and colour of pictures, test share, seed, treatment of small classes.
        columns: names of the two coordinates and the label, for a CSV (`read_csv`).
        progress: called with the share read so far, 0 to 1; an exception it raises stops the reading.

    Raises:
        InputError: if the file is not a data set in one of these formats.
    """
    ending, title = Path(name).suffix.lower(), plain_name(name) or "The file"
    if ending == ".zip":
        return read_zip(file, title, options, progress)
    if ending == ".npz":
        return read_npz(file, title, options)
    if ending in TABLES:
        return read_csv(file.read(limits.TABLE + 1), title, options, columns)
    raise InputError(f"{title} has an unsupported format; a data set is a zip of pictures, a CSV or an npz.")


def read_path(
    path: Path,
    options: UploadOptions,
    columns: Sequence[str] | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> UploadedData:
    """Samples in a folder or file on this machine, for the command line only; the arguments are those of `read_upload`.

    Raises:
        InputError: if the path cannot be read or is not a data set.
    """
    try:
        if path.is_dir():
            return read_folder(path, options, progress)
        with path.open("rb") as file:
            return read_upload(file, path.name, options, columns, progress)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or type(error).__name__}).") from error

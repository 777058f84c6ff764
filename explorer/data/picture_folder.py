"""Pictures in one folder per class, on disk or in a zip: class/picture, or class/sub-class/picture.

A single folder around them all is passed through. Where the outermost folders are train and test, they are the split
(valid goes with the training where there is a test folder, else it is the test).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from explorer.data import limits
from explorer.data.archive import Archive, DamagedEntryError
from explorer.data.class_names import check_number, first_few, natural
from explorer.data.picture_file import ENDINGS, UnreadableError, is_grey, read_picture
from explorer.data.uploaded import BringOptions, UploadedData, complete
from explorer.settings import InputError
from explorer.words import counted

TRAINING, TESTING, VALIDATION = {"train", "training"}, {"test", "testing"}, {"val", "valid", "validation"}
SYSTEM = {"__macosx", "thumbs.db", "desktop.ini"}  # what operating systems leave beside pictures
HOW = "put them into one folder per class, as in faces/anna/1.png"


@dataclass(frozen=True)
class Listed:
    """A picture: its path, its class and perhaps sub-class, and whether it is for testing, where a folder says that."""

    path: str
    names: tuple[str, ...]
    test: bool | None


def read_zip(
    file: BinaryIO, name: str, options: BringOptions, progress: Callable[[float], None] = lambda share: None
) -> UploadedData:
    """The pictures of a zip; raises InputError for what `Archive` refuses, and as `read_folder` does."""
    archive = Archive(file, name, f"a zip holds pictures: {HOW}")
    return _read(archive.paths, lambda path: archive.read(path, limits.PICTURE), name, options, progress)


def read_folder(
    folder: Path, options: BringOptions, progress: Callable[[float], None] = lambda share: None
) -> UploadedData:
    """The pictures of a folder on disk; links to folders are not followed.

    Raises InputError where there is no folder, no picture that can be read, more of anything than `limits` allows, or
    classes that cannot be used (`complete`). Pictures that cannot be read are named in `remarks`.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder that can be read.")

    def content(path: str) -> bytes:
        file = folder / path
        try:
            if not file.is_file() or file.stat().st_size > limits.PICTURE:
                raise DamagedEntryError(path)
            return file.read_bytes()
        except OSError as error:
            raise DamagedEntryError(path) from error

    return _read(list(_files(folder)), content, str(folder), options, progress)


def _files(folder: Path) -> Iterator[str]:
    seen = 0
    for inside, folders, files in os.walk(folder):
        seen += len(folders) + len(files)
        if seen > limits.ENTRIES:
            raise InputError(f"{folder} holds more than {limits.ENTRIES:,} files and folders, the most allowed.")
        yield from (Path(inside, file).relative_to(folder).as_posix() for file in files)


def _read(
    paths: Sequence[str],
    content: Callable[[str], bytes],
    name: str,
    options: BringOptions,
    progress: Callable[[float], None],
) -> UploadedData:
    listing, remarks = _listing(paths, name)
    channels = 1 if options.colour == "grey" else 3
    shape = (len(listing), channels, options.side, options.side)
    if np.prod(shape, dtype=np.int64) > limits.KEPT:
        raise InputError(
            f"{len(listing):,} pictures of {options.side} x {options.side} take more than "
            f"{limits.KEPT / 2**20:.0f} MiB, which is the most allowed; choose a smaller side."
        )
    pictures, unreadable = np.empty(shape, dtype=np.uint8), []
    grey, readable = options.colour != "colour", np.ones(len(listing), dtype=bool)
    for at, each in enumerate(listing):
        progress(at / len(listing))
        try:
            pictures[at] = read_picture(content(each.path), options.side, options.crop, channels == 1)
        except (UnreadableError, DamagedEntryError):
            readable[at] = False
            unreadable.append(each.path)
        else:
            grey = grey and (channels == 1 or is_grey(pictures[at]))
    if unreadable:
        remarks.append(f"Left out, not readable: {counted(len(unreadable), 'picture')} ({first_few(unreadable)}).")
        pictures, listing = pictures[readable], [each for each, well in zip(listing, readable, strict=True) if well]
    if not listing:
        raise InputError(f"None of the {len(unreadable):,} pictures in {name} can be read ({first_few(unreadable)}).")
    if grey and channels == 3:
        pictures = pictures[:, :1].copy()
    given = None if listing[0].test is None else np.array([bool(each.test) for each in listing])
    return complete("image", pictures, [each.names for each in listing], options, given, remarks)


def _listing(paths: Sequence[str], name: str) -> tuple[list[Listed], list[str]]:
    """The pictures by class, and a sentence on each kind of file that was passed over."""
    split = [tuple(path.split("/")) for path in paths]
    split = [parts for parts in split if not any(part.startswith(".") or part.lower() in SYSTEM for part in parts)]
    pictures = [parts for parts in split if parts[-1].lower().endswith(ENDINGS)]
    if not pictures:
        raise InputError(f"There are no pictures in {name}; {HOW} ({', '.join(ENDINGS)}).")
    if len(pictures) > limits.SAMPLES:
        raise InputError(f"There are {len(pictures):,} pictures in {name}; at most {limits.SAMPLES:,} are allowed.")
    remarks = []
    others = ["/".join(parts) for parts in split if not parts[-1].lower().endswith(ENDINGS)]
    if others := [path for path in others if "readme" not in path.lower()]:
        remarks.append(
            f"Passed over, no pictures by their names: {counted(len(others), 'file')} ({first_few(others)})."
        )
    whole = {parts: "/".join(parts) for parts in pictures}
    depth = _around(pictures)
    tested = _tested({parts[depth].lower() for parts in pictures if len(parts) > depth + 1})
    found, loose = [], []
    for parts in sorted(pictures, key=lambda parts: [natural(part) for part in parts]):
        test, folders = None, parts[depth:-1]
        if tested and folders:
            test, folders = folders[0].lower() in tested, folders[1:]
        if folders:
            found.append(Listed(whole[parts], folders[:2], test))
        else:
            loose.append(whole[parts])
    if loose and not found:
        raise InputError(f"The pictures in {name} are in no folder of their class; {HOW}.")
    check_number(len({each.names[0] for each in found}))  # before any is decoded
    if loose:
        remarks.append(f"Passed over, in no folder of a class: {counted(len(loose), 'picture')} ({first_few(loose)}).")
    return found, remarks


def _around(pictures: Sequence[tuple[str, ...]]) -> int:
    """How many folders all pictures (but loose ones) lie in that cannot be their class."""
    depth = 0
    while any(len(parts) > depth + 2 for parts in pictures):
        if len({parts[depth] for parts in pictures if len(parts) > depth + 1}) > 1:
            break
        depth += 1
    return depth


def _tested(outermost: set[str]) -> set[str]:
    """Which of the outermost folders hold what is for testing; none where they are no split."""
    if not outermost <= TRAINING | TESTING | VALIDATION or not outermost & TRAINING:
        return set()
    return outermost & TESTING or outermost & VALIDATION

"""Pictures in one folder per class, on disk or in a zip: class/picture, or class/sub-class/picture.

A single folder around all pictures is ignored. Outermost folders train and test define the split. A folder valid
belongs to the training samples if there is a test folder; otherwise it is the test set.
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
from explorer.data.uploaded import UploadedData, UploadOptions, complete
from explorer.settings import InputError
from explorer.words import counted

TRAINING, TESTING, VALIDATION = {"train", "training"}, {"test", "testing"}, {"val", "valid", "validation"}
SYSTEM = {"__macosx", "thumbs.db", "desktop.ini"}  # files of operating systems
FOLDER_HINT = "put them into one folder per class, as in faces/anna/1.png"


@dataclass(frozen=True)
class PictureEntry:
    """A picture in a folder or zip.

    Attributes:
        path: path of the file.
        names: (class,) or (class, sub-class).
        test: whether it is a test sample; None if the folders define no split.
    """

    path: str
    names: tuple[str, ...]
    test: bool | None


def read_zip(
    file: BinaryIO, name: str, options: UploadOptions, progress: Callable[[float], None] = lambda share: None
) -> UploadedData:
    """Pictures of a zip.

    Args:
        file: the zip.
        name: name of the file in messages.
        options: side, crop and colour of the pictures, test share, seed, treatment of small classes.
        progress: called with the share read so far, 0 to 1; an exception it raises stops the reading.

    Raises:
        InputError: if `Archive` refuses the zip, or for the reasons given at `read_folder`.
    """
    archive = Archive(file, name, f"a zip contains pictures: {FOLDER_HINT}")
    return _read(archive.paths, lambda path: archive.read(path, limits.PICTURE), name, options, progress)


def read_folder(
    folder: Path, options: UploadOptions, progress: Callable[[float], None] = lambda share: None
) -> UploadedData:
    """Pictures of a folder on disk; the arguments are those of `read_zip`. Links to folders are not followed.

    Unreadable pictures are left out and named in the remarks.

    Raises:
        InputError: if the folder does not exist, contains no readable picture, exceeds `limits`, or its classes
            cannot be used (`complete`).
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is not a readable folder.")

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
    """Paths of the files below a folder, relative to it."""
    seen = 0
    for inside, folders, files in os.walk(folder):
        seen += len(folders) + len(files)
        if seen > limits.ENTRIES:
            raise InputError(f"{folder} contains more than {limits.ENTRIES:,} files and folders, which is the limit.")
        yield from (Path(inside, file).relative_to(folder).as_posix() for file in files)


def _read(
    paths: Sequence[str],
    content: Callable[[str], bytes],
    name: str,
    options: UploadOptions,
    progress: Callable[[float], None],
) -> UploadedData:
    entries, remarks = _entries(paths, name)
    channels = 1 if options.colour == "grey" else 3
    shape = (len(entries), channels, options.side, options.side)
    if np.prod(shape, dtype=np.int64) > limits.ALL_PICTURES:
        raise InputError(
            f"{len(entries):,} pictures of {options.side} x {options.side} take more than "
            f"{limits.ALL_PICTURES / 2**20:.0f} MiB, which is the limit; use a smaller side."
        )
    pictures, unreadable = np.empty(shape, dtype=np.uint8), []
    grey, readable = options.colour != "colour", np.ones(len(entries), dtype=bool)
    for at, entry in enumerate(entries):
        progress(at / len(entries))
        try:
            pictures[at] = read_picture(content(entry.path), options.side, options.crop, channels == 1)
        except (UnreadableError, DamagedEntryError):
            readable[at] = False
            unreadable.append(entry.path)
        else:
            grey = grey and (channels == 1 or is_grey(pictures[at]))
    if unreadable:
        remarks.append(f"Unreadable, left out: {counted(len(unreadable), 'picture')} ({first_few(unreadable)}).")
        pictures, entries = pictures[readable], [entry for entry, good in zip(entries, readable, strict=True) if good]
    if not entries:
        raise InputError(f"None of the {len(unreadable):,} pictures in {name} can be read ({first_few(unreadable)}).")
    if grey and channels == 3:
        pictures = pictures[:, :1].copy()
    test = None if entries[0].test is None else np.array([bool(entry.test) for entry in entries])
    return complete("image", pictures, [entry.names for entry in entries], options, test, remarks)


def _entries(paths: Sequence[str], name: str) -> tuple[list[PictureEntry], list[str]]:
    """The pictures in natural order, and a remark on each kind of ignored file."""
    split_paths = [tuple(path.split("/")) for path in paths]
    split_paths = [
        parts for parts in split_paths if not any(part.startswith(".") or part.lower() in SYSTEM for part in parts)
    ]
    pictures = [parts for parts in split_paths if parts[-1].lower().endswith(ENDINGS)]
    if not pictures:
        raise InputError(f"There are no pictures in {name}; {FOLDER_HINT} ({', '.join(ENDINGS)}).")
    if len(pictures) > limits.SAMPLES:
        raise InputError(f"There are {len(pictures):,} pictures in {name}; at most {limits.SAMPLES:,} are allowed.")
    remarks = []
    others = ["/".join(parts) for parts in split_paths if not parts[-1].lower().endswith(ENDINGS)]
    if others := [path for path in others if "readme" not in path.lower()]:
        remarks.append(f"Ignored, not a picture format: {counted(len(others), 'file')} ({first_few(others)}).")
    whole = {parts: "/".join(parts) for parts in pictures}
    depth = _outer_folders(pictures)
    test_folders = _test_folders({parts[depth].lower() for parts in pictures if len(parts) > depth + 1})
    entries, loose = [], []
    for parts in sorted(pictures, key=lambda parts: [natural(part) for part in parts]):
        test, folders = None, parts[depth:-1]
        if test_folders and folders:
            test, folders = folders[0].lower() in test_folders, folders[1:]
        if folders:
            entries.append(PictureEntry(whole[parts], folders[:2], test))
        else:
            loose.append(whole[parts])
    if loose and not entries:
        raise InputError(f"The pictures in {name} are not in class folders; {FOLDER_HINT}.")
    check_number(len({entry.names[0] for entry in entries}))  # checked before decoding
    if loose:
        remarks.append(f"Ignored, not in a class folder: {counted(len(loose), 'picture')} ({first_few(loose)}).")
    return entries, remarks


def _outer_folders(pictures: Sequence[tuple[str, ...]]) -> int:
    """Number of outer folders that contain all pictures (except loose ones) and therefore are no classes."""
    depth = 0
    while any(len(parts) > depth + 2 for parts in pictures):
        if len({parts[depth] for parts in pictures if len(parts) > depth + 1}) > 1:
            break
        depth += 1
    return depth


def _test_folders(outermost: set[str]) -> set[str]:
    """Outermost folders with test samples; empty if the outermost folders define no split."""
    if not outermost <= TRAINING | TESTING | VALIDATION or not outermost & TRAINING:
        return set()
    return outermost & TESTING or outermost & VALIDATION

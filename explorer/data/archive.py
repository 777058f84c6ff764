"""A zip that somebody brings, which may have been made to do harm: it is judged whole before anything is unpacked.

Nothing is ever written to disk: entries are read one at a time, in pieces, and never beyond `limits`.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import BinaryIO

from explorer.data import limits
from explorer.settings import InputError

SIGNATURE = b"PK\x01\x02"  # stands at each entry of the directory
PIECE = 2**20
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError, ValueError, OSError)
"""What zipfile raises for a file that is none, cut off, or not as it says (UnicodeDecodeError is a ValueError)."""


class DamagedEntryError(Exception):
    """An entry that cannot be read: cut off, or not as the zip's directory says."""


class Archive:
    """The files of a zip by path, each at most once, none of them outside the zip.

    needs: what the zip should hold, for the sentence on one without files. Raises InputError, one sentence, for such a
    zip, for an empty file, and for what is no zip, is damaged or encrypted, holds absolute or parent paths, links
    or the same path twice, is compressed in an unusual way, or unpacks to more than `limits` allows.
    """

    def __init__(self, file: BinaryIO, name: str, needs: str = "pack at least one file") -> None:
        self.name = name
        self._read = 0  # bytes unpacked so far, whatever the directory says
        size = _bytes_with_few_entries(file, name)
        if size == 0:
            raise InputError(f"{name} is empty; {needs}.")
        try:
            self._zip = zipfile.ZipFile(file)
        except DAMAGE:
            raise InputError(
                f"{name} is not a zip that can be read: it is damaged, cut off or of another kind."
            ) from None
        entries = [entry for entry in self._zip.infolist() if not entry.is_dir()]
        if not entries:
            raise InputError(f"{name} is empty; {needs}.")
        if len(self._zip.infolist()) > limits.ENTRIES:
            raise _too_many(name)
        for entry in self._zip.infolist():
            _check(entry, name)
        _check_sizes(entries, size, name)
        self._entries = {_path(entry.filename): entry for entry in entries}
        if len(self._entries) < len(entries):
            raise InputError(f"{name} holds the same path twice; pack each file once.")

    @property
    def paths(self) -> list[str]:
        """Those of its files, with / between the parts."""
        return list(self._entries)

    def read(self, path: str, most: int) -> bytes:
        """The bytes of a file; raises `DamagedEntryError` where they cannot be read or are more than `most`."""
        entry = self._entries[path]
        if entry.file_size > most:
            raise DamagedEntryError(path)
        content = bytearray()
        try:
            with self._zip.open(entry) as file:
                while piece := file.read(min(PIECE, most + 1 - len(content))):
                    content += piece
                    self._read += len(piece)
                    if self._read > limits.UNPACKED:
                        raise _too_large(self.name)
                    if len(content) > most:
                        raise DamagedEntryError(path)
        except InputError:  # which is a ValueError too
            raise
        except (*DAMAGE, RuntimeError) as error:
            raise DamagedEntryError(path) from error
        return bytes(content)


def _bytes_with_few_entries(file: BinaryIO, name: str) -> int:
    """The size of the file, once it is sure that its directory is no longer than `limits.ENTRIES`.

    zipfile reads the whole directory at once, and millions of entries would take gigabytes: they are counted first.
    """
    size, entries, rest = 0, 0, b""
    file.seek(0)
    while piece := file.read(PIECE):
        size += len(piece)
        entries += (rest + piece).count(SIGNATURE)
        rest = piece[1 - len(SIGNATURE) :]
        if size > limits.UNPACKED:
            raise _too_large(name)
        if entries > limits.ENTRIES:
            raise _too_many(name)
    file.seek(0)
    return size


def _check(entry: zipfile.ZipInfo, name: str) -> None:
    path, kind = entry.filename.replace("\\", "/"), stat.S_IFMT(entry.external_attr >> 16)
    if entry.flag_bits & 1:
        raise InputError(f"{name} is encrypted; pack it without a password.")
    if path.startswith("/") or re.match("[A-Za-z]:", path) or ".." in path.split("/"):
        raise InputError(f"{name} holds a path that leads out of it ({path[:60]!r}); pack one folder per class.")
    if kind and not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
        raise InputError(f"{name} holds a link or a device ({path[:60]!r}); pack the files themselves.")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputError(f"{name} is compressed in an unusual way; pack it as an ordinary zip (deflate).")


def _check_sizes(entries: list[zipfile.ZipInfo], size: int, name: str) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.UNPACKED:
        raise _too_large(name)
    if unpacked > limits.RATIO * max(size, PIECE // 4):
        raise InputError(
            f"{name} unpacks to {unpacked / size:,.0f} times its size, as no pictures do; at most {limits.RATIO} times "
            "are allowed."
        )


def _path(name: str) -> str:
    return str(PurePosixPath(name.replace("\\", "/")))


def _too_large(name: str) -> InputError:
    return InputError(
        f"{name} is or unpacks to more than {limits.UNPACKED / 2**30:.0f} GiB, which is the most allowed."
    )


def _too_many(name: str) -> InputError:
    return InputError(f"{name} holds more than {limits.ENTRIES:,} files and folders, which is the most allowed.")

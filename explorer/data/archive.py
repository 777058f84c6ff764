"""Uploaded zip files, which may be malicious. The whole directory is checked before anything is unpacked.

Nothing is written to disk. Entries are read one at a time, in chunks, within `limits`.
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

SIGNATURE = b"PK\x01\x02"  # begins each entry of the directory
CHUNK = 2**20  # bytes
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError, ValueError, OSError)
"""Exceptions of zipfile for invalid, truncated or inconsistent files (UnicodeDecodeError is a ValueError)."""


class DamagedEntryError(Exception):
    """An entry that is truncated, too large or inconsistent with the zip's directory."""


class Archive:
    """Read-only access to the files of a zip by path. Paths are unique and relative.

    Args:
        file: the zip.
        name: name of the file in messages.
        needs: required content, for the message about an empty zip.

    Raises:
        InputError: if the file is empty, no zip, damaged or encrypted; if it contains no files, absolute or parent
            paths, links or duplicate paths; if it uses an unsupported compression; if it exceeds `limits`.
    """

    def __init__(self, file: BinaryIO, name: str, needs: str = "pack at least one file") -> None:
        self.name = name
        self._read = 0  # bytes unpacked so far; the sizes in the directory may be wrong
        size = _bytes_with_few_entries(file, name)
        if size == 0:
            raise InputError(f"{name} is empty; {needs}.")
        try:
            self._zip = zipfile.ZipFile(file)
        except DAMAGE:
            raise InputError(
                f"{name} is not a zip that can be read: it is damaged, truncated or of another format."
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
            raise InputError(f"{name} contains the same path twice; pack each file once.")

    @property
    def paths(self) -> list[str]:
        """Paths of the files, with / as separator."""
        return list(self._entries)

    def read(self, path: str, most: int) -> bytes:
        """Content of a file.

        Args:
            path: one of `paths`.
            most: largest allowed size (bytes).

        Raises:
            DamagedEntryError: if the entry cannot be read or is larger than `most`.
            InputError: if the entries read so far exceed `limits.UNPACKED`.
        """
        entry = self._entries[path]
        if entry.file_size > most:
            raise DamagedEntryError(path)
        content = bytearray()
        try:
            with self._zip.open(entry) as file:
                while chunk := file.read(min(CHUNK, most + 1 - len(content))):
                    content += chunk
                    self._read += len(chunk)
                    if self._read > limits.UNPACKED:
                        raise _too_large(self.name)
                    if len(content) > most:
                        raise DamagedEntryError(path)
        except InputError:  # a ValueError, so DAMAGE would catch it
            raise
        except (*DAMAGE, RuntimeError) as error:
            raise DamagedEntryError(path) from error
        return bytes(content)


def _bytes_with_few_entries(file: BinaryIO, name: str) -> int:
    """Size of the file; raises InputError if its directory has more than `limits.ENTRIES` entries.

    zipfile reads the whole directory at once. Millions of entries would take gigabytes, so they are counted first.
    """
    size, entries, rest = 0, 0, b""
    file.seek(0)
    while chunk := file.read(CHUNK):
        size += len(chunk)
        entries += (rest + chunk).count(SIGNATURE)
        rest = chunk[1 - len(SIGNATURE) :]
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
        raise InputError(f"{name} contains a path outside the archive ({path[:60]!r}); pack one folder per class.")
    if kind and not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
        raise InputError(f"{name} contains a link or a device ({path[:60]!r}); pack the files themselves.")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputError(f"{name} has an unsupported compression; pack it as an ordinary zip (deflate).")


def _check_sizes(entries: list[zipfile.ZipInfo], size: int, name: str) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.UNPACKED:
        raise _too_large(name)
    if unpacked > limits.RATIO * max(size, CHUNK // 4):
        raise InputError(
            f"{name} unpacks to {unpacked / size:,.0f} times its size; at most {limits.RATIO} times are allowed."
        )


def _path(name: str) -> str:
    return str(PurePosixPath(name.replace("\\", "/")))


def _too_large(name: str) -> InputError:
    return InputError(f"{name} has or unpacks to more than {limits.UNPACKED / 2**30:.0f} GiB, which is the limit.")


def _too_many(name: str) -> InputError:
    return InputError(f"{name} contains more than {limits.ENTRIES:,} files and folders, which is the limit.")

"""Download of a picture set from the addresses that torchvision lists. A failed download leaves nothing behind."""

from __future__ import annotations

import hashlib
import http.client
import shutil
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from explorer.data.download_folder import download_folder
from explorer.data.torchvision_sets import TORCHVISION_SETS, data_folder, torchvision_class
from explorer.settings import InputError

CHUNK = 1 << 17  # bytes
TIMEOUT = 20.0  # seconds without data


def download(name: str, progress: Callable[[float, str], None] = lambda share, activity: None) -> None:
    """Download one of `TORCHVISION_SETS` into the data folder, replacing an existing copy.

    The checksum of every file is compared before it is unpacked.

    Args:
        name: key of `TORCHVISION_SETS`.
        progress: called with the finished share, 0 to 1, and the current activity; an exception it raises stops the
            download.

    Raises:
        InputError: if the connection fails, a checksum differs or the folder cannot be written; nothing is left then.
    """
    from torchvision.datasets.utils import extract_archive

    large_set, folder = TORCHVISION_SETS[name], data_folder()
    source = torchvision_class(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with download_folder(folder) as inside:
            done = 0
            for urls, file, md5 in _files(source):

                def report(received: int, before: int = done) -> None:
                    progress(min((before + received) / large_set.bytes, 1.0), f"Downloading {large_set.title}")

                done += _fetch(name, urls, inside / file, md5, report)
            progress(1.0, f"Unpacking {large_set.title}")
            unpacked = inside / large_set.folder
            unpacked.mkdir(parents=True)
            for archive in [path for path in inside.iterdir() if path.is_file()]:
                extract_archive(archive, unpacked if hasattr(source, "resources") else inside, remove_finished=True)
            _put(unpacked, folder / large_set.folder, inside)
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(
            f"{large_set.title} could not be saved in {folder} ({why}); nothing was left there."
        ) from error


def _files(source: Any) -> Iterator[tuple[list[str], str, str]]:
    """Mirrors, name and MD5 of each file to download, as torchvision lists them."""
    if hasattr(source, "resources"):
        for file, md5 in source.resources:
            yield [f"{mirror}{file}" for mirror in source.mirrors], file, md5
    else:
        yield [source.url], source.filename, source.tgz_md5


def _fetch(name: str, urls: list[str], to: Path, md5: str, report: Callable[[int], None]) -> int:
    """Download one file from the first working mirror; returns its size in bytes."""
    why = ""
    for url in urls:
        try:
            return _fetch_from(url, to, md5, report)
        except urllib.error.HTTPError as error:
            why = f"the answer was {error.code} {error.reason}"
        except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError) as error:
            why = f"the connection failed: {getattr(error, 'reason', None) or error or type(error).__name__}"
        except _ChecksumError:
            why = "the checksum differs from the published one"
    raise InputError(
        f"{TORCHVISION_SETS[name].title} could not be downloaded ({why}); nothing was left. Try again, or "
        f"put the folder {TORCHVISION_SETS[name].folder} into {data_folder()} yourself."
    )


class _ChecksumError(Exception):
    """A file with an unexpected checksum."""


def _fetch_from(url: str, to: Path, md5: str, report: Callable[[int], None]) -> int:
    digest, size = hashlib.md5(usedforsecurity=False), 0
    with to.open("wb") as file:
        for chunk in _chunks(url):
            file.write(chunk)
            digest.update(chunk)
            size += len(chunk)
            report(size)
    if digest.hexdigest() != md5:
        raise _ChecksumError
    return size


def _chunks(url: str) -> Iterator[bytes]:
    """Chunks of the response. Yields b"" while no data arrive, so that a stop takes effect at once."""
    arrived: Queue[bytes | BaseException | None] = Queue(maxsize=16)
    closed = threading.Event()

    def read() -> None:
        try:
            with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
                expected, size = answer.length, 0
                while not closed.is_set() and (chunk := answer.read(CHUNK)):
                    size += len(chunk)
                    arrived.put(chunk)
                if expected is not None and size < expected:
                    raise http.client.IncompleteRead(b"", expected - size)
            arrived.put(None)
        except BaseException as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
            arrived.put(error)

    threading.Thread(target=read, name="download", daemon=True).start()
    try:
        while True:
            try:
                chunk = arrived.get(timeout=0.2)
            except Empty:
                chunk = b""
            if chunk is None:
                return
            if isinstance(chunk, BaseException):
                raise chunk
            yield chunk
    finally:
        closed.set()
        while not arrived.empty():  # unblock the reader thread
            arrived.get_nowait()


def _put(unpacked: Path, place: Path, aside: Path) -> None:
    """Move the folder to its place; a previous one moves to the temporary folder."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        shutil.move(place, aside / "replaced")
    unpacked.replace(place)

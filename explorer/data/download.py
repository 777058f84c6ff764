"""Fetching a picture set from where torchvision says that its makers keep it: whole, or nothing is there."""

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
from explorer.data.torchvision_sets import TORCHVISION_SETS, data_folder
from explorer.settings import InputError

PIECE = 1 << 17  # bytes
PATIENCE = 20.0  # seconds without a byte


def download(name: str, progress: Callable[[float, str], None] = lambda share, doing: None) -> None:
    """Fetch one of `TORCHVISION_SETS` into the data folder, in place of what is there under its name.

    progress is told the share that is done and what is being done; whatever it raises stops the download.
    Every file's checksum is compared before it is unpacked. Raises InputError, with nothing half there, for a
    connection that fails, a file that is not what its makers published, and a folder that cannot be written.
    """
    import torchvision.datasets
    from torchvision.datasets.utils import extract_archive

    one, folder = TORCHVISION_SETS[name], data_folder()
    source: Any = getattr(torchvision.datasets, one.name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with download_folder(folder) as inside:
            done = 0
            for urls, file, md5 in _files(source):

                def told(bytes: int, before: int = done) -> None:
                    progress(min((before + bytes) / one.bytes, 1.0), f"Downloading {one.title}")

                done += _fetch(name, urls, inside / file, md5, told)
            progress(1.0, f"Unpacking {one.title}")
            unpacked = inside / one.folder
            unpacked.mkdir(parents=True)
            for archive in [path for path in inside.iterdir() if path.is_file()]:
                extract_archive(archive, unpacked if hasattr(source, "resources") else inside, remove_finished=True)
            _put(unpacked, folder / one.folder, inside)
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(f"{one.title} could not be kept in {folder} ({why}); nothing was left there.") from error


def _files(source: Any) -> Iterator[tuple[list[str], str, str]]:
    """Of each file that is fetched: where it may come from, its name and its MD5, as torchvision knows them."""
    if hasattr(source, "resources"):
        for file, md5 in source.resources:
            yield [f"{mirror}{file}" for mirror in source.mirrors], file, md5
    else:
        yield [source.url], source.filename, source.tgz_md5


def _fetch(name: str, urls: list[str], to: Path, md5: str, told: Callable[[int], None]) -> int:
    """One file, from the first address that gives it; its bytes."""
    why = ""
    for url in urls:
        try:
            return _fetch_from(url, to, md5, told)
        except urllib.error.HTTPError as error:
            why = f"the answer was {error.code} {error.reason}"
        except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError) as error:
            why = f"the connection failed: {getattr(error, 'reason', None) or error or type(error).__name__}"
        except _ForeignError:
            why = "what arrived is not what its makers published"
    raise InputError(
        f"{TORCHVISION_SETS[name].title} could not be downloaded ({why}); nothing was left half there. Try again, or "
        f"put the folder {TORCHVISION_SETS[name].folder} into {data_folder()} yourself."
    )


class _ForeignError(Exception):
    """A file with another checksum."""


def _fetch_from(url: str, to: Path, md5: str, told: Callable[[int], None]) -> int:
    digest, size = hashlib.md5(usedforsecurity=False), 0
    with to.open("wb") as file:
        for piece in _pieces(url):
            file.write(piece)
            digest.update(piece)
            size += len(piece)
            told(size)
    if digest.hexdigest() != md5:
        raise _ForeignError
    return size


def _pieces(url: str) -> Iterator[bytes]:
    """The body of an address as it arrives, b"" now and then while nothing does, so that a stop is heard at once."""
    arrived: Queue[bytes | BaseException | None] = Queue(maxsize=16)
    left = threading.Event()

    def read() -> None:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                expected, size = answer.length, 0
                while not left.is_set() and (piece := answer.read(PIECE)):
                    size += len(piece)
                    arrived.put(piece)
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
                piece = arrived.get(timeout=0.2)
            except Empty:
                piece = b""
            if piece is None:
                return
            if isinstance(piece, BaseException):
                raise piece
            yield piece
    finally:
        left.set()
        while not arrived.empty():  # so that the reader is not left waiting for room
            arrived.get_nowait()


def _put(unpacked: Path, place: Path, aside: Path) -> None:
    """Move the folder to its place; what was there goes with the temporary folder."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        shutil.move(place, aside / "replaced")
    unpacked.replace(place)

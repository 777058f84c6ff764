"""download: whole or not at all, from a server of the test's own on this machine."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import platform
import struct
import subprocess
import sys
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import torchvision.datasets

from explorer.data import load_dataset
from explorer.data.download import download
from explorer.data.torchvision_sets import is_available
from explorer.settings import InputError
from tests.data.test_torchvision_sets import DRAW, cifar100, folder  # noqa: F401 (fixtures)


def idx(values) -> bytes:
    return struct.pack(f">I{values.ndim}I", 0x0800 + values.ndim, *values.shape) + values.astype("uint8").tobytes()


class Server(ThreadingHTTPServer):
    """Serves `files`; what is in `cut` ends halfway, in `ignore_progress` waits without a byte."""

    def __init__(self):
        self.files, self.cut, self.ignore_progress = {}, set(), set()
        self.leave = threading.Event()
        super().__init__(("127.0.0.1", 0), Answer)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/"


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.lstrip("/")
        if name not in self.server.files:
            self.send_error(404)
            return
        body = self.server.files[name]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if name in self.server.ignore_progress:
            self.wfile.flush()
            self.server.leave.wait(30)
            return
        self.wfile.write(body[: len(body) // 2] if name in self.server.cut else body)

    def log_message(self, *words):
        pass


@pytest.fixture
def server():
    serving = Server()
    thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield serving
    serving.leave.set()
    serving.shutdown()
    thread.join()
    serving.server_close()


@pytest.fixture
def mnist(server, monkeypatch):
    """MNIST's four files, of 30 + 20 pictures, on the server; torchvision is told where, and their checksums."""
    resources = []
    for part, samples in (("train", 30), ("t10k", 20)):
        for name, values in (
            (f"{part}-images-idx3-ubyte.gz", DRAW.integers(0, 256, (samples, 28, 28))),
            (f"{part}-labels-idx1-ubyte.gz", DRAW.integers(0, 10, samples)),
        ):
            server.files[name] = gzip.compress(idx(values))
            resources.append((name, hashlib.md5(server.files[name]).hexdigest()))
    monkeypatch.setattr(torchvision.datasets.MNIST, "resources", resources)
    monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", [f"{server.url}gone/", server.url])
    return resources


def test_a_set_arrives_whole_and_is_told_of_as_it_comes(folder, mnist):  # noqa: F811
    heard = []
    download("mnist", lambda share, doing: heard.append((share, doing)))
    assert is_available("mnist") and len(load_dataset("mnist").train) == 30
    assert [path.name for path in folder.iterdir()] == ["MNIST"]
    assert all(0 <= share <= 1 for share, _ in heard) and heard[-1] == (1.0, "Unpacking MNIST")
    assert [share for share, _ in heard] == sorted(share for share, _ in heard)


def test_an_archive_is_unpacked_in_place_of_what_was_there(folder, cifar100, server, monkeypatch):  # noqa: F811
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.add(folder / "cifar-100-python", "cifar-100-python")
    source = torchvision.datasets.CIFAR100
    server.files[source.filename] = packed.getvalue()
    monkeypatch.setattr(source, "url", server.url + source.filename)
    monkeypatch.setattr(source, "tgz_md5", hashlib.md5(packed.getvalue()).hexdigest())
    (folder / "cifar-100-python" / "train").write_bytes(b"damaged")
    download("cifar100")
    assert len(load_dataset("cifar100").train) == 200
    assert [path.name for path in folder.iterdir()] == ["cifar-100-python"]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("missing", "the answer was 404"),
        ("cut", "the connection failed"),
        ("foreign", "the checksum differs from the published one"),
        ("refused", "the connection failed"),
    ],
)
def test_a_failed_download_is_one_sentence_and_leaves_nothing(folder, server, mnist, monkeypatch, fault, said):  # noqa: F811
    last = mnist[-1][0]
    if fault == "missing":
        del server.files[last]
    elif fault == "cut":
        server.cut.add(last)
    elif fault == "foreign":
        server.files[last] = gzip.compress(b"something else")
    else:
        monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", ["http://127.0.0.1:9/"])
    with pytest.raises(InputError, match=said) as error:
        download("mnist")
    assert "\n" not in str(error.value) and "MNIST/raw" in str(error.value)
    assert list(folder.iterdir()) == []


class EnoughError(Exception):
    pass


def test_a_stop_is_heard_while_nothing_arrives(folder, server, mnist):  # noqa: F811
    server.ignore_progress.add(mnist[0][0])
    heard = []

    def stop(share, doing):
        heard.append(share)
        if len(heard) == 2:
            raise EnoughError

    with pytest.raises(EnoughError):
        download("mnist", stop)
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path, monkeypatch, mnist):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "file" / "data"))
    with pytest.raises(InputError, match="could not be saved in"):
        download("mnist")


def test_a_full_disk_is_one_sentence(folder, mnist, monkeypatch):  # noqa: F811
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("explorer.data.download._put", full)
    with pytest.raises(InputError, match="No space left on device"):
        download("mnist")
    assert list(folder.iterdir()) == []


def test_what_a_killed_download_left_goes_with_the_next(folder, mnist):  # noqa: F811
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    names = [f"{platform.node()}-{gone.pid}-a1b2", f"{platform.node()}-{os.getpid()}-a1b2", "elsewhere-1-a1b2", "old"]
    for name in names:
        (folder / f".download-{name}").mkdir(parents=True)
        (folder / f".download-{name}" / "half").write_bytes(b"half")
    for path in (folder / ".download-old", folder / ".download-old" / "half"):
        os.utime(path, (0, 0))
    download("mnist")
    left = {path.name.removeprefix(".download-") for path in folder.iterdir()}
    assert left == {"MNIST", *names[1:3]}

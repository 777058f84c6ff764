"""The app as a process of its own: a Streamlit server on a free port, for browser tests and screenshots."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def serving(script: Path, home: Path, log: Path, base_path: str = "", **environment: str) -> Iterator[str]:
    """The address of a server that runs `script` as long as the context lasts.

    home: its EXPLORER_HOME; log: the file for what it says; environment: further variables. Raises RuntimeError, with
    the log, where it ends before it answers.
    """
    port = _free_port()
    address = f"http://127.0.0.1:{port}/{base_path}".rstrip("/")
    options = {"port": port, "address": "127.0.0.1", "headless": "true", "baseUrlPath": base_path}
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(script)]
            + [f"--server.{name}={value}" for name, value in options.items()],
            cwd=ROOT,
            env=os.environ | {"EXPLORER_HOME": str(home)} | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_healthy(server, address, log)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_healthy(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Ask the health endpoint until it answers; a server that ended instead fails at once, with its log."""
    while True:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            pass
        try:
            code = server.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        raise RuntimeError(f"streamlit ended with {code}:\n{log.read_text()}")

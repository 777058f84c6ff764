"""A real Chromium on a real server: `serve` starts a Streamlit script, `page` is a fresh tab that forgives no error."""

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.browser.chromium import launch

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Opened at the address of a page, Streamlit first asks below that address, and then finds its root: two 404s by design.
PROBES = ("/_stcore/health", "/_stcore/host-config")
PATIENCE = 30_000  # ms until a condition counts as never met: a busy machine of two cores is slow, not broken
Serve = Callable[..., str]


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
        pytest.fail(f"streamlit ended with {code}:\n{log.read_text()}")


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """serve(script, base_path="", **environment) -> its address; the store lies in a folder of this test session."""
    home = tmp_path_factory.mktemp("home")
    servers: list[subprocess.Popen[bytes]] = []

    def start(script: Path, base_path: str = "", **environment: str) -> str:
        port = _free_port()
        address = f"http://127.0.0.1:{port}/{base_path}".rstrip("/")
        options = {"port": port, "address": "127.0.0.1", "headless": "true", "baseUrlPath": base_path}
        log = tmp_path_factory.mktemp("server") / "log.txt"
        with log.open("wb") as output:
            server = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", str(script)]
                + [f"--server.{name}={value}" for name, value in options.items()],
                cwd=ROOT,
                env=os.environ | {"EXPLORER_HOME": str(home)} | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        servers.append(server)
        _wait_until_healthy(server, address, log)
        return address

    yield start
    for server in servers:
        server.terminate()
    for server in servers:
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture(scope="session")
def app_url(serve: Serve) -> str:
    """The address of the explorer itself, one server for the whole session."""
    return serve(ROOT / "app.py")


# Not for the session: while Playwright runs, its event loop does too, and code under other tests may want its own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a file."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = launch(playwright, CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()


def watch(page: Page) -> list[str]:
    """The list to which errors, and calls to other machines, will be added in words as the page makes them."""
    errors: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        source = message.location.get("url", "")
        if message.type == "error" and not ("404" in message.text and source.endswith(PROBES)):
            errors.append(f"console: {message.text} ({source})")

    def see(request: Request) -> None:
        if urlsplit(request.url).hostname not in ("127.0.0.1", None):  # None: data and blobs of the page's own
            errors.append(f"not from this machine: {request.url}")

    page.on("console", hear)
    page.on("request", see)
    page.on("pageerror", lambda error: errors.append(f"page: {error}"))
    return errors


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab in a context of its own; what the browser or Streamlit reports as an error fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE)
    tab = context.new_page()
    errors = watch(tab)
    yield tab
    errors += [f"streamlit: {shown.inner_text()}" for shown in tab.get_by_test_id("stException").all()]
    context.close()
    assert not errors, "\n".join(errors)

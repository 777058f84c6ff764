"""A real Chromium on a real server: `serve` starts a Streamlit script, `page` is a fresh tab that forgives no error."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.browser.chromium import ARGUMENTS, launch
from tests.browser.server import ROOT, serving

# Opened at the address of a page, Streamlit first asks below that address, and then finds its root: two 404s by design.
PROBES = ("/_stcore/health", "/_stcore/host-config")
PATIENCE = 120_000  # ms until a condition counts as never met: a busy machine of two cores is slow, not broken
Serve = Callable[..., str]


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """serve(script, base_path="", **environment) -> its address; the store lies in a folder of this test session."""
    home = tmp_path_factory.mktemp("home")
    with ExitStack() as servers:

        def start(script: Path, base_path: str = "", **environment: str) -> str:
            log = tmp_path_factory.mktemp("server") / "log.txt"
            return servers.enter_context(serving(script, home, log, base_path, **environment))

        yield start


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
        chromium = launch(playwright, ARGUMENTS)
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

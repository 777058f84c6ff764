"""The Chromium that the browser tests drive: the one on PATH, else Playwright's own download, else Debian's package.

`python -m tests.browser.chromium` makes sure that there is one that opens, or fails with one sentence.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MISSING = (
    "The browser tests need a Chromium, and none opens: put one on PATH (Debian: apt-get install chromium) "
    "or let `playwright install chromium` reach its download."
)
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-prefers-reduced-motion",
)
"""No window, no calls to its maker, and no CSS animations, which are drawn in software here."""
PATIENCE = 900  # seconds for one way of installing, before the next is tried


def launch(playwright: Playwright, arguments: Sequence[str] = ()) -> Browser:
    """A headless Chromium: the first on PATH that opens, else Playwright's own; raises LookupError where none does."""
    installed = [path for path in map(shutil.which, NAMES) if path is not None]
    for path in (*installed, None):  # None is Playwright's own
        try:
            return playwright.chromium.launch(executable_path=path, args=arguments)
        except Error:
            continue  # a distribution's stub for another package, or libraries are missing: the next may do
    raise LookupError(MISSING)


def ensure() -> str:
    """The version of the Chromium that opens, installed if need be; raises LookupError where none can be had."""
    installations = _installations()
    while True:
        try:
            with sync_playwright() as playwright:
                return launch(playwright).version
        except LookupError:
            command = next(installations, None)
            if command is None:
                raise
            print(f"Getting a Chromium for the browser tests: {' '.join(command)}", flush=True)
            _succeeds(command)


def _installations() -> Iterator[list[str]]:
    yield [sys.executable, "-m", "playwright", "install", "chromium"]
    if shutil.which("apt-get"):
        if os.geteuid() == 0:
            root = []
        elif shutil.which("sudo") and _succeeds(["sudo", "-n", "true"]):
            root = ["sudo", "-n"]
        else:
            return
        install = "apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium"
        yield [*root, "env", "DEBIAN_FRONTEND=noninteractive", "sh", "-c", install]


def _succeeds(command: list[str]) -> bool:
    """Whether it ends well and in time; what it says goes to standard error, where a failure can be read."""
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, timeout=PATIENCE).returncode == 0
    except subprocess.TimeoutExpired:
        return False


if __name__ == "__main__":
    try:
        print(f"Chromium {ensure()}")
    except LookupError as error:
        sys.exit(str(error))

"""Screenshots of the running app: the two of the README, or with --all every page in light and dark, wide and narrow.

python -m benchmarks.screenshots                                assets/screenshots/overview.png and unlearn.png
python -m benchmarks.screenshots --all --out FOLDER             all scenes, which takes minutes
python -m benchmarks.screenshots compare --all --out FOLDER     one scene
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, launch
from tests.browser.server import ROOT, serving

README = ("overview", "unlearn")
SIZES = {"": {"width": 1440, "height": 900}, "-narrow": {"width": 390, "height": 844}}
SCHEMES = {"": "light", "-dark": "dark"}
DIGITS = "?dataset=digits&model=convnet&forget=class:3"
PATIENCE = 300_000  # ms; Compare is idle only after UMAP has compiled, which takes half a minute or more
# No script runs, and every figure of the page is drawn.
SETTLED = """() => {
  const app = document.querySelector('[data-testid="stApp"]')
  const graphs = [...document.querySelectorAll(".updating-plot .graph")]
  return app?.dataset.testScriptState === "notRunning" &&
    (graphs.length > 0 || document.querySelector('[data-testid="stFileUploader"]')) &&
    !document.querySelector('[data-testid="stSpinner"], [data-testid="stSkeleton"], [data-stale="true"]') &&
    graphs.every(graph => graph.querySelector(".main-svg"))
}"""


def settle(page: Page) -> None:
    """Wait until no script runs and all figures are drawn, for a second."""
    still = 0
    while still < 5:
        page.wait_for_function(SETTLED)
        page.wait_for_timeout(200)
        still = still + 1 if page.evaluate(SETTLED) else 0


def take_screenshot(page: Page, path: Path) -> None:
    """Save a picture of the top of the page, with nothing under the pointer."""
    right, bottom = page.evaluate("[innerWidth, innerHeight]")
    page.mouse.move(right - 2, bottom - 2)
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")
    settle(page)
    page.screenshot(path=path)


def run(page: Page) -> None:
    """Press Run and wait until the run has ended."""
    page.locator(".st-key-run-button button").first.click()
    page.get_by_text("of unlearning").first.wait_for()


def midway(page: Page) -> None:
    """Run slowly for about ten steps, then pause."""
    page.locator(".st-key-speed").get_by_text("slow").click()
    settle(page)
    page.locator(".st-key-run-button button").first.click()
    page.get_by_text(re.compile(r"^Step ([89]|1\d) of at most")).wait_for()
    page.locator(".st-key-pause-button button").first.click()
    page.get_by_text("Paused after").wait_for()


def look(page: Page) -> None:
    """Prepare nothing."""


SCENES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "overview": ("", look),
    "information": ("information", look),
    "information-digits": (f"information{DIGITS}", look),
    "unlearn": ("unlearn", run),
    "unlearn-digits": (f"unlearn{DIGITS}", run),
    "unlearn-midway": ("unlearn?noise_seed=1", midway),
    "unlearn-midway-digits": (f"unlearn{DIGITS}&noise_seed=1", midway),
    "compare": ("compare", look),
    "compare-digits": (f"compare{DIGITS}", look),
    "data": ("data", look),
}


@contextmanager
def tab(browser: Browser, size: str, scheme: str) -> Iterator[Page]:
    """A new tab of this size and colour scheme."""
    context = browser.new_context(viewport=SIZES[size], color_scheme=SCHEMES[scheme])
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(SCENES)))
@click.option("--out", type=click.Path(path_type=Path), default=ROOT / "assets" / "screenshots", help="output folder")
@click.option("--all", "everything", is_flag=True, help="every page, light and dark, wide and narrow")
def main(names: tuple[str, ...], out: Path, everything: bool) -> None:
    """Start the app with an empty store and save screenshots of it."""
    out.mkdir(parents=True, exist_ok=True)
    looks = [(size, scheme) for size in SIZES for scheme in SCHEMES] if everything else [("", "")]
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = launch(playwright, ARGUMENTS)
        with serving(ROOT / "app.py", Path(home), Path(home) / "log.txt") as address:
            for name in names or (SCENES if everything else README):
                place, prepare = SCENES[name]
                for size, scheme in looks:
                    with tab(browser, size, scheme) as page:
                        page.goto(f"{address}/{place}")
                        settle(page)
                        prepare(page)
                        path = out / f"{name}{size}{scheme}.png"
                        take_screenshot(page, path)
                    print(f"{path} {path.stat().st_size / 1000:.0f} kB", flush=True)
        browser.close()


if __name__ == "__main__":
    main()

"""Time to the first paint of the Overview page, and of a change to each other page, in Chromium.

python -m benchmarks.pages                        the shipped example, whose results are stored; --rounds

First paint: from the navigation in a browser context with an empty cache until the three planes are drawn. Page change:
from the click in the navigation until the headline and first figure of the new page are drawn. Every page is entered
from the previous one, after each was visited once. Both are timed inside the page. Also printed: when the server got
its first request, and when all awaited elements were in the page and only had to be drawn.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import click
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.screenshots import settle
from explorer.figures.theme import IDENTITIES
from tests.browser.chromium import ARGUMENTS, launch
from tests.browser.server import ROOT, serving

PAINT, CHANGE = 3000, 700  # ms
PATIENCE = 120_000
PAGES = ("Information", "Unlearn", "Compare", "Overview")
# The awaited graphs are searched in every frame: `wanted` returns them, or nothing while they are missing.
WATCH = """
window.times = {}
const send = WebSocket.prototype.send
WebSocket.prototype.send = function (data) { window.times.asked ??= performance.now(); send.call(this, data) }
window.watch = (wanted) => {
  const look = () => {
    const graphs = wanted()
    if (graphs) window.times.there ??= performance.now()
    if (graphs && graphs.every((graph) => graph.querySelector(".cartesianlayer path")))
      setTimeout(() => { window.times.drawn = performance.now() }) // after this frame is on the screen
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}
const old = (element) => element.closest("[data-stale=true]")
window.fresh = (selector) => [...document.querySelectorAll(selector)].filter((element) => !old(element))
"""
FIRST = """
watch(() => {
  const planes = fresh(".updating-plot .graph").slice(0, COUNT)
  return planes[COUNT - 1] ? planes : undefined
})
""".replace("COUNT", str(len(IDENTITIES)))
NEXT = """() => {
  const headline = () => fresh("[data-testid=stMain] h2").at(0)?.textContent
  const before = headline()
  document.querySelectorAll(".updating-plot .graph").forEach((graph) => { graph.seen = true })
  addEventListener("click", () => {
    window.times = { began: performance.now() }
    watch(() => {
      const found = headline(), graph = fresh(".updating-plot .graph").find((graph) => !graph.seen)
      return found && found !== before && graph ? [graph] : undefined
    })
  }, { capture: true, once: true })
}"""


def first_paint(browser: Browser, address: str) -> dict[str, float]:
    """Milliseconds from the navigation to each time, in a new browser context."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.add_init_script(WATCH + FIRST)
    page.goto(address, wait_until="commit")
    times = _times(page)
    settle(page)  # pending work must not disturb the next round
    context.close()
    return times


def change(page: Page, name: str) -> dict[str, float]:
    """Milliseconds from the click on the link of a page to each time."""
    settle(page)
    page.evaluate(NEXT)
    page.get_by_test_id("stTopNavLink").filter(has_text=name).click()
    return _times(page)


def _times(page: Page) -> dict[str, float]:
    page.wait_for_function("window.times.drawn")
    times: dict[str, Any] = page.evaluate("window.times")
    return {name: times[name] - times.get("began", 0) for name in ("asked", "there", "drawn")}


def line(name: str, rounds: list[dict[str, float]], bar: int) -> str:
    """Line of the report: median, range, the two earlier times, and whether the bar is held."""
    drawn = [each["drawn"] for each in rounds]
    requested, there = (median(each[part] for each in rounds) for part in ("asked", "there"))
    return (
        f"{name}: {median(drawn):.0f} ms ({min(drawn):.0f} to {max(drawn):.0f} in {len(rounds)} rounds); first "
        f"request at {requested:.0f}, all elements in the page at {there:.0f}; bar {bar} ms: "
        f"{'held' if median(drawn) <= bar else 'MISSED'}"
    )


@click.command()
@click.option("--rounds", default=7, show_default=True, help="number of first paints, and of changes to each page")
def main(rounds: int) -> None:
    """Print the median and range of each with its bar."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = launch(playwright, ARGUMENTS)
        with serving(ROOT / "app.py", Path(folder), Path(folder) / "log.txt") as address:
            first_paint(browser, address)  # the server imports the engine meanwhile
            paints = [first_paint(browser, address) for _ in range(rounds)]
            print(line("first paint of the Overview", paints, PAINT), flush=True)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(PATIENCE)
            page.add_init_script(WATCH)
            page.goto(address)
            for name in PAGES:  # the first visit measures and compiles
                change(page, name)
            settle(page)
            changes = [(name, change(page, name)) for _ in range(rounds) for name in PAGES]
            for name in PAGES:
                print(line(f"to {name}", [times for each, times in changes if each == name], CHANGE), flush=True)
        browser.close()


if __name__ == "__main__":
    main()

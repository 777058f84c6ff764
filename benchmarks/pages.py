"""How soon the Overview stands in a fresh browser, and how soon another page stands after a click, in Chromium.

python -m benchmarks.pages                        the story that is shipped, whose data is stored; --rounds as you like

First paint: from the navigation in a browser context that has nothing in its cache to the three planes drawn. A page
change: from the click in the navigation to the new page's headline and its first picture drawn, every page entered from
the one before it, after each has been visited once. Both are timed inside the page; beside them stands when the server
was asked, and when the last of what is waited for was in the page and only its drawing was left.
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
# What is waited for is looked for in each frame: `wanted` says which graphs, or nothing while they are not there.
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
    """Milliseconds from the navigation to each of `times`, in a context of its own."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.add_init_script(WATCH + FIRST)
    page.goto(address, wait_until="commit")
    found = _times(page)
    settle(page)  # so that the next one does not meet what this one still does
    context.close()
    return found


def change(page: Page, name: str) -> dict[str, float]:
    """Milliseconds from the click on a page's link to each of `times`."""
    settle(page)
    page.evaluate(NEXT)
    page.get_by_test_id("stTopNavLink").filter(has_text=name).click()
    return _times(page)


def _times(page: Page) -> dict[str, float]:
    page.wait_for_function("window.times.drawn")
    found: dict[str, Any] = page.evaluate("window.times")
    return {name: found[name] - found.get("began", 0) for name in ("asked", "there", "drawn")}


def line(name: str, rounds: list[dict[str, float]], bar: int) -> str:
    """The median beside its bar, the spread, and where the time went."""
    drawn = [each["drawn"] for each in rounds]
    asked, there = (median(each[part] for each in rounds) for part in ("asked", "there"))
    return (
        f"{name}: {median(drawn):.0f} ms ({min(drawn):.0f} to {max(drawn):.0f} in {len(rounds)} rounds); the server "
        f"was asked at {asked:.0f}, all was there at {there:.0f}; bar {bar} ms: "
        f"{'held' if median(drawn) <= bar else 'MISSED'}"
    )


@click.command()
@click.option("--rounds", default=7, show_default=True, help="first paints, and changes to each page")
def main(rounds: int) -> None:
    """Print the median and the spread of each, beside its bar."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = launch(playwright, ARGUMENTS)
        with serving(ROOT / "app.py", Path(folder), Path(folder) / "log.txt") as address:
            first_paint(browser, address)  # the server imports what it needs: it is up when this has ended
            paints = [first_paint(browser, address) for _ in range(rounds)]
            print(line("first paint of the Overview", paints, PAINT), flush=True)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(PATIENCE)
            page.add_init_script(WATCH)
            page.goto(address)
            for name in PAGES:  # what is measured, placed or compiled at the first visit
                change(page, name)
            settle(page)
            found = [(name, change(page, name)) for _ in range(rounds) for name in PAGES]
            for name in PAGES:
                print(line(f"to {name}", [times for each, times in found if each == name], CHANGE), flush=True)
        browser.close()


if __name__ == "__main__":
    main()

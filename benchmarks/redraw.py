"""Time that the Information page takes to redraw after a change of r, tau or colour, with 6,000 samples, in Chromium.

python -m benchmarks.redraw                       fashion-mini with the mlp; trains and measures it first

A change is timed inside the page, from the key press or click to the frame after the last figure was redrawn. Streamlit
delays the change of a slider before it sends it to the server; this delay is printed too. A Chromium without a GPU
draws WebGL in software, which takes most of the remaining time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

import click
from playwright.sync_api import Page, sync_playwright

from benchmarks.screenshots import settle
from explorer.background.progress import ignore_progress
from explorer.experiments import Experiment
from explorer.experiments.derived.gradients import GRADIENTS
from explorer.experiments.derived.neighbours import NEIGHBOURS
from explorer.store import Store
from tests.browser.chromium import ARGUMENTS, launch
from tests.browser.server import ROOT, serving

BAR = 300  # ms
PATIENCE = 300_000
# Records when each redraw of a plotly graph is on the screen, and when a change is sent to the server.
WATCH = """() => {
  window.drawn = []
  for (const graph of document.querySelectorAll(".updating-plot .graph"))
    if (!graph.watched) {
      graph.watched = true
      const note = () => window.drawn.push(performance.now())
      graph.on("plotly_afterplot", () => requestAnimationFrame(() => setTimeout(note)))
    }
  for (const kind of ["keydown", "pointerdown"])
    addEventListener(kind, () => { window.began = performance.now(); window.drawn = []; window.sent = undefined },
      { capture: true, once: true })
}"""
HEAR = """() => {
  const send = WebSocket.prototype.send
  WebSocket.prototype.send = function (data) { window.sent ??= performance.now(); send.call(this, data) }
}"""
DONE = """() => document.querySelector('[data-testid="stApp"]').dataset.testScriptState === "notRunning" &&
  window.drawn.length && performance.now() - window.drawn.at(-1) > 400"""


def change(page: Page, act: Callable[[], None]) -> tuple[float, float]:
    """Milliseconds from a user action to the last redrawn figure, and to the message to the server."""
    settle(page)
    page.evaluate(WATCH)
    act()
    page.wait_for_function(DONE)
    drawn, sent = page.evaluate("[window.drawn.at(-1) - window.began, window.sent - window.began]")
    return drawn, sent


@click.command()
@click.option("--dataset", default="fashion-mini", show_default=True)
@click.option("--model", default="mlp", show_default=True)
@click.option("--rounds", default=9, show_default=True, help="changes of each kind")
def main(dataset: str, model: str, rounds: int) -> None:
    """Print the median and range for each kind of change with the bar."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        store = Store(Path(folder) / "store", Store.default().shipped)
        experiment = Experiment(dataset, model, store=store)
        print(f"{dataset}, {model}: {len(experiment.data.train):,} training samples", flush=True)
        NEIGHBOURS.get(experiment, experiment.original, ignore_progress, "inputs")
        GRADIENTS.get(experiment, experiment.original, ignore_progress)
        with serving(ROOT / "app.py", Path(folder), Path(folder) / "log.txt") as address:
            browser = launch(playwright, ARGUMENTS)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.add_init_script(f"({HEAR})()")
            page.set_default_timeout(PATIENCE)
            page.goto(f"{address}/information?dataset={dataset}&model={model}&forget=class:3")
            page.get_by_role("heading", name="carry little information").wait_for()
            colours = ["gradient", "class", "alpha"]

            def radius() -> None:
                page.get_by_role("slider", name="Radius").press("ArrowRight")

            def tau() -> None:
                page.get_by_role("slider", name="tau").press("ArrowLeft")

            def colour() -> None:
                colours.append(colours.pop(0))
                page.get_by_test_id("stMain").get_by_role("radio", name=colours[-1], exact=True).click()

            for name, act in (("r", radius), ("tau", tau), ("colour", colour)):
                change(page, act)  # compiles and fills caches
                times, sent = zip(*(change(page, act) for _ in range(rounds)), strict=True)
                verdict = "held" if median(times) <= BAR else "MISSED"
                print(
                    f"a change of {name}: {median(times):.0f} ms ({min(times):.0f} to {max(times):.0f} in {rounds} "
                    f"rounds), of which Streamlit's delay is {median(sent):.0f}; bar {BAR} ms: {verdict}",
                    flush=True,
                )
            browser.close()


if __name__ == "__main__":
    main()

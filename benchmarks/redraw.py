"""How soon the Information page has redrawn after a change of r, tau or colour, at 6,000 samples, in Chromium.

python -m benchmarks.redraw                       fashion-mini under its mlp; trains and measures it first where needed

A change is timed inside the page: from the key press or click to the frame after the last picture has been drawn anew.
Streamlit holds a slider's change back before it tells the server; how long is printed beside. A Chromium without a GPU
draws WebGL in software, which takes most of the rest.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

import click
from playwright.sync_api import Page, sync_playwright

from benchmarks.screenshots import settle
from explorer.experiments import Experiment
from explorer.experiments.derived.gradients import gradients_of
from explorer.experiments.derived.neighbours import neighbours_of
from explorer.store import Store
from tests.browser.chromium import ARGUMENTS, launch
from tests.browser.server import ROOT, serving

BAR = 300  # ms
PATIENCE = 300_000
# Every redraw of a plotly graph notes when its frame is on the screen, and every change when the server is told of it.
WATCH = """() => {
  window.drawn = []
  for (const graph of document.querySelectorAll(".updating-plot .graph"))
    if (!graph.watched) {
      graph.watched = true
      const note = () => window.drawn.push(performance.now())
      graph.on("plotly_afterplot", () => requestAnimationFrame(() => setTimeout(note)))
    }
  for (const kind of ["keydown", "pointerdown"])
    addEventListener(kind, () => { window.began = performance.now(); window.drawn = []; window.told = undefined },
      { capture: true, once: true })
}"""
HEAR = """() => {
  const send = WebSocket.prototype.send
  WebSocket.prototype.send = function (data) { window.told ??= performance.now(); send.call(this, data) }
}"""
DONE = """() => document.querySelector('[data-testid="stApp"]').dataset.testScriptState === "notRunning" &&
  window.drawn.length && performance.now() - window.drawn.at(-1) > 400"""


def change(page: Page, act: Callable[[], None]) -> tuple[float, float]:
    """Milliseconds from an act of the reader to the last picture that it changed, and until the server was told."""
    settle(page)
    page.evaluate(WATCH)
    act()
    page.wait_for_function(DONE)
    drawn, told = page.evaluate("[window.drawn.at(-1) - window.began, window.told - window.began]")
    return drawn, told


@click.command()
@click.option("--dataset", default="fashion-mini", show_default=True)
@click.option("--model", default="mlp", show_default=True)
@click.option("--rounds", default=9, show_default=True, help="changes of each kind")
def main(dataset: str, model: str, rounds: int) -> None:
    """Print the median and the spread of each kind of change, beside the bar."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        store = Store(Path(folder) / "store", Store.default().shipped)
        experiment = Experiment(dataset, model, store=store)
        print(f"{dataset}, {model}: {len(experiment.data.train):,} training samples", flush=True)
        neighbours_of(experiment, "inputs", experiment.original, lambda done, doing: None)
        gradients_of(experiment, experiment.original, lambda done, doing: None)
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
                change(page, act)  # what compiles or is cached the first time
                times, told = zip(*(change(page, act) for _ in range(rounds)), strict=True)
                verdict = "held" if median(times) <= BAR else "MISSED"
                print(
                    f"a change of {name}: {median(times):.0f} ms ({min(times):.0f} to {max(times):.0f} in {rounds} "
                    f"rounds), of which Streamlit's own wait takes {median(told):.0f}; bar {BAR} ms: {verdict}",
                    flush=True,
                )
            browser.close()


if __name__ == "__main__":
    main()

"""Running time of an unlearning run with the page open, against the same run with the page closed; updates per second.

python -m benchmarks.bench_watching

Digits with the convnet, default settings without stopping rule, one server, a real Chromium on this machine. Watched:
the Unlearn page stays open to the end. Not watched: the tab is closed when the run has started, and the run continues.
Both runs are recorded. The seconds are those of unlearning alone, from the store. Each run has its own seed.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import click
from playwright.sync_api import Browser, sync_playwright

from benchmarks.timing import Ratio
from explorer.experiments import Experiment, Request, stored_outcome
from explorer.store import Store
from explorer.unlearning import METHODS, Rule
from tests.browser.chromium import ARGUMENTS, launch
from tests.browser.server import ROOT, serving

BAR, UPDATES = 1.1, 4
PASSES = 200
COUNT = """() => {
  window.updates = []
  document.querySelector(".updating-plot .graph").on("plotly_afterplot", () => window.updates.push(performance.now()))
}"""


def run(browser: Browser, address: str, request: Request, watched: bool) -> tuple[float, list[float]]:
    """Seconds of unlearning, and the times at which the first figure was redrawn (ms)."""
    link = {"dataset": "digits", "model": "convnet", "forget": "class:3", "passes": PASSES, "stop_at": "never"}
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(300_000)
    page.goto(f"{address}/unlearn?{urlencode(link | {'noise_seed': request.noise_seed})}")
    page.locator(".updating-plot .graph .main-svg").first.wait_for()
    page.evaluate(COUNT)
    page.locator(".st-key-run-button button").first.click()
    page.get_by_text("of at most").wait_for()
    if not watched:
        page.context.close()
    while (outcome := stored_outcome(request)) is None:  # read from the store, as the page would search it too
        time.sleep(0.2)
    drawn: list[float] = page.evaluate("window.updates") if watched else []
    page.context.close()
    return outcome.seconds, drawn


@click.command()
@click.option("--rounds", default=5, show_default=True, help="pairs of runs")
def main(rounds: int) -> None:
    """Print the ratio and the updates per second with their bars."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        experiment = Experiment(
            "digits", "convnet", 0, "class:3", Store(Path(folder) / "store", Store.default().shipped)
        )
        experiment.train("original")
        experiment.train("retrained")
        method = METHODS["jit"]
        settings = method.configure(experiment.data.shape, "default", {"passes": PASSES})
        pairs, rates = [], []
        with serving(ROOT / "app.py", Path(folder), Path(folder) / "log.txt") as address:
            browser = launch(playwright, ARGUMENTS)
            for index in range(-1, rounds):
                seconds = {}
                for watched in (True, False) if index % 2 else (False, True):
                    seed = 2 * (index + 1) + watched
                    request = Request(experiment, method, settings, Rule(target="none", guard=0.0), seed)
                    seconds[watched], drawn = run(browser, address, request, watched)
                    if watched and index >= 0:
                        rates.append(1000 * (len(drawn) - 1) / (drawn[-1] - drawn[0]))
                if index >= 0:  # the first pair warms up
                    pairs.append((seconds[True], seconds[False]))
            browser.close()
    watched_s, alone = zip(*pairs, strict=True)
    ratio = Ratio(tuple(open_s / closed_s for open_s, closed_s in pairs), median(watched_s), median(alone))
    print(ratio.beside("watched run / run that is not watched", BAR))
    rate = median(rates)
    print(f"updates per second: {rate:.1f}, bar {UPDATES}: {'held' if rate >= UPDATES else 'MISSED'}")


if __name__ == "__main__":
    main()

"""Time to the first figure of each page for a large data set whose results are stored, in Chromium.

    EXPLORER_DATA=... python -m benchmarks.large        CIFAR-10 with the convnet; --dataset, --model, --forget

Each page is opened by its link in a fresh browser context: once as the first request to a new server, and again when
everything on the page is computed. The store is yours (EXPLORER_HOME). Missing results are trained and measured first,
by opening each page until it is idle, which takes minutes.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from urllib.parse import urlencode

import click
from playwright.sync_api import Browser, sync_playwright

from benchmarks.pages import PATIENCE, WATCH, line
from benchmarks.screenshots import settle
from explorer.experiments import Experiment, Request, Trajectory, stored_outcome, unlearn
from explorer.experiments.runs.trajectory_store import stored_trajectory
from explorer.store import Store
from explorer.unlearning import METHODS, default_rule
from tests.browser.chromium import ARGUMENTS, launch
from tests.browser.server import ROOT, serving

BAR = 3000  # ms
PAGES = ("information", "unlearn", "compare")
FIRST = """
watch(() => {
  const graph = fresh(".updating-plot .graph").at(0)
  return graph ? [graph] : undefined
})
"""


def first_picture(browser: Browser, address: str, done: bool = False) -> dict[str, float]:
    """Milliseconds from the navigation to the first figure; done: wait until the page is idle before leaving."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(10 * PATIENCE)
    page = context.new_page()
    page.add_init_script(WATCH + FIRST)
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.times.drawn")
    times: dict[str, float] = page.evaluate("window.times")
    if done:
        page.wait_for_function("!document.querySelector('[data-testid=stProgress]')")
        settle(page)
    context.close()
    return times


def prepare(dataset: str, model: str, forget: str) -> None:
    """Train and store the three models and the default run."""
    experiment, jit = Experiment(dataset, model, 0, forget), METHODS["jit"]
    experiment.train("original")
    experiment.train("retrained")
    settings = jit.configure(experiment.data.shape, "default")
    request = Request(experiment, jit, settings, default_rule(experiment.forget_set))
    if stored_outcome(request) is None or stored_trajectory(request) is None:
        unlearn(request, Trajectory(experiment.data, experiment.partition))


@click.command()
@click.option("--dataset", default="cifar10", show_default=True)
@click.option("--model", default="convnet", show_default=True)
@click.option("--forget", default="random:5000@128", show_default=True)
@click.option("--rounds", default=3, show_default=True, help="servers started for each page")
def main(dataset: str, model: str, forget: str, rounds: int) -> None:
    """Print the median and range for each page with the bar."""
    prepare(dataset, model, forget)
    home, link = Store.default().home.parent, urlencode({"dataset": dataset, "model": model, "forget": forget})
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser, log = launch(playwright, ARGUMENTS), Path(folder) / "log.txt"
        with serving(ROOT / "app.py", home, log) as address:
            for name in PAGES:
                first_picture(browser, f"{address}/{name}?{link}", done=True)
        for name in PAGES:
            cold, warm = [], []
            for _ in range(rounds):
                with serving(ROOT / "app.py", home, log) as address:
                    cold.append(first_picture(browser, f"{address}/{name}?{link}", done=True))
                    first_picture(
                        browser, f"{address}/{name}?{link}", done=True
                    )  # completes what the first visit started
                    warm.append(first_picture(browser, f"{address}/{name}?{link}"))
            print(line(f"{name}, new server", cold, BAR), flush=True)
            print(line(f"{name}, again", warm, BAR), flush=True)
        browser.close()


if __name__ == "__main__":
    main()

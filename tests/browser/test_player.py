"""The player in a real browser: keys, pictures that stay where they are, the slider, a reload, two people, a lasso."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from explorer.experiments import Experiment
from tests.browser.conftest import Serve, watch
from tests.browser.mouse import LASSO, drag
from tests.browser.server import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
PICTURES = {"dataset": "digits", "model": "mlp", "forget": "class:3", "seed": "0"}
PLANE = {"dataset": "moons:n=80", "model": "mlp", "forget": "near:8@4", "seed": "0"}
LONG = {"passes": "2000", "stop_at": "never"}
UPDATES = 20
ZOOM = "document.querySelector('.updating-plot .graph')._fullLayout.xaxis.range.map(Number)"


@pytest.fixture(scope="module")
def server(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A server whose store has the models that these tests look at."""
    home = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(home))
        for story in (PICTURES, PLANE):
            experiment = Experiment(story["dataset"], story["model"], 0, story["forget"])
            experiment.train("original")
            experiment.train("retrained")
    return serve(ROOT / "app.py", EXPLORER_HOME=str(home))


def opened(page: Page, server: str, **link: str) -> None:
    page.goto(f"{server}/unlearn?{urlencode(link)}")
    expect(page.locator(".st-key-run-button button, .st-key-play-button button").first).to_be_enabled()
    page.locator(".updating-plot .graph .main-svg").first.wait_for()
    page.locator("[data-test-script-state=notRunning]").first.wait_for(state="attached")


def progress(page: Page) -> str:
    text = page.get_by_text(re.compile("^Step [0-9,]+ of at most"))
    text.wait_for()
    return text.inner_text()


def moved_on(page: Page, since: str) -> None:
    page.wait_for_function("text => !document.body.innerText.includes(text)", arg=since)


def test_keys_play_pause_step_and_stop(page: Page, server: str) -> None:
    opened(page, server, **PICTURES, **LONG)
    page.keyboard.press("p")
    moved_on(page, progress(page))
    page.keyboard.press("p")
    paused = page.get_by_text(re.compile("^Paused after step"))
    paused.wait_for()
    before = int(re.sub(",", "", re.search(r"step ([0-9,]+)", paused.inner_text())[1]))
    page.keyboard.press("n")
    page.get_by_text(re.compile(f"^Paused after step {before + 1:,}\\.")).wait_for()
    page.keyboard.press("x")
    page.get_by_text(re.compile(f"^Stopped by the user after {before + 1:,} steps")).wait_for()


def test_what_moves_keeps_its_node_and_its_zoom(page: Page, server: str) -> None:
    opened(page, server, **PICTURES, **LONG)
    page.locator(".st-key-run-button button").first.click()
    progress(page)
    page.wait_for_function("() => document.querySelector('.updating-plot .graph')?._fullLayout?.xaxis")
    page.evaluate(
        """() => {
          const graph = document.querySelector(".updating-plot .graph")
          window.updates = 0
          graph.sameAsBefore = true
          graph.on("plotly_afterplot", () => window.updates++)
        }"""
    )
    drag(page, page.locator(".updating-plot .graph").first, [(0.1, 0.1), (0.6, 0.6)])
    page.wait_for_function(f"() => ({ZOOM})[0] > 0")
    zoom = page.evaluate(ZOOM)
    page.evaluate("window.updates = 0")
    page.wait_for_function("least => window.updates > least", arg=UPDATES)
    assert page.evaluate("document.querySelector('.updating-plot .graph').sameAsBefore")
    assert page.evaluate(ZOOM) == zoom
    page.locator(".st-key-stop-button button").first.click()
    page.get_by_text(re.compile("^Stopped by the user after")).wait_for()


def test_the_slider_moves_the_page_and_the_run_goes_back(page: Page, server: str) -> None:
    opened(page, server, **PICTURES, **LONG)
    for number in (1, 2, 3):
        page.keyboard.press("n")
        page.get_by_text(re.compile(f"^Paused after step {number}\\.")).wait_for()
    page.get_by_role("slider", name=re.compile("snapshots from")).press("ArrowLeft")
    expect(page.get_by_role("heading", name=re.compile("At step 2, accuracy"))).to_be_visible()
    page.locator(".st-key-back-button button").first.click()
    page.get_by_text(re.compile("^Paused after step 2\\.")).wait_for()


def test_a_reload_finds_the_running_job_again(page: Page, server: str) -> None:
    opened(page, server, **PICTURES, **LONG)
    page.locator(".st-key-run-button button").first.click()
    moved_on(page, progress(page))
    expect(page).to_have_url(re.compile("live=[0-9a-f]{8}"))
    page.reload()
    moved_on(page, progress(page))  # it goes on
    page.locator(".st-key-stop-button button").first.click()
    page.get_by_text(re.compile("^Stopped by the user after")).wait_for()


def test_two_people_run_at_once_without_seeing_each_other(page: Page, browser: Browser, server: str) -> None:
    context = browser.new_context()
    context.set_default_timeout(120_000)
    other = context.new_page()
    errors = watch(other)
    try:
        opened(page, server, **PICTURES, **LONG)
        opened(other, server, **PICTURES, **LONG, noise_seed="1")
        page.locator(".st-key-run-button button").first.click()
        moved_on(page, progress(page))
        expect(other.locator(".st-key-run-button button").first).to_be_enabled()
        other.locator(".st-key-run-button button").first.click()
        moved_on(other, progress(other))
        moved_on(page, progress(page))  # both go on
        other.locator(".st-key-stop-button button").first.click()
        other.get_by_text(re.compile("^Stopped by the user after")).wait_for()
        moved_on(page, progress(page))
        page.locator(".st-key-stop-button button").first.click()
        page.get_by_text(re.compile("^Stopped by the user after")).wait_for()
    finally:
        context.close()
    assert not errors, errors


def test_a_lasso_is_forgotten_at_once(page: Page, server: str) -> None:
    opened(page, server, **PLANE)
    samples = page.get_by_role("img", name=re.compile("Decision regions of the original model"))
    drag(page, samples, LASSO)
    button = page.get_by_role("button", name=re.compile("^Forget [0-9]+ and run"))
    count = int(re.search("[0-9]+", button.inner_text())[0])
    button.click()
    expect(page).to_have_url(re.compile("forget=samples%3A.*live="))
    expect(page.get_by_role("heading", name=re.compile(f"n = {count}\\)"))).to_be_visible()

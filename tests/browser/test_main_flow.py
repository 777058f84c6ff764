"""The main job in a real browser: open, choose, run JiT, stop it, compare; links, phones, the dark and the lasso."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from explorer.experiments import Experiment
from explorer.figures.theme import DARK
from tests.browser.conftest import Serve
from tests.browser.mouse import LASSO, drag
from tests.browser.server import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
PATIENCE = 120_000  # ms, also for what trains or measures first
PLANE = {"dataset": "moons:n=80", "model": "mlp", "forget": "near:8@4", "seed": "0"}
HEADLINES = {
    "": r"Accuracy on the forget set \(n = 8\) fell from",
    "information": "of the samples carry little information",
    "unlearn": "training samples are to be forgotten",
    "compare": "Comparison of the original, the unlearned and the retrained model",
}


@pytest.fixture(scope="module")
def fresh(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A server that nobody has used yet; the models of PLANE lie in its store, so that nothing needs to be trained."""
    home = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(home))
        experiment = Experiment(PLANE["dataset"], PLANE["model"], int(PLANE["seed"]), PLANE["forget"])
        experiment.train("original")
        experiment.train("retrained")
    return serve(ROOT / "app.py", EXPLORER_HOME=str(home))


def shown(page: Page, sentence: str, timeout: float = PATIENCE) -> None:
    """Wait for the page's headline."""
    expect(page.get_by_role("heading", name=re.compile(sentence))).to_be_visible(timeout=timeout)


def go(page: Page, name: str) -> None:
    page.get_by_test_id("stTopNavLink").filter(has_text=name).click()


def choose(page: Page, label: str, option: str, link: str) -> None:
    """Pick an option in the sidebar and wait until the address says so."""
    page.get_by_test_id("stSidebar").get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()
    expect(page).to_have_url(re.compile(link))
    page.locator("[data-test-script-state=notRunning]").first.wait_for(state="attached")


def test_a_link_opens_every_page_of_a_server_that_nobody_has_used_yet(page: Page, fresh: str) -> None:
    """Streamlit's older way with a folder called pages starts the first such page without app.py."""
    link = urlencode(PLANE | {"sigma": "0.3"})
    for name in ("compare", "unlearn", "information"):
        page.context.clear_cookies()
        page.goto(f"{fresh}/{name}?{link}")
        shown(page, HEADLINES[name])
        expect(page.get_by_label("Centre sample", exact=True)).to_have_value("4")
        expect(page).to_have_url(f"{fresh}/{name}?{link}")
    go(page, "Unlearn")
    expect(page.get_by_test_id("stSlider").filter(has_text="sigma")).to_contain_text("0.3")


@pytest.mark.timeout(600)  # two trainings, and all of PyTorch is imported for the first
def test_open_choose_run_stop_compare(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/?preset=algorithm-1")
    choose(page, "Data set", "Digits", "dataset=digits&model=convnet")
    choose(page, "Model", "MLP", "dataset=digits&model=mlp&forget=class%3A3")
    go(page, "Unlearn")
    shown(page, "^128 of 1,257 training samples are to be forgotten", timeout=2 * PATIENCE)  # after its training

    page.get_by_text("More settings").click()
    page.get_by_role("slider", name="Passes").press("End")  # far more steps than anybody waits for
    expect(page).to_have_url(re.compile("preset=algorithm-1&passes=10000"))
    page.locator(".st-key-run-button button").first.click()
    progress = page.get_by_text(re.compile("^Step [0-9,]+ of at most"))
    progress.wait_for()
    page.wait_for_function("first => !document.body.innerText.includes(first)", arg=progress.inner_text())
    shown(page, r"^Accuracy on the forget set \(n = 128\) (fell|did not change) from [\d.]+ %")
    page.locator(".st-key-stop-button button").first.click()  # not that of the training below
    expect(page.get_by_text("Stopped by the user after")).to_be_visible()

    go(page, "Compare")
    # After the training of the retrained model.
    shown(page, r"^Accuracy on the forget set \(n = 128\)", timeout=2 * PATIENCE)
    for name in ("Original", "Unlearned", "Retrained"):
        expect(page.get_by_role("columnheader", name=name)).to_be_visible()
    assert page.get_by_role("row").filter(has_text=re.compile(r"Accuracy on D_f.*[\d.]+\s%")).count() >= 1
    expect(page.get_by_role("img", name=re.compile(r"^Entropy of 128 samples \(forget set\)"))).to_be_visible()


@pytest.mark.parametrize("name", HEADLINES)
def test_nothing_is_cut_on_a_phone(page: Page, fresh: str, name: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{fresh}/{name}?{urlencode(PLANE)}")
    shown(page, HEADLINES[name])
    page.locator("[data-test-script-state=notRunning]").first.wait_for(state="attached")
    page.wait_for_function(
        """() => [document.documentElement, ...document.querySelectorAll('[data-testid=stMain], .updating-plot')]
            .every(element => element.scrollWidth <= innerWidth)"""
    )


def test_a_lasso_becomes_the_forget_set(page: Page, fresh: str) -> None:
    page.goto(f"{fresh}/information?{urlencode(PLANE)}")
    shown(page, HEADLINES["information"])
    samples = page.get_by_role("img", name=re.compile("ringed as the forget set, coloured by"))
    drag(page, samples, LASSO)
    button = page.get_by_role("button", name=re.compile("^Forget these [0-9]+"))
    count = int(re.search("[0-9]+", button.inner_text())[0])
    button.click()
    listed = page.get_by_role("textbox", name="Sample numbers")
    expect(listed).to_have_value(re.compile(r"^[\d,]+$|^~"))
    if count <= 40:
        assert len(listed.input_value().split(",")) == count
    expect(page).to_have_url(re.compile("forget=samples%3A"))
    go(page, "Unlearn")
    shown(page, f"^{count} of 56 training samples are to be forgotten")


def test_the_dark_shows_the_pictures_too(page: Page, fresh: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(f"{fresh}/unlearn?{urlencode(PLANE)}")
    shown(page, HEADLINES["unlearn"])
    page.wait_for_function(
        """ink => { const drawn = [...document.querySelectorAll('.updating-plot .graph')]
            return drawn.length >= 4 && drawn.every(graph => graph._fullLayout?.font.color === ink) }""",
        arg=DARK.ink,
    )


def test_an_impatient_reader_keeps_what_the_link_said(page: Page, fresh: str) -> None:
    """A click ends the run that is under way, and takes the link out of the address before anybody has read it."""
    page.goto(f"{fresh}/?{urlencode(PLANE)}")
    for name in ("information", "unlearn", "compare"):
        go(page, name.capitalize())
        page.wait_for_url(re.compile(f"/{name}"))  # and on, without waiting for the page
    shown(page, HEADLINES["compare"])
    expect(page).to_have_url(f"{fresh}/compare?{urlencode(PLANE)}")

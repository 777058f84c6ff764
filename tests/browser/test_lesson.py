"""The lesson in a real browser: a reader walks its five steps, guesses, presses Forget, and ruins the model."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
PATIENCE = 60_000  # ms: a busy machine of two cores is slow, not broken


def says(page: Page, words: str) -> None:
    expect(page.get_by_test_id("stMarkdown").filter(has_text=re.compile(words)).first).to_be_visible(timeout=PATIENCE)


def picture(page: Page, name: str) -> Locator:
    """The lesson's picture of that key, once plotly has drawn it."""
    found = page.locator(f".st-key-lesson-{name} .graph")
    found.locator(".main-svg").first.wait_for(timeout=PATIENCE)
    return found


def go_on(page: Page, title: str) -> None:
    page.get_by_role("button", name=f"Next: {title}").click()


def level(page: Page, right: bool, shown: Locator) -> None:
    """Wait until the film's heading says that all are right, or no longer all."""
    heading = "graph.querySelector('.annotation-text').textContent"
    page.wait_for_function(f"graph => {heading}.includes('100.0') === {str(right).lower()}", arg=shown.element_handle())


@pytest.mark.parametrize("width", [1440, 390])
def test_a_reader_walks_the_five_steps(page: Page, app_url: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(app_url)
    says(page, "shows 301 training samples")
    plane = picture(page, "plane")
    plane.evaluate("graph => { graph.witness = true }")

    go_on(page, "Predict")
    says(page, "Which sample is hardest to forget")
    page.get_by_text("Sample 3", exact=True).click()
    says(page, "Not sample 3: sample 2 was still predicted as B after")
    picture(page, "lines")

    go_on(page, "Forget")
    film = picture(page, "film")
    level(page, True, film)
    film.locator(".updatemenu-button").filter(has_text="Forget").click()
    level(page, False, film)

    go_on(page, "Compare")
    says(page, "The retrained model was trained from the start")
    beside = page.get_by_role("img", name=re.compile("^Decision regions of the retrained model")).last
    expect(beside).to_be_visible()

    go_on(page, "Collapse")
    says(page, "the target is reached")
    before = picture(page, "plane").get_attribute("aria-label")
    page.get_by_role("slider", name="step size eta").press("End")
    says(page, "the model collapses")
    expect(plane).not_to_have_attribute("aria-label", before)
    picture(page, "settings")
    expect(page.get_by_role("button", name=re.compile("^Next: "))).to_have_count(0)
    assert plane.evaluate("graph => graph.witness"), "the plane was built anew on the way"
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_lesson_is_found_where_it_was_left(page: Page, app_url: str) -> None:
    page.goto(app_url)
    says(page, "shows 301 training samples")
    page.get_by_text("4 Compare", exact=True).click()
    says(page, "The retrained model was trained from the start")
    page.get_by_role("link", name="Run it yourself").click()
    expect(page.get_by_role("heading", name=re.compile("to be forgotten"))).to_be_visible(timeout=PATIENCE)
    page.get_by_test_id("stTopNavLink").filter(has_text="Overview").click()
    says(page, "The retrained model was trained from the start")

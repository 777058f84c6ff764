"""The first paint in a real browser: three planes, a film that plays and pauses, and the way on to the same story."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def film(page: Page) -> Locator:
    found = page.get_by_role("img", name=re.compile("^Decision boundary of the unlearned model in"))
    found.locator(".slider-rail-touch-rect").wait_for()
    return found


def step(shown: Locator) -> int:
    return int(re.search(r"step (\d+)", shown.locator(".annotation-text").first.text_content())[1])


def wait_for_step(page: Page, shown: Locator, condition: str) -> None:
    heading = "graph.querySelector('.annotation-text').textContent"
    page.wait_for_function(
        f"graph => {{ const step = Number({heading}.match(/step (\\d+)/)[1]); return {condition} }}",
        arg=shown.element_handle(),
    )


def test_the_film_plays_pauses_and_is_moved_by_hand(page: Page, app_url: str) -> None:
    page.goto(app_url)
    shown = film(page)
    last = step(shown)
    shown.locator(".updatemenu-button").filter(has_text="Play").click()
    wait_for_step(page, shown, f"0 < step && step < {last}")
    shown.locator(".updatemenu-button").filter(has_text="Pause").click()  # the page fixture forgives no error
    rail = shown.locator(".slider-rail-touch-rect").bounding_box()
    page.mouse.click(rail["x"] + 2, rail["y"] + rail["height"] / 2)
    wait_for_step(page, shown, "step === 0")


def test_the_three_planes_are_of_one_height_on_one_line(page: Page, app_url: str) -> None:
    page.goto(app_url)
    film(page)
    planes = page.locator(".updating-plot .graph")  # the first three: the lesson's stand below
    planes.nth(2).locator(".nsewdrag").first.wait_for()
    boxes = [planes.nth(number).locator(".nsewdrag").first.bounding_box() for number in range(3)]
    assert max(box["height"] for box in boxes) - min(box["height"] for box in boxes) < 1
    assert max(box["y"] for box in boxes) - min(box["y"] for box in boxes) < 1


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_is_cut(page: Page, app_url: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(app_url)
    film(page)
    cut = "table => table.scrollWidth - table.parentElement.clientWidth"
    assert page.get_by_role("table").first.evaluate(cut) <= 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_run_it_yourself_leads_to_the_same_story(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/?dataset=circles")
    data = page.get_by_role("combobox", name=re.compile("Data set"))
    expect(data).to_have_value("Circles")
    page.get_by_role("link", name="Run it yourself").click()
    expect(page.get_by_role("heading", name=re.compile("8 of 301 training samples"))).to_be_visible()
    expect(page).to_have_url(re.compile(r"/unlearn\?.*samples"))
    expect(data).to_have_value("Moons")

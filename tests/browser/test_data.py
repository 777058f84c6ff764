"""Uploads in a real browser: upload faces, preview them, save them, select a person, unlearn that person, compare.

With FACES naming a zip of faces, these are uploaded; otherwise stripes that stand for persons are made here.
"""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Serve
from tests.browser.server import ROOT
from tests.data.pictures import persons, zipped

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PATIENCE = 120_000  # ms: two small trainings


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    """A zip of a folder for each person."""
    if given := os.environ.get("FACES"):
        return Path(given)
    made = tmp_path / "persons.zip"
    made.write_bytes(zipped(persons(people=6, shots=10)).getvalue())
    print("FACES is not set: stripes are uploaded in the place of faces.")
    return made


def go(page: Page, name: str) -> None:
    page.get_by_test_id("stTopNavLink").filter(has_text=name).click()


def choose(page: Page, label: str, option: str | re.Pattern[str]) -> None:
    page.get_by_test_id("stSidebar").get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).first.click()


def shown(page: Page, sentence: str) -> None:
    expect(page.get_by_role("heading", name=re.compile(sentence))).to_be_visible(timeout=PATIENCE)


def test_bring_faces_forget_a_person_and_compare(page: Page, serve: Serve, tmp_path: Path, faces: Path) -> None:
    url = serve(ROOT / "app.py", EXPLORER_HOME=str(tmp_path / "home"))
    page.goto(f"{url}/data")
    shown(page, "nothing uploaded yet$")
    page.locator("input[type=file]").set_input_files(faces)
    shown(page, r"grey pictures of 32 x 32 in \d+ classes: \d+ for training, \d+ for testing$")
    page.get_by_role("textbox", name="Name").fill("Friends")
    page.get_by_role("textbox", name="Name").press("Enter")
    page.get_by_role("button", name="Save and use").click()
    shown(page, r"^Friends is selected, \d+ samples in \d+ classes; 1 data set uploaded")
    expect(page).to_have_url(re.compile(r"dataset=own%3Afriends-[0-9a-f]{8}&model=convnet&forget=class%3A3"))

    choose(page, "Model", "MLP")
    expect(page).to_have_url(re.compile("model=mlp"))
    choose(page, "Class", re.compile("^(p1|s2)$"))
    expect(page).to_have_url(re.compile("forget=class%3A1"))
    go(page, "Unlearn")
    shown(page, "training samples are to be forgotten")
    page.locator(".st-key-run-button button").first.click()
    shown(page, r"^Accuracy on the forget set \(n = \d+\) (fell|did not change) from [\d.]+ %")
    go(page, "Compare")
    shown(page, r"^Accuracy on the forget set \(n = \d+\)")
    for name in ("Original", "Unlearned", "Retrained"):
        expect(page.get_by_role("columnheader", name=name)).to_be_visible()

    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{url}/data")
    shown(page, "1 data set uploaded$")
    page.wait_for_function(
        """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
            .every(element => element.scrollWidth <= innerWidth)"""
    )


def test_a_file_begins_with_the_usual_options_whatever_was_uploaded_before_it(
    page: Page, serve: Serve, tmp_path: Path
) -> None:
    """A browser's uploader is empty between two files, and the second arrives while the page is still drawn."""
    url = serve(ROOT / "app.py", EXPLORER_HOME=str(tmp_path / "home"))
    stripes, points = tmp_path / "stripes.zip", tmp_path / "points.csv"
    stripes.write_bytes(zipped(persons()).getvalue())
    points.write_text("a,b,kind\n" + "".join(f"{i},{i % 7},{'xy'[i % 2]}\n" for i in range(20)))
    page.goto(f"{url}/data")
    shown(page, "nothing uploaded yet$")
    for file, found in (
        (stripes, "16 for training, 8"),
        (points, "14 for training, 6"),
        (stripes, "16 for training, 8"),
    ) * 2:
        page.locator("input[type=file]").set_input_files(file)
        shown(page, f"{found} for testing$")
        expect(page.get_by_role("slider", name="Test share")).to_have_value("0.3")

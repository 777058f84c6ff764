"""Compare in a real browser: samples selected in one figure stand out in all of them at once, and can be forgotten."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Serve
from tests.browser.mouse import LASSO, drag
from tests.browser.server import ROOT
from tests.pages.conftest import PICTURES, PLANE, request_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
IDENTITIES = ("original", "unlearned", "retrained")


@pytest.fixture(scope="module")
def prepared(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A server whose store holds the three models of a plane and of pictures."""
    from explorer.experiments import unlearn

    home = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(home))
        for story in (PLANE, PICTURES):
            request = request_of(story)
            request.experiment.train("retrained")
            unlearn(request)
    return serve(ROOT / "app.py", EXPLORER_HOME=str(home))


def open_compare(page: Page, address: str, story: dict[str, str]) -> None:
    page.goto(f"{address}/compare?{urlencode(story | {'map': 'PCA'})}")
    for name in IDENTITIES:
        picture(page, f"map-{name}").locator(".main-svg").first.wait_for()


def picture(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} .graph")


CHOSEN = """key => {
  const traces = document.querySelector(`.st-key-${key} .graph`)._fullData
  const found = traces.flatMap((trace) => Array.from(trace.selectedpoints ?? []).map((at) => trace.customdata[at]))
  return [...new Set(found)].sort((one, other) => one - other)
}"""


def chosen(page: Page, key: str) -> list[int]:
    """The samples that stand out in a picture."""
    return page.evaluate(CHOSEN, key)


def stands_out(page: Page, keys: list[str], samples: list[int]) -> None:
    """Wait until these samples stand out in all of these pictures."""
    for key in keys:
        page.wait_for_function(
            f"([key, wanted]) => String(({CHOSEN})(key)) === wanted", arg=[key, ",".join(map(str, samples))]
        )


def test_a_lasso_in_any_picture_of_a_plane_is_seen_in_all_and_forgotten_from_there(page: Page, prepared: str) -> None:
    open_compare(page, prepared, PLANE)
    planes, maps = ([f"{kind}-{name}" for name in IDENTITIES] for kind in ("plane", "map"))
    table = page.locator("table").first.element_handle()
    drag(page, picture(page, maps[0]), LASSO)
    page.get_by_role("button", name="Clear selection").first.wait_for()
    first = chosen(page, maps[0])
    assert len(first) > 1
    stands_out(page, planes + maps, first)
    drag(page, picture(page, planes[2]), [(1 - right, down) for right, down in LASSO])
    page.wait_for_function(
        f"([key, before]) => ![before, ''].includes(String(({CHOSEN})(key)))",
        arg=[planes[0], ",".join(map(str, first))],
    )
    stands_out(page, planes + maps, chosen(page, planes[0]))
    assert table.evaluate("table => table.isConnected")  # the rest of the page stood still
    page.get_by_role("button", name="Clear selection").first.click()
    stands_out(page, planes + maps, [])
    drag(page, picture(page, planes[0]), LASSO)
    page.locator(".st-key-forget-from-here button").click()
    expect(page).to_have_url(re.compile(r"/unlearn\?.*forget=samples"))


def test_a_corner_of_a_slice_is_chosen_in_the_maps_too(page: Page, prepared: str) -> None:
    open_compare(page, prepared, PICTURES | {"slice": "4,17,90"})
    slices, maps = ([f"{kind}-{name}" for name in IDENTITIES] for kind in ("slice", "map"))
    picture(page, slices[0]).locator(".main-svg").first.wait_for()
    drag(page, picture(page, slices[0]), [(0.02, 0.5), (0.5, 0.5), (0.5, 0.98), (0.02, 0.98), (0.02, 0.5)])
    stands_out(page, slices + maps, [4])

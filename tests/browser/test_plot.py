"""The plot that updates in place, in a real browser: node and zoom stay, what is selected arrives in Python."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from explorer.figures.theme import DARK, LIGHT
from tests.browser.mouse import drag

pytestmark = pytest.mark.browser
APP = Path(__file__).parent / "apps" / "plots.py"


@pytest.fixture(scope="module")
def address(serve: Callable[..., str]) -> str:
    return serve(APP)


def graph(page: Page, alt: str) -> Locator:
    """The plot whose alternative text starts with `alt`, once it is drawn."""
    found = page.get_by_role("img", name=re.compile(f"^{alt}"))
    found.locator(".main-svg").first.wait_for()
    return found


def wait_for_updates(page: Page, wave: Locator, count: int) -> None:
    """Return when `wave` was updated `count` more times, by what its alternative text says."""
    seen = "graph => Number(graph.ariaLabel.match(/update (\\d+)/)[1])"
    start = wave.evaluate(seen)
    for target in range(start + 1, start + count + 1):
        page.wait_for_function(f"([graph, target]) => ({seen})(graph) >= target", arg=[wave.element_handle(), target])


def test_an_update_keeps_the_node_and_the_zoom(page: Page, address: str) -> None:
    page.goto(address)
    wave = graph(page, "A wave")
    before = wave.evaluate("graph => { graph.tag = 'first'; return graph._fullLayout.xaxis.range }")
    drag(page, wave, [(0.25, 0.5), (0.5, 0.52)])  # while it updates
    zoomed = wave.evaluate("graph => graph._fullLayout.xaxis.range")
    assert before[0] + 1 < zoomed[0] < zoomed[1] < before[1] - 1
    heights = wave.evaluate("graph => Array.from(graph._fullData[0].y)")
    wait_for_updates(page, wave, 20)
    assert wave.evaluate("graph => graph.tag") == "first"
    assert wave.evaluate("graph => graph._fullLayout.xaxis.range") == zoomed
    assert wave.evaluate("graph => Array.from(graph._fullData[0].y)") != heights


def test_what_is_selected_arrives_as_indices(page: Page, address: str) -> None:
    page.goto(address)
    grid = graph(page, "A grid")
    lasso = [(0.45, 0.55), (0.45, 1), (0, 1), (0, 0.55), (0.45, 0.55)]
    drag(page, grid, lasso)
    found = page.get_by_text("chosen [100")
    expect(found).to_have_text(re.compile(r"^chosen \[100, .*106, "))
    chosen = [int(index) for index in re.findall(r"\d+", found.inner_text())]
    columns, rows = {(index - 100) % 6 for index in chosen}, {(index - 100) // 6 for index in chosen}
    assert chosen == sorted({100 + column + 6 * row for column in columns for row in rows})
    assert columns == rows == set(range(len(columns)))
    clear(page, grid)
    expect(page.get_by_text("chosen []")).to_be_visible()
    click(page, grid, 8)
    expect(page.get_by_text("chosen [108]")).to_be_visible()


def click(page: Page, plot: Locator, number: int) -> None:
    """Click the sample at this place of the plot's first trace."""
    rest(page, plot)
    point = plot.locator(".scatterlayer .trace").first.locator(".point").nth(number).bounding_box()
    page.mouse.click(point["x"] + point["width"] / 2, point["y"] + point["height"] / 2)
    plot.evaluate("graph => { graph.clicked = performance.now() }")


def clear(page: Page, plot: Locator) -> None:
    """Double click where no sample is."""
    rest(page, plot)
    box = plot.locator(".nsewdrag").bounding_box()
    page.mouse.dblclick(box["x"] + 0.7 * box["width"], box["y"] + 0.3 * box["height"])
    plot.evaluate("graph => { graph.clicked = performance.now() }")


def rest(page: Page, plot: Locator) -> None:
    """Wait until plotly no longer takes another click on this plot for part of the last one."""
    over = "graph => !graph.clicked || performance.now() - graph.clicked > graph._context.doubleClickDelay"
    page.wait_for_function(over, arg=plot.element_handle())


def test_what_is_chosen_in_one_picture_stands_out_in_all(page: Page, address: str) -> None:
    page.goto(address)
    grid, row = graph(page, "A grid"), graph(page, "A row")
    standing = "([graph, ids]) => String(graph._fullData[0].selectedpoints ?? []) === String(ids)"
    for plot, other, number in ((grid, row, 8), (row, grid, 20), (grid, row, 8), (row, grid, 20)):
        click(page, plot, number)
        expect(page.get_by_text(f"chosen [{100 + number}]")).to_be_visible()
        for shown in (plot, other):
            page.wait_for_function(standing, arg=[shown.element_handle(), [number]])
    clear(page, grid)  # in the picture that was not the last to choose
    expect(page.get_by_text("chosen []")).to_be_visible()
    for shown in (grid, row):
        page.wait_for_function(standing, arg=[shown.element_handle(), []])


def test_two_plots_update_apart_and_come_back_with_the_page(page: Page, address: str) -> None:
    fetched = []
    page.on("request", lambda request: fetched.append(request.url) if "component/" in request.url else None)
    page.goto(address)
    wave, grid = graph(page, "A wave"), graph(page, "A grid")
    grid.evaluate("graph => { graph.redraws = 0; graph.on('plotly_react', () => graph.redraws++) }")
    wave.evaluate("graph => { graph.redraws = 0; graph.on('plotly_react', () => graph.redraws++) }")
    wait_for_updates(page, wave, 3)
    assert grid.evaluate("graph => graph.redraws") == 0 < wave.evaluate("graph => graph.redraws")
    page.get_by_role("link", name="Second").click()
    graph(page, "A line that rises")
    expect(wave).to_have_count(0)
    page.get_by_role("link", name="First").click()
    graph(page, "A grid")
    wait_for_updates(page, graph(page, "A wave"), 3)
    assert len(fetched) == 1


def test_frames_play(page: Page, address: str) -> None:
    page.goto(f"{address}/second")
    line = graph(page, "A line that rises")
    assert line.evaluate("graph => Array.from(graph.data[0].y)") == [0, 0]
    line.locator(".updatemenu-button").click()
    page.wait_for_function("graph => graph.data[0].y[1] === 6", arg=line.element_handle())
    rail = line.locator(".slider-rail-touch-rect").bounding_box()
    page.mouse.click(rail["x"] + rail["width"] / 3, rail["y"] + rail["height"] / 2)
    page.wait_for_function("graph => graph.data[0].y[1] === 2", arg=line.element_handle())


def test_a_figure_that_fails_shows_a_sentence_until_it_is_mended(page: Page, address: str) -> None:
    page.goto(f"{address}/second")
    sentence = page.get_by_text("This figure could not be drawn")
    expect(sentence).to_be_visible()
    page.get_by_text("mended").click()
    graph(page, "A figure cut off")
    expect(sentence).to_have_count(0)


def test_a_picture_that_comes_to_need_webgl_is_drawn_by_the_whole_library(page: Page, address: str) -> None:
    page.goto(f"{address}/third")
    points = graph(page, "Points")
    points.evaluate("graph => { graph.tag = 'first' }")
    traces = "graph => (graph._fullData ?? []).map(trace => trace.type + trace.x.length).join()"
    assert points.evaluate(traces) == "scatter9"
    for kind, toggled in (("scattergl", True), ("scatter", False), ("scattergl", True)):
        page.get_by_text("by WebGL").click()
        page.wait_for_function(
            f"([graph, wanted]) => ({traces})(graph) === wanted", arg=[points.element_handle(), f"{kind}9"]
        )
        assert points.evaluate("graph => graph.tag") == "first"
        assert (points.locator(".gl-canvas").count() > 0) == toggled
        drag(page, points, [(0.02, 0.02), (0.98, 0.02), (0.98, 0.98), (0.02, 0.98), (0.02, 0.02)])
        expect(page.get_by_text("chosen 9")).to_be_visible()
        points.evaluate("graph => { graph.clicked = performance.now() }")
        clear(page, points)
        expect(page.get_by_text("chosen 0")).to_be_visible()


def test_the_picture_follows_the_page(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_text("ticking").click()  # so that nothing reruns by itself
    plots = [graph(page, "A wave"), graph(page, "A grid")]
    ink = "graph => graph._fullLayout.font.color"
    assert [plot.evaluate(ink) for plot in plots] == [LIGHT.ink, LIGHT.ink]
    page.get_by_test_id("stMainMenu").click()
    page.get_by_test_id("stMainMenuItem-theme-Dark").click()
    for plot in plots:
        page.wait_for_function(f"([graph, ink]) => ({ink})(graph) === ink", arg=[plot.element_handle(), DARK.ink])


def test_the_picture_is_as_wide_as_its_column(page: Page, address: str) -> None:
    page.goto(address)
    grid = graph(page, "A grid")
    drawn = "graph => graph.querySelector('.main-svg').clientWidth"
    before = grid.evaluate(drawn)
    for width in (1000, 390):
        page.set_viewport_size({"width": width, "height": 844})
        fits = f"([graph, before]) => ({drawn})(graph) < before && Math.abs(({drawn})(graph) - graph.clientWidth) < 2"
        page.wait_for_function(fits, arg=[grid.element_handle(), before])
        assert grid.evaluate("graph => graph.clientHeight") == 380
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_app_may_live_below_a_path(page: Page, serve: Callable[..., str]) -> None:
    address = serve(APP, base_path="tools/explorer")
    page.goto(f"{address}/second")
    graph(page, "A line that rises")
    page.goto(address)
    graph(page, "A grid")

"""What a reader's hand does in a picture."""

from playwright.sync_api import Locator, Page

LASSO = [(0.1, 0.1), (0.6, 0.1), (0.6, 0.9), (0.1, 0.9), (0.1, 0.1)]
"""Around the left half of a picture, for `drag`."""


def drag(page: Page, plot: Locator, path: list[tuple[float, float]]) -> None:
    """Draw along `path` with the mouse; corners are shares of the drawing area's width and height, from top left."""
    surface = plot.locator(".nsewdrag").first
    surface.scroll_into_view_if_needed()
    box = surface.bounding_box()
    at = [(box["x"] + right * box["width"], box["y"] + down * box["height"]) for right, down in path]
    page.mouse.move(*at[0])
    page.mouse.down()
    for corner in at[1:]:
        page.mouse.move(*corner, steps=8)
    page.mouse.up()

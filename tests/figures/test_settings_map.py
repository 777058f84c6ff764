from __future__ import annotations

import numpy as np
import pytest

from explorer.figures.settings_map import describe_settings_map, settings_map
from explorer.figures.theme import LIGHT, Theme

SHARES = np.array([[0.27, 0.5, 0.52], [0.9, 0.98, 0.61]])
ROWS, COLUMNS = ("0.01", "0.2"), ("1e-4", "1e-3", "0.1")
TITLES = {"title": "Right", "row_title": "sigma", "column_title": "eta"}


def contrast(one: str, other: str) -> float:
    """That of WCAG 2."""

    def luminance(color: str) -> float:
        parts = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
        return float(
            np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4) @ (0.2126, 0.7152, 0.0722)
        )

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("chosen", [(0, 0), (1, 2)])
def test_every_cell_says_its_share_and_the_chosen_one_is_framed(theme: Theme, chosen: tuple[int, int]) -> None:
    picture = settings_map(SHARES, ROWS, COLUMNS, chosen, theme, **TITLES, floor=0.5)
    field, words = picture.data
    assert (field.z.shape, field.zmin, field.zmax) == ((2, 3), 50, 100)
    written = {(int(y), int(x)): text for x, y, text in zip(words.x, words.y, words.text, strict=True)}
    assert written == {(row, column): f"{100 * SHARES[row, column]:.0f} %" for row in range(2) for column in range(3)}
    for frame in picture.layout.shapes:
        middle = ((frame.y0 + frame.y1) / 2, (frame.x0 + frame.x1) / 2)
        assert middle == chosen and frame.x1 - frame.x0 == frame.y1 - frame.y0 == 1
    assert picture.layout.xaxis.ticktext == COLUMNS and picture.layout.yaxis.ticktext == ROWS
    assert picture.layout.xaxis.title.text == "eta" and picture.layout.yaxis.title.text == "sigma"


def test_every_number_is_legible_on_its_cell(theme: Theme) -> None:
    shares = np.linspace(0.5, 1, 41)[None]
    picture = settings_map(shares, ["0"], list(map(str, range(41))), (0, 0), theme, **TITLES, floor=0.5)
    stops, colors = zip(*theme.field_scale, strict=True)
    channels = np.array([[int(color[at : at + 2], 16) for at in (1, 3, 5)] for color in colors])
    for share, ink in zip(shares[0], picture.data[1].textfont.color, strict=True):
        cell = [round(np.interp(2 * share - 1, stops, channel)) for channel in channels.T]
        assert contrast("#{:02X}{:02X}{:02X}".format(*cell), ink) >= 4.4, share


def test_the_sentence_names_the_chosen_the_best_and_the_worst() -> None:
    words = describe_settings_map(SHARES, ROWS, COLUMNS, (0, 1), "Right")
    assert "Framed: 50.0 % at 0.01 and 1e-3." in words
    assert "Lowest: 27.0 % at 0.01 and 1e-4. Highest: 98.0 % at 0.2 and 1e-3." in words


def test_the_arrays_are_not_changed() -> None:
    before = SHARES.copy()
    settings_map(SHARES, ROWS, COLUMNS, (0, 0), LIGHT, **TITLES)
    assert (before == SHARES).all()

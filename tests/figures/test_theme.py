import tomllib
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plotly.subplots import make_subplots

from explorer.figures.theme import DARK, DASHES, IDENTITIES, LIGHT, Theme, blend, plotly_template, style

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())["theme"]
COLORS = st.from_regex(r"#[0-9A-F]{6}", fullmatch=True)


def linear(color: str) -> np.ndarray:
    """Linear sRGB in 0..1, as WCAG 2.2 defines it."""
    channels = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, 1..21."""
    low, high = sorted(float(linear(color) @ [0.2126, 0.7152, 0.0722]) for color in (one, other))
    return (high + 0.05) / (low + 0.05)


def oklab(color: str) -> np.ndarray:
    """Lightness and two opponent axes in which equal distances look equal (Ottosson 2020)."""
    cones = np.array([[0.41222, 0.53633, 0.05145], [0.2119, 0.6807, 0.1074], [0.0883, 0.28172, 0.62998]])
    axes = np.array([[0.21045, 0.79362, -0.00407], [1.978, -2.42859, 0.45059], [0.0259, 0.78277, -0.80868]])
    return axes @ np.cbrt(cones @ linear(color))


def distance(one: str, other: str) -> float:
    return float(np.linalg.norm(oklab(one) - oklab(other)))


def hue(color: str) -> float:
    return float(np.degrees(np.arctan2(*oklab(color)[:0:-1])))


def turn(one: str, other: str) -> float:
    """The angle between two hues, 0..180 degrees."""
    return abs((hue(one) - hue(other) + 180) % 360 - 180)


def sizes(node: Any) -> Iterator[float]:
    """Every font size in a figure's JSON."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name.endswith("font") and "size" in value:
                yield value["size"]
            yield from sizes(value)
    elif isinstance(node, (list, tuple)):
        for value in node:
            yield from sizes(value)


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@THEMES
def test_text_is_legible(theme: Theme) -> None:
    for text in (theme.ink, theme.muted):
        assert contrast(text, theme.surface) >= 4.5
    for index in range(len(theme.classes)):
        assert contrast(theme.ink, theme.region(index)) >= 4.5
    assert contrast(theme.grid, theme.surface) < 1.5  # a line that must not be noticed


@THEMES
def test_the_page_has_the_colours_of_the_theme(theme: Theme) -> None:
    page = CONFIG[theme.name]
    assert (page["backgroundColor"], page["textColor"]) == (theme.surface, theme.ink)
    assert page["chartCategoricalColors"][:3] == [theme.identity(name) for name in IDENTITIES]
    assert set(page["chartCategoricalColors"][3:]) <= set(theme.classes)
    assert CONFIG["baseFontSize"] >= 16


@THEMES
def test_the_three_models_have_their_colours(theme: Theme) -> None:
    assert [LIGHT.identity(name) for name in IDENTITIES] == ["#0072B2", "#D55E00", "#009E73"]
    assert set(DASHES) == set(IDENTITIES)
    for name in IDENTITIES:
        assert contrast(theme.identity(name), theme.surface) >= 3
        assert turn(theme.identity(name), LIGHT.identity(name)) < 10
    with pytest.raises(KeyError):
        theme.identity("forgotten")


@THEMES
def test_classes_differ_from_each_other_and_from_the_models(theme: Theme) -> None:
    assert len(theme.classes) >= 10
    assert min(distance(*pair) for pair in combinations(theme.classes, 2)) > 0.12
    for color in theme.classes:
        assert contrast(color, theme.surface) >= 2
        for name in IDENTITIES:
            assert distance(color, theme.identity(name)) > 0.12
            assert turn(color, theme.identity(name)) > 20
    assert distance(*theme.classes[:2]) > 0.3  # most planes have two
    assert len({theme.class_color(number) for number in range(40)}) == 40


@THEMES
def test_the_field_scale_is_even_and_runs_from_page_to_ink(theme: Theme) -> None:
    steps = [distance(*pair) for pair in zip(theme.field, theme.field[1:], strict=False)]
    assert max(steps) < 1.15 * min(steps)
    ratios = [contrast(color, theme.surface) for color in theme.field]
    assert ratios == sorted(ratios)
    assert ratios[0] > 1.4
    places, colors = zip(*theme.field_scale, strict=True)
    assert places == pytest.approx(np.linspace(0, 1, len(theme.field)))
    assert colors == theme.field


@given(st.integers(1, 30))
def test_a_class_number_meets_its_own_region(count: int) -> None:
    scale = LIGHT.region_scale(count)
    assert (scale[0][0], scale[-1][0]) == (0, 1)
    for index in range(count):
        place = (index + 0.5) / count  # where a heatmap with zmin=-.5, zmax=count-.5 looks up `index`
        below = [color for stop, color in scale if stop < place]
        above = [color for stop, color in scale if stop > place]
        assert below[-1] == above[0] == LIGHT.region(index)


@given(COLORS, COLORS, st.floats(0, 1))
def test_a_blend_lies_between(over: str, under: str, share: float) -> None:
    assert (blend(over, under, 1), blend(over, under, 0)) == (over, under)
    mixed = blend(over, under, share)
    for at in (1, 3, 5):
        ends = sorted((int(over[at : at + 2], 16), int(under[at : at + 2], 16)))
        assert ends[0] <= int(mixed[at : at + 2], 16) <= ends[1]


@THEMES
def test_style_is_plain_large_and_transparent(theme: Theme) -> None:
    figure = go.Figure(go.Scatter(y=[1, 2], marker={"showscale": True, "color": [0, 1]}))
    assert style(figure, theme, height=300, x_title="radius", y_title="alpha") is figure
    figure.layout.template = plotly_template(theme)  # plotly checks it
    common = figure.layout.template.layout
    assert common.paper_bgcolor == common.plot_bgcolor == theme.paper == "rgba(0,0,0,0)"
    assert common.font.color == theme.ink
    assert (common.xaxis.automargin, common.yaxis.automargin) == (True, True)
    assert (common.legend.orientation, common.legend.traceorder) == ("h", "normal")
    assert (figure.layout.height, figure.layout.xaxis.title.text) == (300, "radius")
    found = list(sizes(figure.to_plotly_json()))
    assert len(found) > 4
    assert min(found) >= 14


def test_the_models_are_listed_in_order_whatever_the_order_drawn() -> None:
    figure = go.Figure([go.Bar(name=name, y=[1]) for name in ("Retrained", "chance", "unlearned", "original")])
    ranks = {trace.name.lower(): trace.legendrank for trace in style(figure, LIGHT).data}
    assert sorted(IDENTITIES, key=ranks.__getitem__) == list(IDENTITIES)
    assert ranks["chance"] is None  # plotly's 1000: after the models


def test_what_the_picture_sets_itself_wins() -> None:
    figure = go.Figure(go.Scatter(y=[1]), layout={"hovermode": "x", "xaxis": {"showgrid": True}})
    style(figure, LIGHT)
    assert (figure.layout.hovermode, figure.layout.xaxis.showgrid) == ("x", True)


def test_a_plane_has_equal_units_on_both_axes_of_each_subplot() -> None:
    figure = make_subplots(rows=1, cols=3)
    for column in (1, 2, 3):
        figure.add_scatter(x=[0], y=[0], row=1, col=column)
    style(figure, DARK, axes=False)
    assert [axis.scaleanchor for axis in figure.select_yaxes()] == ["x", "x2", "x3"]
    assert not any(axis.visible for axis in [*figure.select_xaxes(), *figure.select_yaxes()])


def test_titles_stand_on_labelled_axes_only() -> None:
    figure = make_subplots(rows=2, cols=2, shared_xaxes=True, shared_yaxes=True)
    style(figure, LIGHT, x_title="entropy", y_title="samples")
    assert [axis.title.text for axis in figure.select_xaxes()] == [None, None, "entropy", "entropy"]
    assert [axis.title.text for axis in figure.select_yaxes()] == ["samples", None, "samples", None]


def test_legend_and_headings_have_room_of_their_own() -> None:
    def top(names: int, headed: bool) -> float:
        figure = make_subplots(rows=1, cols=1, subplot_titles=["digits"] if headed else None)
        figure.add_traces([go.Scatter(y=[0], name=str(name)) for name in range(names)])
        return style(figure, LIGHT).layout.margin.t

    bare = top(1, False)
    assert bare < top(1, True) < top(2, True)
    assert bare < top(2, False)

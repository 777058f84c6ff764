"""Heatmap of a share, for example retained accuracy, over the values of two settings, with one cell framed."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.identity import heading
from explorer.figures.theme import Theme, style
from explorer.words import percent

LOW_HIGH = {"light": (0.5, "#000000", "#FFFFFF"), "dark": (0.375, "#FFFFFF", "#000000")}
"""By theme: share of the colour scale where the text changes colour, and both colours; contrast at least 4.4 : 1."""


def settings_map(
    shares: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    selected: tuple[int, int],
    theme: Theme,
    *,
    title: str,
    row_title: str,
    column_title: str,
    floor: float = 0.0,
    height: int = 380,
) -> go.Figure:
    """One cell per run, with its share as text and as colour.

    Args:
        shares: (r, c), in 0..1.
        rows: values of the first setting, as text, r; the first row is the lowest.
        columns: values of the second setting, as text, c.
        selected: row and column of the framed cell.
        theme: colours.
        title: name of the share.
        row_title: name of the first setting.
        column_title: name of the second setting.
        floor: chance level, in 0..1, where the colour scale begins.
        height: px.
    """
    shares = np.asarray(shares, dtype=np.float32)
    field = go.Heatmap(
        z=100 * shares, zmin=100 * floor, zmax=100, colorscale=theme.field_scale, showscale=False, xgap=2, ygap=2,
        hovertemplate=f"{row_title} %{{customdata[0]}}, {column_title} %{{customdata[1]}}: %{{z:.1f}} %<extra></extra>",
        customdata=np.array([[(row, column) for column in columns] for row in rows]),
    )  # fmt: skip
    turn, on_low, on_high = LOW_HIGH[theme.name]
    low = shares.ravel() <= floor + turn * (1 - floor)
    texts = go.Scatter(
        x=np.tile(np.arange(len(columns)), len(rows)), y=np.repeat(np.arange(len(rows)), len(columns)), mode="text",
        text=[f"{100 * share:.0f} %" for share in shares.ravel()], hoverinfo="skip",
        textfont={"size": 15, "color": [on_low if below else on_high for below in low]},
    )  # fmt: skip
    row, column = selected
    cell = {"x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
    figure = go.Figure([field, texts], {"annotations": [heading(title)]})
    figure.add_shape(type="rect", **cell, line={"color": theme.surface, "width": 7})
    figure.add_shape(type="rect", **cell, line={"color": theme.ink, "width": 3})
    ticks = {"tickmode": "array", "showgrid": False}
    figure.update_xaxes(
        range=[-0.5, len(columns) - 0.5], tickvals=np.arange(len(columns)), ticktext=list(columns), **ticks
    )
    figure.update_yaxes(range=[-0.5, len(rows) - 0.5], tickvals=np.arange(len(rows)), ticktext=list(rows), **ticks)
    return style(figure, theme, height=height, legend=False, x_title=column_title, y_title=row_title)


def describe_settings_map(
    shares: np.ndarray, rows: Sequence[str], columns: Sequence[str], selected: tuple[int, int], title: str
) -> str:
    """Description of `settings_map`: the framed cell, the lowest and the highest share."""
    row, column = selected
    best, worst = (divmod(int(at), len(columns)) for at in (np.argmax(shares), np.argmin(shares)))
    return (
        f"{title} for {len(rows)} by {len(columns)} settings. Framed: {percent(float(shares[row, column]))} at "
        f"{rows[row]} and {columns[column]}. Lowest: {percent(float(shares[worst]))} at {rows[worst[0]]} and "
        f"{columns[worst[1]]}. Highest: {percent(float(shares[best]))} at {rows[best[0]]} and {columns[best[1]]}."
    )

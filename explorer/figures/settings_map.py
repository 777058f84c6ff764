"""What is left of a model for every pair of two settings: a table of shares, coloured, with one cell chosen."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.identity import heading
from explorer.figures.theme import Theme, style
from explorer.words import percent

LOW_HIGH = {"light": (0.5, "#000000", "#FFFFFF"), "dark": (0.375, "#FFFFFF", "#000000")}
"""How far up the theme's field the words change colour, and the two: no cell takes their contrast below 4.4 : 1."""


def settings_map(
    shares: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    chosen: tuple[int, int],
    theme: Theme,
    *,
    title: str,
    row_title: str,
    column_title: str,
    floor: float = 0.0,
    height: int = 380,
) -> go.Figure:
    """A cell each run: its share (0..1) written out and as a colour; the chosen (row, column) has a frame.

    shares: (r, c); rows, columns: r and c values as they are written, the first row lowest; floor: the share that a
    guess reaches, below which colours tell nothing.
    """
    shares = np.asarray(shares, dtype=np.float32)
    field = go.Heatmap(
        z=100 * shares, zmin=100 * floor, zmax=100, colorscale=theme.field_scale, showscale=False, xgap=2, ygap=2,
        hovertemplate=f"{row_title} %{{customdata[0]}}, {column_title} %{{customdata[1]}}: %{{z:.1f}} %<extra></extra>",
        customdata=np.array([[(row, column) for column in columns] for row in rows]),
    )  # fmt: skip
    turn, on_low, on_high = LOW_HIGH[theme.name]
    low = shares.ravel() <= floor + turn * (1 - floor)
    words = go.Scatter(
        x=np.tile(np.arange(len(columns)), len(rows)), y=np.repeat(np.arange(len(rows)), len(columns)), mode="text",
        text=[f"{100 * share:.0f} %" for share in shares.ravel()], hoverinfo="skip",
        textfont={"size": 15, "color": [on_low if below else on_high for below in low]},
    )  # fmt: skip
    row, column = chosen
    around = {"x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
    figure = go.Figure([field, words], {"annotations": [heading(title)]})
    figure.add_shape(type="rect", **around, line={"color": theme.surface, "width": 7})
    figure.add_shape(type="rect", **around, line={"color": theme.ink, "width": 3})
    ticks = {"tickmode": "array", "showgrid": False}
    figure.update_xaxes(
        range=[-0.5, len(columns) - 0.5], tickvals=np.arange(len(columns)), ticktext=list(columns), **ticks
    )
    figure.update_yaxes(range=[-0.5, len(rows) - 0.5], tickvals=np.arange(len(rows)), ticktext=list(rows), **ticks)
    return style(figure, theme, height=height, legend=False, x_title=column_title, y_title=row_title)


def describe_settings_map(
    shares: np.ndarray, rows: Sequence[str], columns: Sequence[str], chosen: tuple[int, int], title: str
) -> str:
    """The chosen cell, and the ends of the scale, in two sentences."""
    row, column = chosen
    best, worst = (divmod(int(at), len(columns)) for at in (np.argmax(shares), np.argmin(shares)))
    return (
        f"{title} for {len(rows)} by {len(columns)} settings: {percent(float(shares[row, column]))} at "
        f"{rows[row]} and {columns[column]}, which is framed. From {percent(float(shares[worst]))} at {rows[worst[0]]} "
        f"and {columns[worst[1]]} to {percent(float(shares[best]))} at {rows[best[0]]} and {columns[best[1]]}."
    )

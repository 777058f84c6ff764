"""The measures of the three models as dots on one line each: how far apart they lie, beside the table that says it."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.identity import SYMBOLS
from explorer.figures.theme import IDENTITIES, Theme, style
from explorer.words import percent

LANES = {"original": 0.16, "unlearned": 0.0, "retrained": -0.16}
"""Equal values must not hide each other: each model has its own height on the line, always the same."""


def measures(
    names: Sequence[str],
    values: Mapping[str, Sequence[float | None]],
    theme: Theme,
    *,
    row: int = 72,
) -> go.Figure:
    """A dot for each model and measure, the name over its line; all lines share one axis.

    names   of the measures, from top to bottom
    values  by "original", "unlearned", "retrained", a share in 0..1 for each measure, None where there is nothing to
            measure; drawn as percent
    row     height of a line in px
    """
    heights = np.arange(len(names), 0, -1, dtype=np.float32)
    figure = go.Figure()
    for identity in IDENTITIES:
        if identity not in values:
            continue
        found = np.array([np.nan if value is None else value for value in values[identity]], dtype=np.float64)
        said = ["" if np.isnan(value) else percent(value) for value in found]
        figure.add_scatter(
            x=(100 * found).astype(np.float32), y=heights + np.float32(LANES[identity]), name=identity, text=said,
            mode="markers", hovertemplate="%{fullData.name}: %{text}<extra></extra>",
            marker={"symbol": SYMBOLS[identity], "size": 13, "color": theme.identity(identity)},
        )  # fmt: skip
    for name, height in zip(names, heights.tolist(), strict=True):
        place = {"xref": "x domain", "x": 0, "xanchor": "left", "yref": "y", "y": height + 0.24, "yanchor": "bottom"}
        figure.add_annotation(text=name, **place)
    figure.update_xaxes(range=[-4, 104], tickvals=[0, 25, 50, 75, 100])
    figure.update_yaxes(range=[0.6, len(names) + 0.85], tickvals=heights, showticklabels=False)
    return style(figure, theme, height=96 + row * len(names), x_title="percent", legend=True)


def describe_measures(names: Sequence[str], values: Mapping[str, Sequence[float | None]]) -> str:
    """What `measures` shows, measure by measure."""
    sentences = []
    for at, name in enumerate(names):
        found = [(identity, values[identity][at]) for identity in IDENTITIES if identity in values]
        said = [f"{identity} {percent(value)}" for identity, value in found if value is not None]
        sentences.append(f"{name}: {', '.join(said) or 'nothing to measure'}.")
    return " ".join(sentences)

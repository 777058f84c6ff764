"""Accuracies of the three models as a dot plot, one line per measure."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.identity import SYMBOLS
from explorer.figures.theme import IDENTITIES, Theme, style
from explorer.words import percent

LANES = {"original": 0.16, "unlearned": 0.0, "retrained": -0.16}
"""Vertical offsets by model, so that equal values do not cover each other."""


def measures(
    names: Sequence[str],
    values: Mapping[str, Sequence[float | None]],
    theme: Theme,
    *,
    row: int = 72,
) -> go.Figure:
    """One dot per model and measure, with the name of the measure above its line; all lines share one axis.

    Args:
        names: names of the m measures, from top to bottom.
        values: shares in 0..1 by "original", "unlearned", "retrained", m each, drawn in percent; None: not measured.
        theme: colours.
        row: height of a line in px.
    """
    heights = np.arange(len(names), 0, -1, dtype=np.float32)
    figure = go.Figure()
    for identity in IDENTITIES:
        if identity not in values:
            continue
        shares = np.array([np.nan if value is None else value for value in values[identity]], dtype=np.float64)
        texts = ["" if np.isnan(value) else percent(value) for value in shares]
        figure.add_scatter(
            x=(100 * shares).astype(np.float32), y=heights + np.float32(LANES[identity]), name=identity, text=texts,
            mode="markers", hovertemplate="%{fullData.name}: %{text}<extra></extra>",
            marker={"symbol": SYMBOLS[identity], "size": 13, "color": theme.identity(identity)},
        )  # fmt: skip
    for name, height in zip(names, heights.tolist(), strict=True):
        place = {"xref": "x domain", "x": 0, "xanchor": "left", "yref": "y", "y": height + 0.24, "yanchor": "bottom"}
        figure.add_annotation(text=name, **place)
    figure.update_xaxes(range=[-4, 104], tickvals=[0, 25, 50, 75, 100])
    figure.update_yaxes(range=[0.6, len(names) + 0.85], tickvals=heights, showticklabels=False)
    return style(figure, theme, height=96 + row * len(names), x_title="accuracy (%)", legend=True)


def describe_measures(names: Sequence[str], values: Mapping[str, Sequence[float | None]]) -> str:
    """Description of `measures`: the value of each model, measure by measure."""
    sentences = []
    for at, name in enumerate(names):
        present = [(identity, values[identity][at]) for identity in IDENTITIES if identity in values]
        parts = [f"{identity} {percent(value)}" for identity, value in present if value is not None]
        sentences.append(f"{name}: {', '.join(parts) or 'not measured'}.")
    return " ".join(sentences)

"""Reliability diagram of the three models: accuracy against confidence."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from explorer.figures.identity import SYMBOLS
from explorer.figures.theme import DASHES, IDENTITIES, Theme, style
from explorer.words import listed, percent


def reliability(
    confidence: Mapping[str, np.ndarray],
    accuracy: Mapping[str, np.ndarray],
    counts: Mapping[str, np.ndarray],
    theme: Theme,
    *,
    height: int = 430,
) -> go.Figure:
    """Accuracy against confidence, one mark per non-empty bin; marks on the diagonal are calibrated.

    Args:
        confidence: mean largest probability in each bin, by model, (bins,) each, in 0..1; NaN: empty bin.
        accuracy: accuracy in each bin, by model, (bins,) each, in 0..1; NaN: empty bin.
        counts: number of samples in each bin, by model, (bins,) each; larger bins have larger marks.
        theme: colours.
        height: px.
    """
    figure = go.Figure()
    line = {"color": theme.muted, "width": 1.5, "dash": "dot"}
    figure.add_shape(type="line", x0=0, y0=0, x1=100, y1=100, line=line, layer="below")
    for name in (name for name in IDENTITIES if name in confidence):
        held = np.asarray(counts[name]) > 0
        number = np.asarray(counts[name])[held]
        sizes = 7 + 14 * np.sqrt(number / max(int(number.sum()), 1))
        color, outline = theme.identity(name), {"width": 1, "color": theme.surface}
        figure.add_scatter(
            x=(100 * np.asarray(confidence[name])[held]).astype(np.float32),
            y=(100 * np.asarray(accuracy[name])[held]).astype(np.float32),
            customdata=number, name=name, mode="lines+markers",
            line={"color": color, "width": 1, "dash": DASHES[name]},
            marker={"symbol": SYMBOLS[name], "size": sizes.astype(np.float32), "color": color, "line": outline},
            hovertemplate="%{fullData.name}: confidence %{x:.1f} %, accuracy %{y:.1f} %, "
            "n = %{customdata:,}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(range=[-3, 103], tickvals=[0, 25, 50, 75, 100], constrain="domain")
    figure.update_yaxes(range=[-3, 103], tickvals=[0, 25, 50, 75, 100], scaleanchor="x", constrain="domain")
    x_title, y_title = "confidence, largest probability (%)", "accuracy (%)"
    return style(figure, theme, height=height, x_title=x_title, y_title=y_title, legend=True)


def describe_reliability(errors: Mapping[str, float], samples: int, bins: int) -> str:
    """Description of `reliability` by the expected calibration error of each model (errors: shares in 0..1)."""
    values = listed(f"{name} {percent(errors[name])}" for name in IDENTITIES if name in errors)
    return f"Expected calibration error over {samples:,} samples in {bins} bins: {values}."

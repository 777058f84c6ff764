"""ROC curves of the membership attack: forget samples predicted as members against test samples."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from explorer.figures.identity import SYMBOLS
from explorer.figures.theme import DASHES, IDENTITIES, Theme, style
from explorer.words import percent


def membership(
    curves: Mapping[str, tuple[np.ndarray, np.ndarray]],
    points: Mapping[str, tuple[float, float]],
    theme: Theme,
    *,
    height: int = 430,
) -> go.Figure:
    """ROC curve of the attack on each model, with the current threshold marked; the diagonal is chance level.

    Args:
        curves: by model, shares of the test samples and of the forget samples that are predicted as members, (t,)
            each, in 0..1, both increasing.
        points: by model, the same two shares at the current threshold.
        theme: colours.
        height: px.
    """
    line = {"color": theme.muted, "width": 1.5, "dash": "dot"}
    figure = go.Figure()
    figure.add_shape(type="line", x0=0, y0=0, x1=100, y1=100, line=line, layer="below")
    for name in (name for name in IDENTITIES if name in curves):
        of_peers, of_forget = (100 * np.asarray(share, dtype=np.float32) for share in curves[name])
        hover = "%{fullData.name}: %{y:.1f} % of forget, %{x:.1f} % of test samples<extra></extra>"
        figure.add_scatter(
            x=of_peers, y=of_forget, name=name, mode="lines", hovertemplate=hover, legendgroup=name,
            line={"color": theme.identity(name), "width": 3, "dash": DASHES[name], "shape": "linear"},
        )  # fmt: skip
        x, y = (100 * share for share in points[name])
        outline = {"width": 2, "color": theme.surface}
        figure.add_scatter(
            x=[x], y=[y], name=f"{name}, threshold", mode="markers", hovertemplate=hover, legendgroup=name,
            showlegend=False, cliponaxis=False,
            marker={"symbol": SYMBOLS[name], "size": 15, "color": theme.identity(name), "line": outline},
        )  # fmt: skip
    figure.update_xaxes(range=[-2, 102], tickvals=[0, 25, 50, 75, 100], constrain="domain")
    figure.update_yaxes(range=[-2, 102], tickvals=[0, 25, 50, 75, 100], scaleanchor="x", constrain="domain")
    x_title, y_title = "test samples predicted as members (%)", "D_f predicted as members (%)"
    return style(figure, theme, height=height, x_title=x_title, y_title=y_title, legend=True)


def describe_membership(points: Mapping[str, tuple[float, float]], threshold: float) -> str:
    """Description of `membership`: predicted members of each model at the current threshold (nats)."""
    parts = [
        f"{name}: {percent(points[name][1])} of the forget samples and {percent(points[name][0])} of the test samples"
        for name in IDENTITIES
        if name in points
    ]
    if not parts:
        return "No model has finite outputs for the membership attack."
    return f"Predicted members (entropy below {threshold:.2g} nats), {'; '.join(parts)}."

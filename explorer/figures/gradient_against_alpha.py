"""Input gradient against alpha(x): shows whether the model is flat where neighbours share the label."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.figures.samples import marks
from explorer.figures.theme import Theme, style
from explorer.words import counted, percent


def gradient_against_alpha(
    alpha: np.ndarray,
    gradient: np.ndarray,
    labels: np.ndarray,
    forget: np.ndarray,
    alone: np.ndarray,
    theme: Theme,
    *,
    tau: float,
    classes: Sequence[str],
    drawn: np.ndarray | None = None,
    measure: str = "gradient norm",
    height: int = 460,
) -> go.Figure:
    """Scatter plot of gradient against alpha; tau separates high (left) from low information (right).

    Args:
        alpha: (n,), in 0..1; NaN is left out.
        gradient: (n,), at least 0; the axis is logarithmic, and gradients of 0 are drawn at its lower edge.
        labels: class numbers, (n,).
        forget: mask of the forget set, (n,).
        alone: mask of the samples without neighbours within r, (n,); they are not counted as low information.
        theme: colours.
        tau: threshold of alpha, in 0..1.
        classes: class names by number.
        drawn: positions of the samples to draw; None: all. The counts are over all samples.
        measure: name of the gradient, with its unit.
        height: px.
    """
    alpha, lonely = np.asarray(alpha, dtype=np.float32), np.asarray(alone, dtype=bool)
    heights, bottom, top = _on_log_axis(gradient)
    points = np.stack([alpha, heights], 1)
    shown = np.arange(len(points)) if drawn is None else np.asarray(drawn)
    traces = marks(
        points[shown], np.asarray(labels)[shown], np.asarray(forget)[shown], classes, theme,
        indices=shown, alone=lonely[shown],
    )  # fmt: skip
    for trace in traces:
        trace.hovertemplate = "sample %{customdata}, %{fullData.name}<br>alpha %{x:.2f}, %{y:.3g}<extra></extra>"
    high, low, apart = _parts(alpha, lonely, tau)
    line = {"color": theme.ink, "width": 2, "dash": "dash"}
    split = {"type": "line", "x0": tau, "x1": tau, "yref": "y domain", "y0": 0, "y1": 1, "line": line, "layer": "below"}
    notes: list[dict[str, Any]] = []
    n = max(len(alpha), 1)
    sides = [("left", 0, "high information", high), ("right", 1, "low information", low)]
    for side, x, group, count in sides:
        text = f"{group}<br>{count:,} ({percent(count / n)})"
        place = {"xref": "x domain", "x": x, "xanchor": side, "align": side, "yref": "y domain", "y": 1}
        notes.append({"text": text, "showarrow": False, "yanchor": "bottom"} | place)
    foot = {"x": tau, "xanchor": "right" if tau > 0.5 else "left", "yref": "y domain", "y": 0, "yanchor": "bottom"}
    notes.append({"text": f"τ = {tau:.2f}", "showarrow": False, "xshift": -5 if tau > 0.5 else 5} | foot)
    ends = [float(np.log10(bottom / 1.3)), float(np.log10(top))]
    title = f"alpha(x), share; {apart:,} with no neighbours within r" if apart else "alpha(x), share"
    layout = {
        "shapes": [split],
        "annotations": notes,
        "legend": {"xref": "container"},
        "xaxis": {"range": [-0.03, 1.03], "tickvals": [0, 0.25, 0.5, 0.75, 1]},
        "yaxis": {"type": "log", "range": ends, "dtick": decades(bottom, top), "exponentformat": "power"},
    }
    figure = go.Figure(traces, layout)
    style(figure, theme, height=height, x_title=title, y_title=f"{measure} (log)", legend=True)
    figure.layout.margin.t = 92
    return figure


def describe_gradient(alpha: np.ndarray, gradient: np.ndarray, alone: np.ndarray, *, tau: float) -> str:
    """Description of `gradient_against_alpha`: shares of high, low information and no neighbours within r."""
    alpha, lonely = np.asarray(alpha), np.asarray(alone, dtype=bool)
    high, low, apart = _parts(alpha, lonely, tau)
    n = max(len(alpha), 1)
    description = (
        f"Of {counted(len(alpha))}, {percent(high / n)} carry high information (alpha below {tau:.2f}), "
        f"{percent(low / n)} carry low information, and {percent(apart / n)} have no neighbours within r."
    )
    zeros = int((np.asarray(gradient) == 0).sum())
    if zeros:
        description += f" Drawn at the lower edge: {counted(zeros)} with gradient 0."
    return description


def _parts(alpha: np.ndarray, lonely: np.ndarray, tau: float) -> tuple[int, int, int]:
    """Numbers of samples with high information, with low information, and without neighbours within r."""
    return int(((alpha < tau) & ~lonely).sum()), int(((alpha >= tau) & ~lonely).sum()), int(lonely.sum())


def decades(bottom: float, top: float) -> int:
    """Decades between two ticks of a logarithmic axis, so that it has at most seven ticks."""
    return max(1, -int(-np.log10(top / bottom) // 6))


def _on_log_axis(gradient: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Gradients, with 0 replaced by the lower end of the axis, and both ends of the axis."""
    gradient = np.asarray(gradient, dtype=np.float64)
    positive = gradient[np.isfinite(gradient) & (gradient > 0)]
    bottom, top = (float(positive.min()) / 2, float(positive.max()) * 2) if len(positive) else (0.1, 10.0)
    return np.where(gradient == 0, bottom, gradient).astype(np.float32), bottom, top

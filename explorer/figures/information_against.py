"""Leave-one-out information against alpha(x) or against the input gradient, to test the paper's claim on a data set."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.gradient_against_alpha import decades
from explorer.figures.samples import marks
from explorer.figures.theme import Theme, style
from explorer.words import counted


def information_against(
    readings: np.ndarray,
    information: np.ndarray,
    labels: np.ndarray,
    forget: np.ndarray,
    theme: Theme,
    *,
    title: str,
    logarithmic: bool,
    tau: float | None = None,
    classes: Sequence[str],
    indices: np.ndarray | None = None,
    height: int = 400,
) -> go.Figure:
    """Scatter plot of leave-one-out information against a reading: alpha or the gradient.

    Args:
        readings: (n,), alpha or the gradient.
        information: (n,), nats; samples with NaN (not computed) are left out.
        labels: class numbers, (n,).
        forget: mask of the forget set, (n,).
        theme: colours.
        title: name of the reading, with its unit.
        logarithmic: whether the axis of the readings is logarithmic.
        tau: threshold of alpha, in 0..1; None if the readings are gradients.
        classes: class names by number.
        indices: training indices, (n,), returned when a sample is selected; None: 0..n-1.
        height: px.
    """
    known = ~np.isnan(np.asarray(information, dtype=np.float64))
    readings = np.asarray(readings, dtype=np.float32)
    points = np.stack([readings, np.asarray(information, dtype=np.float32)], 1)[known]
    numbers = (np.arange(len(known)) if indices is None else np.asarray(indices))[known]
    figure = go.Figure(
        marks(points, np.asarray(labels)[known], np.asarray(forget)[known], classes, theme, indices=numbers)
    )
    hover = "sample %{customdata}, %{fullData.name}<br>%{x:.3g}, information %{y:.2f} nats<extra></extra>"
    figure.update_traces(hovertemplate=hover)
    figure.add_shape(
        type="line", xref="x domain", x0=0, x1=1, y0=0, y1=0, line={"color": theme.muted, "width": 1}, layer="below"
    )
    if tau is not None:
        line = {"color": theme.ink, "width": 2, "dash": "dash"}
        figure.add_shape(type="line", x0=tau, x1=tau, yref="y domain", y0=0, y1=1, line=line, layer="below")
        side = {"xanchor": "right", "xshift": -5} if tau > 0.5 else {"xanchor": "left", "xshift": 5}
        place = {"x": tau, "yref": "y domain", "y": 1, "yanchor": "top", "showarrow": False}
        figure.add_annotation(text=f"τ = {tau:.2f}", **place, **side)
    if logarithmic:
        low, high = _ends(readings)
        ticks = {"dtick": decades(low, high), "tickangle": 0, "exponentformat": "power"}
        figure.update_xaxes(type="log", range=[np.log10(low), np.log10(high)], **ticks)
    else:
        figure.update_xaxes(range=[-0.03, 1.03], tickvals=[0, 0.25, 0.5, 0.75, 1])
    return style(figure, theme, height=height, x_title=title, y_title="information (nats)", legend=False)


def describe_information(information: np.ndarray, reading: str, relation: str) -> str:
    """Description of `information_against`: n, the name of the reading, and the sentence about their correlation."""
    known = int((~np.isnan(np.asarray(information, dtype=np.float64))).sum())
    return f"Leave-one-out information of {counted(known)} against {reading}: {relation}."


def _ends(readings: np.ndarray) -> tuple[float, float]:
    """Ends of a logarithmic axis for all readings above 0, independent of which samples are drawn."""
    positive = readings[np.isfinite(readings) & (readings > 0)].astype(np.float64)
    return (float(positive.min()) / 1.6, float(positive.max()) * 1.6) if len(positive) else (0.1, 10.0)

"""Leave-one-out information against alpha(x) and against the input gradient: is the paper's claim true on this set?"""

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
    """Samples whose information is known, above what their neighbours or the model say; classes as beside it.

    readings     (n,) alpha, or the gradient (logarithmic); title names it, with its unit
    information  (n,) in nats, NaN where it is not known: those samples are left out
    tau          where the readings are alpha: what parts high information from low
    labels, forget, indices  (n,) as in `samples_map`
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
    """What `information_against` shows: how many samples are known, and `relation`, the correlation in words."""
    known = int((~np.isnan(np.asarray(information, dtype=np.float64))).sum())
    return f"Leave-one-out information of {counted(known)} against {reading}: {relation}."


def _ends(readings: np.ndarray) -> tuple[float, float]:
    """The ends of a logarithmic axis that holds all readings above 0, whichever samples are known."""
    found = readings[np.isfinite(readings) & (readings > 0)].astype(np.float64)
    return (float(found.min()) / 1.6, float(found.max()) * 1.6) if len(found) else (0.1, 10.0)

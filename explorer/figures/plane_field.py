"""A number at every point of a plane as a colour, with the samples there: gradient magnitude, homogeneity."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.boundary import changes, frame
from explorer.figures.identity import heading, named
from explorer.figures.samples import symbol_of
from explorer.figures.theme import IDENTITIES, Theme, style


def plane_field(
    xs: np.ndarray,
    ys: np.ndarray,
    field: np.ndarray,
    points: np.ndarray,
    labels: np.ndarray,
    theme: Theme,
    *,
    name: str,
    span: tuple[float, float],
    unit: str,
    predictions: np.ndarray | None = None,
    height: int = 400,
) -> go.Figure:
    """One field; those that are compared get the same span, hence one colour scale.

    xs, ys   (w,), (h,) the grid's lines; field (h, w), NaN where there is nothing to say
    points   (n, 2) samples with labels (n,), as small marks
    name     heading: one of the three models, whose boundary is drawn from its calls (h, w), or any other words
    span     ends of the colour scale; unit: what the colour bar says
    """
    xs, ys = np.asarray(xs, dtype=np.float32), np.asarray(ys, dtype=np.float32)
    hover = f"%{{z:.3g}} {unit}<extra></extra>"
    figure = go.Figure(
        go.Heatmap(x=xs, y=ys, z=np.asarray(field, dtype=np.float32), coloraxis="coloraxis", hovertemplate=hover)
    )
    if predictions is not None:
        edges = changes(xs, ys, np.asarray(predictions))
        line = {"color": theme.identity(name), "width": 2}
        figure.add_scatter(x=edges[:, 0], y=edges[:, 1], mode="lines", line=line, name=name, hoverinfo="skip")
    points, labels = np.asarray(points, dtype=np.float32), np.asarray(labels)
    edge = {"color": theme.ink, "width": 1}
    for number in np.unique(labels):
        x, y = points[labels == number].T
        marker = {"symbol": symbol_of(number), "size": 5, "color": theme.surface, "line": edge}
        figure.add_scatter(x=x, y=y, mode="markers", marker=marker, hoverinfo="skip")
    bar = {"orientation": "h", "y": 0, "yanchor": "top", "yref": "paper", "ypad": 4, "len": 1, "nticks": 5}
    bar |= {"title": {"text": unit, "side": "bottom"}}
    figure.update_layout(coloraxis={"cmin": span[0], "cmax": span[1], "colorbar": bar})
    words = frame(xs, ys, named(name, theme)) if name in IDENTITIES else frame(xs, ys, "")
    if name not in IDENTITIES:
        words["annotations"] = [heading(name)]
    figure.update_layout(**words)
    return style(figure, theme, height=height, axes=False, legend=False)


def describe_field(field: np.ndarray, name: str, unit: str) -> str:
    """What `plane_field` shows, in a sentence."""
    found = np.asarray(field)[np.isfinite(field)]
    if not len(found):
        return f"{name}: {unit} is known nowhere on this plane."
    return f"{name}: {unit} over the plane, from {found.min():.3g} to {found.max():.3g}, median {np.median(found):.3g}."


def shared_span(fields: Sequence[np.ndarray]) -> tuple[float, float]:
    """From 0 to what 99 % of all points of all fields stay below: one colour scale that a few peaks do not flatten."""
    found = np.concatenate([np.asarray(field)[np.isfinite(field)] for field in fields])
    return 0.0, max(float(np.quantile(found, 0.99)), 1e-9) if len(found) else 1.0

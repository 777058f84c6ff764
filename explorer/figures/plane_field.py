"""A scalar field on a plane as a heatmap with the samples: gradient norm or homogeneity alpha."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.boundary import plane_layout, region_edges
from explorer.figures.identity import model_label
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
    """Heatmap of one field. Use the same span in figures that are to be compared.

    Args:
        xs: x of the grid's columns, (w,).
        ys: y of the grid's rows, (h,).
        field: (h, w); NaN: no value.
        points: samples, (n, 2), drawn as small marks.
        labels: class numbers, (n,).
        theme: colours.
        name: heading: "original", "unlearned", "retrained", or any other text.
        span: ends of the colour scale.
        unit: name and unit of the field, written at the colour bar.
        predictions: predicted class numbers of the named model, (h, w), to draw its boundary; None: no boundary.
        height: px.
    """
    xs, ys = np.asarray(xs, dtype=np.float32), np.asarray(ys, dtype=np.float32)
    hover = f"%{{z:.3g}} {unit}<extra></extra>"
    figure = go.Figure(
        go.Heatmap(x=xs, y=ys, z=np.asarray(field, dtype=np.float32), coloraxis="coloraxis", hovertemplate=hover)
    )
    if predictions is not None:
        edges = region_edges(xs, ys, np.asarray(predictions))
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
    figure.update_layout(**plane_layout(xs, ys, model_label(name, theme) if name in IDENTITIES else name))
    return style(figure, theme, height=height, axes=False, legend=False)


def describe_field(field: np.ndarray, name: str, unit: str) -> str:
    """Description of `plane_field`: range and median of the field."""
    finite = np.asarray(field)[np.isfinite(field)]
    if not len(finite):
        return f"{name}: no value of {unit} on this plane."
    low, middle, high = finite.min(), np.median(finite), finite.max()
    return f"{name}: {unit} over the plane, from {low:.3g} to {high:.3g}, median {middle:.3g}."


def shared_span(fields: Sequence[np.ndarray]) -> tuple[float, float]:
    """Common colour scale of several fields: 0 and the 99 % quantile of all points, so that peaks do not flatten it."""
    finite = np.concatenate([np.asarray(field)[np.isfinite(field)] for field in fields])
    return 0.0, max(float(np.quantile(finite, 0.99)), 1e-9) if len(finite) else 1.0

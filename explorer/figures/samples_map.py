"""Samples on a plane or a map, coloured by class or by a field: alpha, gradient or information."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.samples import marks, name_classes
from explorer.figures.theme import Theme, style
from explorer.words import counted


def samples_map(
    points: np.ndarray,
    labels: np.ndarray,
    forget: np.ndarray,
    theme: Theme,
    *,
    classes: Sequence[str],
    values: np.ndarray | None = None,
    field: str = "",
    span: tuple[float, float] | None = None,
    ends: tuple[str, str] | None = None,
    alone: np.ndarray | None = None,
    indices: np.ndarray | None = None,
    height: int = 460,
) -> go.Figure:
    """Samples that can be selected by click or lasso; the forget set is ringed.

    Args:
        points: positions, (n, 2).
        labels: class numbers, (n,).
        forget: mask of the forget set, (n,).
        theme: colours.
        classes: class names by number.
        values: field, (n,); None: coloured by class.
        field: name of the field with its unit, written at the colour bar.
        span: ends of the colour scale; None: the ends of the values.
        ends: names of the ends, for a field with two values.
        alone: mask of the samples without neighbours within r, (n,), drawn as open diamonds without a value: their
            alpha of 1 is no evidence.
        indices: training indices, (n,), returned when a sample is selected; None: 0..n-1.
        height: px.
    """
    figure = go.Figure(marks(points, labels, forget, classes, theme, indices=indices, values=values, alone=alone))
    if values is None:
        name_classes(figure, points, labels, classes, theme, forget)
    if values is not None:
        low, high = span or _ends(values)
        bar = {"orientation": "h", "y": 0, "yanchor": "top", "yref": "paper", "ypad": 4, "len": 1, "nticks": 6}
        bar |= {"title": {"text": field, "side": "bottom"}}
        if ends is not None:
            bar |= {"tickvals": [low, high], "ticktext": ends}
        figure.layout.coloraxis = {"cmin": low, "cmax": high, "colorbar": bar}
    figure.layout.yaxis.constraintoward = "top"
    style(figure, theme, height=height, axes=False, legend=True)
    figure.layout.margin.t = 56  # the legend may take two lines on a phone
    return figure


def describe_map(
    forget: np.ndarray, values: np.ndarray | None = None, field: str = "", alone: np.ndarray | None = None
) -> str:
    """Description of `samples_map`: n, size of the forget set, range and median of the field."""
    description = f"{counted(len(forget))}, {int(np.sum(forget)):,} of them ringed as the forget set, coloured by "
    if values is None:
        return f"{description}class."
    low, high = _ends(values)
    description += f"{field}: from {low:.3g} to {high:.3g}, median {float(np.nanmedian(values)):.3g}."
    if alone is not None:
        description += (
            f" Open diamonds: {counted(int(np.sum(alone)))} with no neighbours within r, where alpha is 1 by "
            "definition."
        )
    return description


def _ends(values: np.ndarray) -> tuple[float, float]:
    """Smallest and largest finite value; 0 and 1 if there is none."""
    finite = np.asarray(values)[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)

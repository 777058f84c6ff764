"""The samples where they lie, on a plane or a map, coloured by class or by a field: alpha, gradient, information."""

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
    """Samples that can be clicked and lassoed; the forget set is ringed.

    points   (n, 2) positions; labels (n,) class numbers; forget (n,) mask; indices (n,) told when selected
    values   (n,) the field; None: by class. field: its name with its unit, beside the colour bar
    span     ends of the colour scale; None: those of the values. ends: their names, where there is nothing between
    alone    (n,) mask of samples alone in their ball: open diamonds without a value (their alpha of 1 says nothing)
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
    """What `samples_map` shows, in a sentence or three."""
    words = f"{counted(len(forget))}, {int(np.sum(forget)):,} of them ringed as the forget set, coloured by "
    if values is None:
        return f"{words}class."
    low, high = _ends(values)
    words += f"{field}: from {low:.3g} to {high:.3g}, median {float(np.nanmedian(values)):.3g}."
    if alone is not None:
        words += f" {counted(int(np.sum(alone)))} alone in the ball, of which alpha says nothing: open diamonds."
    return words


def _ends(values: np.ndarray) -> tuple[float, float]:
    """Least and largest finite value; 0 and 1 where there is none."""
    found = np.asarray(values)[np.isfinite(values)]
    return (float(found.min()), float(found.max())) if len(found) else (0.0, 1.0)

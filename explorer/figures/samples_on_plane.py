"""Samples on their plane, without a model."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.boundary import plane_layout
from explorer.figures.samples import marks
from explorer.figures.theme import Theme, style
from explorer.words import counted, listed


def samples_on_plane(
    xs: np.ndarray,
    ys: np.ndarray,
    points: np.ndarray,
    labels: np.ndarray,
    theme: Theme,
    *,
    classes: Sequence[str],
    height: int = 380,
) -> go.Figure:
    """Samples on the axes of `boundary`, so that both figures can be compared.

    Args:
        xs: x of the grid's columns, (w,); the axis ends with the grid.
        ys: y of the grid's rows, (h,).
        points: samples, (n, 2).
        labels: class numbers, (n,).
        theme: colours.
        classes: class names by number.
        height: px.
    """
    no_forget_set = np.zeros(len(points), dtype=bool)
    traces = marks(points, labels, no_forget_set, classes, theme)
    return style(go.Figure(traces, plane_layout(xs, ys, "Samples")), theme, height=height, axes=False, legend=False)


def describe_samples(labels: np.ndarray, classes: Sequence[str]) -> str:
    """Description of `samples_on_plane`: number of samples of each class."""
    parts = [f"{int(np.sum(labels == number)):,} of class {name}" for number, name in enumerate(classes)]
    return f"{counted(len(labels))} on a plane: {listed(parts)}."

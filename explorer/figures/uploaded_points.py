"""Preview of uploaded points in their original units, before they are standardised."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.samples import marks, name_classes
from explorer.figures.short_name import short
from explorer.figures.theme import Theme, style
from explorer.words import counted


def uploaded_points(
    points: np.ndarray,
    labels: np.ndarray,
    theme: Theme,
    *,
    classes: Sequence[str],
    axes: tuple[str, str],
    height: int = 380,
) -> go.Figure:
    """Scatter plot of uploaded points; both axes have their own scale.

    Args:
        points: (n, 2), original units.
        labels: class numbers, (n,).
        theme: colours.
        classes: class names by number.
        axes: names of both coordinates.
        height: px.
    """
    *each_class, _ = marks(points, labels, np.zeros(len(points), dtype=bool), classes, theme)
    figure = go.Figure(each_class)
    name_classes(figure, points, labels, classes, theme)
    across, along = (short(name, 36) for name in axes)
    return style(figure, theme, height=height, x_title=across, y_title=along)


def describe_uploaded(points: np.ndarray, classes: Sequence[str], axes: tuple[str, str]) -> str:
    """Description of `uploaded_points`: n, number of classes, range of both coordinates."""
    spans = [
        f"{name} from {low:.3g} to {high:.3g}"
        for name, low, high in zip(axes, points.min(0), points.max(0), strict=True)
    ]
    return f"{counted(len(points), 'point')} of {counted(len(classes), 'class', 'classes')}: {' and '.join(spans)}."

"""Numbers above some samples of a figure, so that a text can refer to them."""

import numpy as np
import plotly.graph_objects as go

from explorer.figures.theme import Theme

ASIDE = 20
"""Distance from a sample to its number in px, larger than the ring."""


def number_points(figure: go.Figure, points: np.ndarray, theme: Theme) -> go.Figure:
    """Write 1, 2, 3, ... above the points (m, 2) of a plane, and return the figure."""
    box = {
        "showarrow": False,
        "xref": "x",
        "yref": "y",
        "yshift": ASIDE,
        "font": {"size": 17, "color": theme.ink},
        "bgcolor": theme.surface,
        "bordercolor": theme.ink,
        "borderpad": 2,
    }
    for place, (x, y) in enumerate(np.asarray(points, dtype=float), 1):
        figure.add_annotation(x=x, y=y, text=f"<b>{place}</b>", **box)
    return figure

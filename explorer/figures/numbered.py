"""Numbers beside some samples of a picture, so that words can speak of them."""

import numpy as np
import plotly.graph_objects as go

from explorer.figures.theme import Theme

ASIDE = 20
"""px from a sample to its number: clear of the ring."""


def number(figure: go.Figure, points: np.ndarray, theme: Theme) -> go.Figure:
    """Write 1, 2, 3, ... above these points (m, 2) of a plane, and return the figure."""
    look = {
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
        figure.add_annotation(x=x, y=y, text=f"<b>{place}</b>", **look)
    return figure

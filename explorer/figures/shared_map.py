"""One model's place on the map that all three share: fitted once, so positions and axes compare from model to model."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.identity import heading, named
from explorer.figures.samples import marks, name_classes
from explorer.figures.theme import IDENTITIES, Theme, style
from explorer.figures.words import counted, listed

Span = tuple[float, float]


def shared_map(
    points: np.ndarray,
    labels: np.ndarray,
    forget: np.ndarray,
    identity: str,
    theme: Theme,
    *,
    classes: Sequence[str],
    spans: tuple[Span, Span],
    indices: np.ndarray | None = None,
    note: str = "",
    hollow_forget: bool = False,
    height: int = 400,
) -> go.Figure:
    """Samples as this model's features place them, coloured by class; the forget set is ringed.

    points   (n, 2) of this model, labels (n,), forget (n,) mask, indices (n,): the same samples for every model
    spans    of x and y, from `shared_spans`, the same for every model
    """
    samples = marks(points, labels, forget, classes, theme, indices=indices, hollow_forget=hollow_forget)
    axes = {"xaxis": {"range": spans[0]}, "yaxis": {"range": spans[1], "constraintoward": "top"}}
    figure = go.Figure(samples, axes | {"annotations": [heading(named(identity, theme, note))]})
    name_classes(figure, points, labels, classes, theme)
    return style(figure, theme, height=height, axes=False, legend=len(classes) <= 4)


def shared_spans(maps: Mapping[str, np.ndarray]) -> tuple[Span, Span]:
    """Ends of x and y that hold every model's points (n, 2), with a margin of 4 %."""
    points = np.concatenate([np.asarray(found, dtype=np.float64) for found in maps.values()])
    low, high = points.min(0), points.max(0)
    margin = 0.04 * np.maximum(high - low, 1e-6)
    (x0, y0), (x1, y1) = (low - margin).tolist(), (high + margin).tolist()
    return (x0, x1), (y0, y1)


def describe_shared_map(maps: Mapping[str, np.ndarray], forget: np.ndarray, method: str) -> str:
    """What the maps show together, in a sentence; method is how they were made, "PCA" or "UMAP"."""
    present = listed(name for name in IDENTITIES if name in maps)
    return (
        f"One {method} map of {counted(len(forget))}, fitted on the original model's features and shared by {present}; "
        f"{int(np.sum(forget)):,} ringed as the forget set. Distances on it are only roughly those of the features."
    )

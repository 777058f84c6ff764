"""Samples of one model on the projection that all three models share, so that positions and axes can be compared."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.figures.identity import heading, model_label
from explorer.figures.samples import marks, name_classes
from explorer.figures.theme import IDENTITIES, Theme, style
from explorer.words import counted, listed, percent

Span = tuple[float, float]
_ARROWS: dict[str, dict[str, Any]] = {"retained": {"width": 1.5, "dash": "dot"}, "forget set": {"width": 1.5}}
"""Line styles of the arrows: solid for the forget set, dotted for retained samples."""


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
    starts: np.ndarray | None = None,
    drifting: np.ndarray | None = None,
    note: str = "",
    hollow_forget: bool = False,
    height: int = 400,
) -> go.Figure:
    """Projected features or logits of one model, coloured by class; the forget set is ringed.

    Args:
        points: positions under this model, (n, 2); the same samples for every model.
        labels: class numbers, (n,).
        forget: mask of the forget set, (n,).
        identity: "original", "unlearned" or "retrained".
        theme: colours.
        classes: class names by number.
        spans: ends of x and of y, from `shared_spans`.
        indices: training indices, (n,), returned when a sample is selected; None: 0..n-1.
        starts: positions under another model, (n, 2), where arrows start; None: no arrows.
        drifting: rows of the samples with an arrow from `starts` to `points`; None: no arrows.
        note: text after the model's name in the heading.
        hollow_forget: draw forget samples as empty rings, for a model that was not trained on them.
        height: px.
    """
    samples = marks(points, labels, forget, classes, theme, indices=indices, hollow_forget=hollow_forget)
    axes = {"xaxis": {"range": spans[0]}, "yaxis": {"range": spans[1], "constraintoward": "top"}}
    figure = go.Figure(samples, axes | {"annotations": [heading(model_label(identity, theme, note))]})
    if starts is not None and drifting is not None:
        for name, stroke in _ARROWS.items():
            moved = drifting[np.asarray(forget, dtype=bool)[drifting] == (name == "forget set")]
            figure.add_trace(_arrows(starts[moved], points[moved], f"{name}, moved", theme.identity(identity), stroke))
    name_classes(figure, points, labels, classes, theme, forget)
    return style(figure, theme, height=height, axes=False, legend=len(classes) <= 4)


def _arrows(starts: np.ndarray, ends: np.ndarray, name: str, color: str, stroke: dict[str, Any]) -> go.Scatter:
    """All arrows of one kind as one trace: start, end, NaN."""
    steps = np.full((len(starts), 3, 2), np.nan, dtype=np.float32)
    steps[:, 0], steps[:, 1] = starts, ends
    x, y = steps.reshape(-1, 2).T
    head = {"symbol": "arrow", "angleref": "previous", "size": [0, 7, 0] * len(starts), "color": color, "opacity": 1}
    return go.Scatter(
        x=x,
        y=y,
        mode="lines+markers",
        line={"color": color} | stroke,
        marker=head,
        name=name,
        hoverinfo="skip",
        showlegend=False,
    )


def shared_spans(maps: Mapping[str, np.ndarray]) -> tuple[Span, Span]:
    """Ends of x and of y for the points (n, 2) of all models, with a margin of 4 %."""
    points = np.concatenate([np.asarray(each, dtype=np.float64) for each in maps.values()])
    low, high = points.min(0), points.max(0)
    margin = 0.04 * np.maximum(high - low, 1e-6)
    (x0, y0), (x1, y1) = (low - margin).tolist(), (high + margin).tolist()
    return (x0, x1), (y0, y1)


def describe_shared_map(
    maps: Mapping[str, np.ndarray], forget: np.ndarray, method: str, space: str = "features"
) -> str:
    """Description of the maps of all models.

    Args:
        maps: positions by model, (n, 2) each.
        forget: mask of the forget set, (n,).
        method: "PCA" or "UMAP".
        space: "features" or "logits".
    """
    present = listed(name for name in IDENTITIES if name in maps)
    return (
        f"{method} map of {counted(len(forget))}, fitted on the {space} of the original model and shared by {present}. "
        f"{int(np.sum(forget)):,} of them are ringed as the forget set. Distances on the map only approximate those of "
        f"the {space}."
    )


def describe_drift(shares: np.ndarray, farthest: np.ndarray, forget: np.ndarray, source: str, target: str) -> str:
    """Description of the drift of samples from one model to another.

    Args:
        shares: length of each sample's drift as a share of the map's extent, (n,).
        farthest: rows of the samples with an arrow.
        forget: mask of the forget set, (n,).
        source: name of the model where the arrows start.
        target: name of the model where they end.
    """
    forget = np.asarray(forget, dtype=bool)
    if not len(farthest):
        return f"No sample moved from {source} to {target}."
    ringed, lengths = int(forget[farthest].sum()), shares[farthest]
    parts = (("forget sample", forget), ("retained sample", ~forget))
    middle = listed(
        f"{percent(float(np.median(shares[mask])))} for {counted(int(mask.sum()), noun)}"
        for noun, mask in parts
        if mask.any()
    )
    return (
        f"{counted(len(farthest), 'arrow')} from {source} to {target} for the samples that moved most "
        f"({percent(float(lengths.min()))} to {percent(float(lengths.max()))} of the map's extent): {ringed:,} of the "
        f"forget set (solid) and {len(farthest) - ringed:,} retained (dotted). Median drift: {middle}."
    )

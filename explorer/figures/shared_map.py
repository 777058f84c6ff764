"""One model's place on the map that all three share: fitted once, so positions and axes compare from model to model."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.figures.identity import heading, named
from explorer.figures.samples import marks, name_classes
from explorer.figures.theme import IDENTITIES, Theme, style
from explorer.words import counted, listed, percent

Span = tuple[float, float]
_ARROWS: dict[str, dict[str, Any]] = {"retained": {"width": 1.5, "dash": "dot"}, "forget set": {"width": 1.5}}
"""How the two kinds of moved samples are told apart: the forget set's arrows are solid."""


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
    """Samples as this model's features place them, coloured by class; the forget set is ringed.

    points   (n, 2) of this model, labels (n,), forget (n,) mask, indices (n,): the same samples for every model
    spans    of x and y, from `shared_spans`, the same for every model
    starts   (n, 2) where another model has them; drifting: positions of those that get an arrow from there to here,
             in this model's colour: a solid one where the sample is of the forget set
    """
    samples = marks(points, labels, forget, classes, theme, indices=indices, hollow_forget=hollow_forget)
    axes = {"xaxis": {"range": spans[0]}, "yaxis": {"range": spans[1], "constraintoward": "top"}}
    figure = go.Figure(samples, axes | {"annotations": [heading(named(identity, theme, note))]})
    if starts is not None and drifting is not None:
        for name, look in _ARROWS.items():
            moved = drifting[np.asarray(forget, dtype=bool)[drifting] == (name == "forget set")]
            figure.add_trace(_arrows(starts[moved], points[moved], f"{name}, moved", theme.identity(identity), look))
    name_classes(figure, points, labels, classes, theme, forget)
    return style(figure, theme, height=height, axes=False, legend=len(classes) <= 4)


def _arrows(starts: np.ndarray, ends: np.ndarray, name: str, color: str, look: dict[str, Any]) -> go.Scatter:
    """All arrows of one kind as one trace: start, end, gap."""
    steps = np.full((len(starts), 3, 2), np.nan, dtype=np.float32)
    steps[:, 0], steps[:, 1] = starts, ends
    x, y = steps.reshape(-1, 2).T
    head = {"symbol": "arrow", "angleref": "previous", "size": [0, 7, 0] * len(starts), "color": color, "opacity": 1}
    return go.Scatter(
        x=x,
        y=y,
        mode="lines+markers",
        line={"color": color} | look,
        marker=head,
        name=name,
        hoverinfo="skip",
        showlegend=False,
    )


def shared_spans(maps: Mapping[str, np.ndarray]) -> tuple[Span, Span]:
    """Ends of x and y that hold every model's points (n, 2), with a margin of 4 %."""
    points = np.concatenate([np.asarray(found, dtype=np.float64) for found in maps.values()])
    low, high = points.min(0), points.max(0)
    margin = 0.04 * np.maximum(high - low, 1e-6)
    (x0, y0), (x1, y1) = (low - margin).tolist(), (high + margin).tolist()
    return (x0, x1), (y0, y1)


def describe_shared_map(
    maps: Mapping[str, np.ndarray], forget: np.ndarray, method: str, space: str = "features"
) -> str:
    """What the maps show together, in a sentence; method is how they were made, "PCA" or "UMAP", space of what."""
    present = listed(name for name in IDENTITIES if name in maps)
    return (
        f"One {method} map of {counted(len(forget))}, fitted on the original model's {space} and shared by {present}; "
        f"{int(np.sum(forget)):,} ringed as the forget set. Distances on it are only roughly those of the {space}."
    )


def describe_drift(shares: np.ndarray, farthest: np.ndarray, forget: np.ndarray, whence: str, whither: str) -> str:
    """How far samples moved from one model's place to another's, in shares (n,) of the map's extent."""
    forget = np.asarray(forget, dtype=bool)
    if not len(farthest):
        return f"No sample moved from {whence} to {whither}."
    ringed, ways = int(forget[farthest].sum()), shares[farthest]
    parts = (("forget sample", forget), ("retained sample", ~forget))
    middle = listed(
        f"{percent(float(np.median(shares[mask])))} for {counted(int(mask.sum()), noun)}"
        for noun, mask in parts
        if mask.any()
    )
    return (
        f"{counted(len(farthest), 'arrow')} from {whence} to {whither}, for the samples that moved most "
        f"({percent(float(ways.min()))} to {percent(float(ways.max()))} of the map's extent): {ringed:,} of the forget "
        f"set (solid) and {len(farthest) - ringed:,} retained (dotted). The median way is {middle}."
    )

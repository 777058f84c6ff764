"""Samples as marks, the same on planes and maps: colour and symbol for the class, an ink ring for the forget set."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.figures.short_name import short
from explorer.figures.theme import Theme

SYMBOLS = (
    "circle", "square", "triangle-up", "cross", "triangle-down", "pentagon", "star", "x", "hexagon", "star-triangle-up"
)  # fmt: skip
"""One symbol a class: never colour alone. The diamond is kept for samples that are alone in their ball."""
NAMED = 16
"""Classes that are named on a map, at most: those of the forget set, and the largest."""
CROWD = 1000
"""Above this many samples a picture is drawn by WebGL, below it as SVG, of which a page may hold any number."""
PLAIN = 3000
"""Above this many every mark is a small circle: it hides less, and WebGL without a GPU draws it sooner."""
SMALL = 4
"""px, what a mark measures then."""
MANY = 40
"""Forget samples above which the rings are finer: heavy ones would hide what they surround."""
THRONG = 1000
"""Forget samples above which the rings are faint: as many as these would cover the picture."""
FEW_CLASSES = 4
"""Up to this many classes stand in the legend; more would fill a phone and are named on the map itself."""


def symbol_of(number: int) -> str:
    """The symbol of a class; together with its hue no two of a hundred classes have the same."""
    return SYMBOLS[(number + number // len(SYMBOLS)) % len(SYMBOLS)]


def marks(
    points: np.ndarray,
    labels: np.ndarray,
    forget: np.ndarray,
    classes: Sequence[str],
    theme: Theme,
    *,
    indices: np.ndarray | None = None,
    values: np.ndarray | None = None,
    alone: np.ndarray | None = None,
    hollow_forget: bool = False,
    size: float = 7,
) -> list[go.Scatter | go.Scattergl]:
    """Traces of samples, always in this order: each class, those alone (where `alone` is given), the forget set;
    then the legend's entries, where the samples' own have no colour to show. More than PLAIN with values are one trace.

    points         (n, 2) positions; labels (n,) class numbers; forget (n,) mask; classes: names by number
    indices        (n,) training index of each, told when it is selected; None: 0..n-1
    values         (n,) colours the samples by `layout.coloraxis` instead of by class
    alone          (n,) mask of samples alone in their ball: open diamonds without a value, since nothing was inferred
    hollow_forget  the forget samples are rings around nothing: for a model that never saw them
    """
    points, labels = np.asarray(points, dtype=np.float32), np.asarray(labels)
    forget = np.asarray(forget, dtype=bool)
    lonely = np.zeros(len(points), dtype=bool) if alone is None else np.asarray(alone, dtype=bool)
    shown = {
        "kind": go.Scatter if len(points) <= CROWD else go.Scattergl,
        "points": points,
        "indices": np.arange(len(points)) if indices is None else np.asarray(indices),
        "values": None if values is None else np.asarray(values, dtype=np.float32),
    }
    dots = ~(lonely | forget) if hollow_forget else ~lonely
    plain = len(points) > PLAIN
    size = min(size, SMALL) if plain else size
    traces = []
    parts = [(number, name, dots & (labels == number)) for number, name in enumerate(classes)]
    for number, name, mask in [(0, "samples", dots)] if plain and values is not None else parts:
        marker = {"symbol": "circle" if plain else symbol_of(number), "size": size, "opacity": 0.8}
        marker |= {"coloraxis": "coloraxis"} if values is not None else {"color": theme.class_color(number)}
        listed = values is None and len(classes) <= FEW_CLASSES
        traces.append(_trace(mask, name, marker, listed=listed, **shown))
    if alone is not None:
        marker = {"symbol": "diamond-open", "size": size + 3, "color": theme.muted, "line": {"width": 1.5}}
        marker = _hollow(marker, size) if plain else marker
        traces.append(_trace(lonely, "alone", marker, **(shown | {"values": None})))
    ring = theme.ring(size + 6)
    if forget.sum() > MANY:
        ring |= {"size": size + 3, "line": {"width": 1, "color": theme.ink}}
    ring = _hollow(ring, size + 3) if plain else ring
    if forget.sum() > THRONG:
        ring |= {"opacity": 0.2}
    traces.append(_trace(forget, "forget set", ring, **(shown | {"values": None})))
    if values is not None and len(classes) <= FEW_CLASSES:
        for number, name in enumerate(classes):  # the samples' own entries would have the colour of one value
            marker = {"symbol": SYMBOLS[number], "size": size, "color": theme.muted}
            entry = {"name": short(name), "mode": "markers", "showlegend": True, "legendrank": 900}
            traces.append(shown["kind"](x=[None], y=[None], marker=marker, **entry))
    return traces


def _hollow(marker: dict[str, Any], size: float) -> dict[str, Any]:
    """An open symbol as a clear circle with an edge, which is drawn as fast as a full one."""
    return {"symbol": "circle", "size": size, "color": "rgba(0,0,0,0)", "line": {"width": 1, "color": marker["color"]}}


def _trace(
    mask: np.ndarray,
    name: str,
    marker: dict[str, Any],
    *,
    kind: type[go.Scatter | go.Scattergl],
    points: np.ndarray,
    indices: np.ndarray,
    values: np.ndarray | None,
    listed: bool = True,
) -> go.Scatter | go.Scattergl:
    if values is not None:
        marker = marker | {"color": values[mask]}
    return kind(
        x=points[mask, 0],
        y=points[mask, 1],
        customdata=indices[mask],
        name=short(name),
        marker=marker,
        mode="markers",
        showlegend=listed,
        hovertemplate=f"sample %{{customdata}}, {name}"
        + ("" if values is None else "<br>%{marker.color:.3g}")
        + "<extra></extra>",
    )


def name_classes(
    figure: go.Figure,
    points: np.ndarray,
    labels: np.ndarray,
    classes: Sequence[str],
    theme: Theme,
    forget: np.ndarray | None = None,
) -> None:
    """Write each class's name over the median of its samples (n, 2), where there are too many for the legend.

    Of more than `NAMED` classes those with the most samples of the forget set, a mask (n,), then the largest are named.
    Names that would cover each other are moved up; 8 % of the map's height and 3 % of its width a letter is what a name
    takes on a narrow map.
    """
    if len(classes) <= FEW_CLASSES:
        return
    points, labels = np.asarray(points, dtype=np.float64), np.asarray(labels)
    sizes = np.bincount(labels, minlength=len(classes))
    ringed = np.bincount(labels if forget is None else labels[np.asarray(forget, dtype=bool)], minlength=len(classes))
    named = np.lexsort((-sizes, -ringed))[:NAMED]
    medians = [
        (np.median(points[labels == number], axis=0), short(classes[number])) for number in named if sizes[number]
    ]
    width, height = np.ptp(points, axis=0) * (0.03, 0.08)
    placed: list[tuple[float, float, str]] = []
    for (x, y), name in sorted(medians, key=lambda each: float(each[0][1])):
        rivals = [other for other in placed if abs(other[0] - x) < width * (len(other[2]) + len(name)) / 2]
        for _, other, _ in sorted(rivals, key=lambda each: each[1]):
            y = other + height if abs(other - y) < height else y
        placed.append((float(x), float(y), name))
    look = {"bgcolor": theme.surface, "opacity": 0.85, "borderpad": 1, "xref": "x", "yref": "y", "showarrow": False}
    names = [{"x": x, "y": y, "text": name} | look for x, y, name in placed]
    figure.layout.annotations = [*figure.layout.annotations, *names]

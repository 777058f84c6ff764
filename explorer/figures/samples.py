"""Marks of samples on planes and maps: colour and symbol show the class, a ring shows the forget set."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.figures.short_name import short
from explorer.figures.theme import Theme

SYMBOLS = (
    "circle", "square", "triangle-up", "cross", "triangle-down", "pentagon", "star", "x", "hexagon", "star-triangle-up"
)  # fmt: skip
"""Symbols by class, so that classes do not differ in colour only. Diamonds: samples without neighbours."""
NAMED = 16
"""Largest number of class names on a map: first the classes of the forget set, then the largest classes."""
CROWD = 1000
"""Number of samples above which WebGL is used instead of SVG; browsers limit the WebGL figures of a page."""
PLAIN = 3000
"""Number of samples above which marks are small circles: they overlap less and are faster without a GPU."""
SMALL = 4
"""Size of these small circles in px."""
MANY = 40
"""Number of forget samples above which the rings are thin, so that they do not cover the samples."""
THRONG = 1000
"""Number of forget samples above which the rings are nearly transparent."""
FEW_CLASSES = 4
"""Largest number of classes in the legend; more are named on the map, as the legend would fill a phone."""


def symbol_of(number: int) -> str:
    """Symbol of a class. Up to 100 classes, no two have the same symbol and colour."""
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
    """Traces of samples.

    Args:
        points: positions, (n, 2).
        labels: class numbers, (n,).
        forget: mask of the forget set, (n,); these samples are ringed.
        classes: class names by number.
        theme: colours.
        indices: training indices, (n,), returned when a sample is selected; None: 0..n-1.
        values: numbers that colour the samples by `layout.coloraxis`, (n,); None: coloured by class.
        alone: mask of the samples without neighbours within r, (n,), drawn as open diamonds without a value.
        hollow_forget: draw forget samples as empty rings, for a model that was not trained on them.
        size: of a mark in px.

    Returns:
        Traces in this order: each class, samples without neighbours within r (if `alone` is given), forget set, and
        with values the entries of the legend. More than PLAIN samples with values are one trace, not one per class.
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
        traces.append(_trace(lonely, "no neighbours", marker, **(shown | {"values": None})))
    ring = theme.ring(size + 6)
    if forget.sum() > MANY:
        ring |= {"size": size + 3, "line": {"width": 1, "color": theme.ink}}
    ring = _hollow(ring, size + 3) if plain else ring
    if forget.sum() > THRONG:
        ring |= {"opacity": 0.2}
    traces.append(_trace(forget, "forget set", ring, **(shown | {"values": None})))
    if values is not None and len(classes) <= FEW_CLASSES:
        for number, name in enumerate(classes):  # the entries of the samples would have the colour of a value
            marker = {"symbol": SYMBOLS[number], "size": size, "color": theme.muted}
            entry = {"name": short(name), "mode": "markers", "showlegend": True, "legendrank": 900}
            traces.append(shown["kind"](x=[None], y=[None], marker=marker, **entry))
    return traces


def _hollow(marker: dict[str, Any], size: float) -> dict[str, Any]:
    """The marker as a transparent circle with an edge, which WebGL draws as fast as a filled one."""
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
    """Write each class name at the median of its samples, if there are too many classes for the legend.

    Up to `NAMED` classes are named: first those with the most forget samples, then the largest. A name that would cover
    another one is moved up. On a narrow map a line takes 8 % of the height and a letter 3 % of the width.

    Args:
        figure: figure to which the annotations are added.
        points: positions, (n, 2).
        labels: class numbers, (n,).
        classes: class names by number.
        theme: colours.
        forget: mask of the forget set, (n,); None: all samples.
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
    box = {"bgcolor": theme.surface, "opacity": 0.85, "borderpad": 1, "xref": "x", "yref": "y", "showarrow": False}
    names = [{"x": x, "y": y, "text": name} | box for x, y, name in placed]
    figure.layout.annotations = [*figure.layout.annotations, *names]

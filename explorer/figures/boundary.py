"""Decision regions of one model on a plane, the decision boundary, and the samples."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.figures.identity import heading, model_label
from explorer.figures.samples import marks
from explorer.figures.theme import Theme, style
from explorer.words import counted, listed, percent

LEVEL = 0
"""Log-odds at the decision boundary, where both probabilities are 0.5."""


def boundary(
    xs: np.ndarray,
    ys: np.ndarray,
    regions: np.ndarray,
    points: np.ndarray,
    labels: np.ndarray,
    forget: np.ndarray,
    identity: str,
    theme: Theme,
    *,
    classes: Sequence[str],
    note: str = "",
    hollow_forget: bool = False,
    height: int = 380,
) -> go.Figure:
    """Decision regions of one model on a plane. Figures of the three models have equal axes and can be compared.

    Args:
        xs: x of the grid's columns, (w,), at most 200; the axis ends with the grid.
        ys: y of the grid's rows, (h,), at most 200.
        regions: probabilities (h, w, classes), or predicted class numbers (h, w).
        points: samples, (n, 2).
        labels: class numbers, (n,).
        forget: mask of the forget set, (n,); these samples are ringed.
        identity: "original", "unlearned" or "retrained"; it determines the colour of the boundary and the heading.
        theme: colours.
        classes: class names by number.
        note: text after the model's name in the heading, for example "step 32".
        hollow_forget: draw forget samples as empty rings, for a model that was not trained on them.
        height: px.

    Returns:
        A figure with the traces: regions, boundary, one per class, forget set. Their number does not depend on the
        model, so Plotly.react updates each in place.
    """
    plane = region_traces(xs, ys, regions, identity, theme)
    samples = marks(points, labels, forget, classes, theme, hollow_forget=hollow_forget)
    figure = go.Figure([*plane, *samples], plane_layout(xs, ys, model_label(identity, theme, note)))
    return style(figure, theme, height=height, axes=False, legend=False)


def describe_boundary(
    regions: np.ndarray, labels: np.ndarray, forget: np.ndarray, identity: str, classes: Sequence[str]
) -> str:
    """Description of `boundary`: share of the plane predicted as each class, numbers of samples."""
    predictions = predicted_classes(regions)
    shares = [f"{percent(float((predictions == number).mean()))} {name}" for number, name in enumerate(classes)]
    ringed = int(np.sum(forget))
    return (
        f"Decision regions of the {identity} model, as shares of the plane shown: {listed(shares)}. "
        f"The plane shows {counted(len(labels))}, {ringed:,} of them ringed as the forget set."
    )


def predicted_classes(regions: np.ndarray) -> np.ndarray:
    """Predicted class numbers (h, w), from probabilities (h, w, classes) or from class numbers (h, w), unchanged."""
    regions = np.asarray(regions)
    return regions.argmax(-1) if regions.ndim == 3 else regions


def log_odds(probability: np.ndarray) -> np.ndarray:
    """Log-odds of the probabilities (h, w) of a plane, in thousandths, clipped at +-8.

    The contour at log-odds 0 is the one at probability 0.5, but smoother: logits are nearly linear between two lines of
    the grid and probabilities are not, so interpolating probabilities would draw steps.

    Args:
        probability: p, (h, w) or any other shape, floats in 0..1, or uint8 in 0..255.

    Returns:
        int16, of the same shape.
    """
    probability = np.asarray(probability)
    if probability.dtype == np.uint8:
        probability = probability / np.float32(255)
    inside = np.clip(probability.astype(np.float64), 1e-9, 1 - 1e-9)
    return np.round(1000 * np.clip(np.log(inside) - np.log1p(-inside), -8, 8)).astype(np.int16)


def region_traces(
    xs: np.ndarray, ys: np.ndarray, regions: np.ndarray, identity: str, theme: Theme
) -> list[go.Contour | go.Heatmap | go.Scatter]:
    """Traces of the regions (pale) and of the boundary (model's colour): two, whatever the number of classes.

    Args:
        xs, ys, regions, identity, theme: as in `boundary`.
    """
    xs, ys, regions = np.asarray(xs, dtype=np.float32), np.asarray(ys, dtype=np.float32), np.asarray(regions)
    line = {"color": theme.identity(identity), "width": 3}
    base = {"x": xs, "y": ys, "showscale": False, "hoverinfo": "skip", "name": identity}
    if regions.ndim == 3 and regions.shape[-1] == 2:
        z = log_odds(regions[..., 1])
        colors = [[0, theme.region(0)], [1, theme.region(1)]]
        level = {"start": LEVEL, "end": LEVEL, "size": 1}
        return [
            go.Contour(z=z, colorscale=colors, contours=level | {"coloring": "fill"}, line=line, **base),
            go.Scatter(x=[], y=[], mode="lines", line=line, name=identity, showlegend=False, hoverinfo="skip"),
        ]
    predictions = predicted_classes(regions).astype(np.int16)
    count = regions.shape[-1] if regions.ndim == 3 else int(predictions.max()) + 1
    edges = region_edges(xs, ys, predictions)
    return [
        go.Heatmap(z=predictions, zmin=-0.5, zmax=count - 0.5, colorscale=theme.region_scale(count), **base),
        go.Scatter(
            x=edges[:, 0], y=edges[:, 1], mode="lines", line=line, name=identity, showlegend=False, hoverinfo="skip"
        ),
    ]


def region_edges(xs: np.ndarray, ys: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """Edges of the grid's cells between two different predicted classes.

    Args:
        xs: x of the grid's columns, (w,).
        ys: y of the grid's rows, (h,).
        predictions: predicted class numbers, (h, w).

    Returns:
        (3 * edges, 2), float32: start, end, and NaN, which interrupts the line.
    """
    across, along = (np.concatenate([[2 * at[0] - at[1]], at, [2 * at[-1] - at[-2]]]) for at in (xs, ys))
    x_sides, y_sides = (across[1:] + across[:-1]) / 2, (along[1:] + along[:-1]) / 2
    row, column = np.nonzero(predictions[:, 1:] != predictions[:, :-1])
    upright = np.array([[x_sides[column + 1], x_sides[column + 1]], [y_sides[row], y_sides[row + 1]]])
    row, column = np.nonzero(predictions[1:] != predictions[:-1])
    level = np.array([[x_sides[column], x_sides[column + 1]], [y_sides[row + 1], y_sides[row + 1]]])
    ends = np.concatenate([upright, level], 2)  # (coordinate, end, side)
    ends = np.concatenate([ends, np.full_like(ends[:, :1], np.nan)], 1)
    return ends.transpose(2, 1, 0).reshape(-1, 2).astype(np.float32)


def plane_layout(xs: np.ndarray, ys: np.ndarray, text: str) -> dict[str, Any]:
    """Layout of a plane: axes that end with the grid, so that only the boundary moves, and the text as heading."""
    across, along = ([float(at[0]), float(at[-1])] for at in (xs, ys))
    return {
        "xaxis": {"range": across},
        "yaxis": {"range": along, "constraintoward": "top"},
        "annotations": [heading(text)],
    }

"""The decision regions of one model on a plane, the boundary between them, and the samples that lie there."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.figures.identity import heading, named
from explorer.figures.samples import marks
from explorer.figures.theme import Theme, style
from explorer.words import counted, listed, percent

LEVEL = 0
"""Of the log-odds: where both probabilities are one half."""


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
    """One model's plane; three of them side by side have the same axes and compare.

    xs, ys         (w,), (h,) the grid's lines, at most 200 each; the axes end where they end
    regions        (h, w, classes) probabilities, or (h, w) numbers of the called classes
    points         (n, 2) samples; labels (n,) their classes; forget (n,) mask, ringed
    identity       "original", "unlearned" or "retrained": colour and line of the boundary, and the heading
    note           follows the name in the heading: "step 32"
    hollow_forget  draw the forget samples as empty rings, for a model that never saw them

    Traces: the regions, the boundary, one a class, the forget set; so Plotly.react updates each in place.
    """
    plane = region_traces(xs, ys, regions, identity, theme)
    samples = marks(points, labels, forget, classes, theme, hollow_forget=hollow_forget)
    figure = go.Figure([*plane, *samples], frame(xs, ys, named(identity, theme, note)))
    return style(figure, theme, height=height, axes=False, legend=False)


def describe_boundary(
    regions: np.ndarray, labels: np.ndarray, forget: np.ndarray, identity: str, classes: Sequence[str]
) -> str:
    """What `boundary` shows, in two sentences."""
    predictions = called(regions)
    shares = [f"{percent(float((predictions == number).mean()))} {name}" for number, name in enumerate(classes)]
    ringed = int(np.sum(forget))
    return (
        f"What the {identity} model calls each place of the plane shown: {listed(shares)}. "
        f"{counted(len(labels))} lie on it, {ringed:,} of them ringed as the forget set."
    )


def called(regions: np.ndarray) -> np.ndarray:
    """(h, w) number of the called class, of probabilities (h, w, classes) or of these numbers themselves."""
    regions = np.asarray(regions)
    return regions.argmax(-1) if regions.ndim == 3 else regions


def log_odds(probability: np.ndarray) -> np.ndarray:
    """Log-odds in thousandths, int16, clipped at +-8: its zero line is that of probability .5, and a smoother one.

    A network's logits are nearly straight between two lines of the grid and its probabilities are not, so interpolating
    these would draw steps. probability: any shape, floats in 0..1, or uint8 for 0..255.
    """
    probability = np.asarray(probability)
    if probability.dtype == np.uint8:
        probability = probability / np.float32(255)
    inside = np.clip(probability.astype(np.float64), 1e-9, 1 - 1e-9)
    return np.round(1000 * np.clip(np.log(inside) - np.log1p(-inside), -8, 8)).astype(np.int16)


def region_traces(
    xs: np.ndarray, ys: np.ndarray, regions: np.ndarray, identity: str, theme: Theme
) -> list[go.Contour | go.Heatmap | go.Scatter]:
    """Pale regions, and the line between them in the model's colour: two traces, whatever the number of classes."""
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
    predictions = called(regions).astype(np.int16)
    count = regions.shape[-1] if regions.ndim == 3 else int(predictions.max()) + 1
    edges = changes(xs, ys, predictions)
    return [
        go.Heatmap(z=predictions, zmin=-0.5, zmax=count - 0.5, colorscale=theme.region_scale(count), **base),
        go.Scatter(
            x=edges[:, 0], y=edges[:, 1], mode="lines", line=line, name=identity, showlegend=False, hoverinfo="skip"
        ),
    ]


def changes(xs: np.ndarray, ys: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """The sides of the grid's cells across which the called class (h, w) changes: (3 * sides, 2), NaN between two."""
    across, along = (np.concatenate([[2 * at[0] - at[1]], at, [2 * at[-1] - at[-2]]]) for at in (xs, ys))
    x_sides, y_sides = (across[1:] + across[:-1]) / 2, (along[1:] + along[:-1]) / 2
    row, column = np.nonzero(predictions[:, 1:] != predictions[:, :-1])
    upright = np.array([[x_sides[column + 1], x_sides[column + 1]], [y_sides[row], y_sides[row + 1]]])
    row, column = np.nonzero(predictions[1:] != predictions[:-1])
    level = np.array([[x_sides[column], x_sides[column + 1]], [y_sides[row + 1], y_sides[row + 1]]])
    ends = np.concatenate([upright, level], 2)  # (coordinate, end, side)
    ends = np.concatenate([ends, np.full_like(ends[:, :1], np.nan)], 1)
    return ends.transpose(2, 1, 0).reshape(-1, 2).astype(np.float32)


def frame(xs: np.ndarray, ys: np.ndarray, text: str) -> dict[str, Any]:
    """The layout of a plane: axes that end where the grid ends, so that nothing moves but the boundary; a heading."""
    across, along = ([float(at[0]), float(at[-1])] for at in (xs, ys))
    return {
        "xaxis": {"range": across},
        "yaxis": {"range": along, "constraintoward": "top"},
        "annotations": [heading(text)],
    }

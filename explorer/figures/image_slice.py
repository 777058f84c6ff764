"""The plane through three pictures, as one model divides it: regions, their boundary, the pictures at the corners."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from explorer.figures.boundary import called, frame, region_traces
from explorer.figures.identity import named
from explorer.figures.samples import symbol_of
from explorer.figures.short_name import short, short_note
from explorer.figures.theme import Theme, style
from explorer.words import counted, listed, percent

LETTERS = ("A", "B", "C")
PICTURE = 0.25
"""Side of a picture on the slice, in sides of the triangle."""
MARK = 0.1
"""Side of the square that a sample's mark takes."""
AWAY = 0.2
"""From a corner outward to the middle of its picture, in sides of the triangle."""
NAMED = 0.03
"""Share of the slice from which a region is named on it."""
LETTER, LINE = 0.045, 0.12
"""Width of a letter and height of a line, in sides of the triangle, where a slice is drawn on a third of a page."""
ROOM = 12
"""Letters of a name on the slice."""
CLEAR = 0.05
"""What is left free between a name and what it must not cover."""


class Box(NamedTuple):
    """A place that is taken on the slice: its middle, and how far it reaches across and along."""

    x: float
    y: float
    across: float
    along: float


def image_slice(
    xs: np.ndarray,
    ys: np.ndarray,
    regions: np.ndarray,
    corners: np.ndarray,
    pictures: Sequence[str],
    labels: np.ndarray,
    forget: np.ndarray,
    identity: str,
    theme: Theme,
    *,
    classes: Sequence[str],
    samples: Sequence[int] = (0, 1, 2),
    note: str = "",
    hollow_forget: bool = False,
    height: int = 350,
) -> go.Figure:
    """One model's slice; three of them side by side have the same axes and compare.

    xs, ys, regions  (w,), (h,) the grid's lines, and (h, w, classes) probabilities
    corners          (3, 2) where the samples stand; pictures: each as a link to an image; labels (3,) their classes
    samples          (3,) their numbers, told when they are chosen
    forget           (3,) mask, ringed; hollow_forget: rings around nothing, for a model that never saw them
    note             follows the name in the heading
    """
    corners = np.asarray(corners, dtype=np.float32)
    figure = go.Figure(region_traces(xs, ys, regions, identity, theme), frame(xs, ys, named(identity, theme, note)))
    filled = ~np.asarray(forget, dtype=bool) if hollow_forget else np.ones(len(corners), dtype=bool)
    numbers, told = np.asarray(samples), {"hovertemplate": "sample %{customdata}<extra></extra>"}
    figure.add_scatter(
        x=corners[filled, 0], y=corners[filled, 1], customdata=numbers[filled], mode="markers", name="samples", **told,
        marker={
            "symbol": [symbol_of(label) for label in np.asarray(labels)[filled].tolist()], "size": 10,
            "color": [theme.class_color(label) for label in np.asarray(labels)[filled].tolist()],
        },
    )  # fmt: skip
    ringed = np.asarray(forget, dtype=bool)
    figure.add_scatter(
        x=corners[ringed, 0], y=corners[ringed, 1], customdata=numbers[ringed], mode="markers", name="forget set",
        marker=theme.ring(17), **told,
    )  # fmt: skip
    middles = _middles(corners)
    notes, images = list(figure.layout.annotations), []
    for letter, picture, (x, y) in zip(LETTERS, pictures, middles.tolist(), strict=True):
        place = {"x": x, "y": y, "xref": "x", "yref": "y"}
        images.append(
            place | {"source": picture, "sizex": PICTURE, "sizey": PICTURE, "xanchor": "center", "yanchor": "middle"}
        )
        upper = {"x": x - PICTURE / 2, "y": y + PICTURE / 2, "xanchor": "left", "yanchor": "top"}
        notes.append(place | upper | {"text": f"<b>{letter}</b>", "showarrow": False, "bgcolor": theme.surface})
    names = [short_note(name, ROOM) for name in classes]
    widths = [LETTER * len(short(name, ROOM)) for name in classes]
    taken = [
        Box(x, y, side / 2, side / 2) for side, at in ((PICTURE, middles), (MARK, corners)) for x, y in at.tolist()
    ]
    for number, (x, y) in _places(xs, ys, called(regions), widths, taken).items():
        notes.append(names[number] | {"x": x, "y": y, "xref": "x", "yref": "y", "showarrow": False})
    figure.update_layout(annotations=notes, images=images)
    return style(figure, theme, height=height, axes=False, legend=False)


def describe_image_slice(
    regions: np.ndarray, labels: np.ndarray, forget: np.ndarray, identity: str, classes: Sequence[str]
) -> str:
    """What `image_slice` shows, in two sentences."""
    predictions = called(regions)
    shares = {name: float((predictions == number).mean()) for number, name in enumerate(classes)}
    found = [f"{percent(share)} {name}" for name, share in shares.items() if share > 0]
    corners = [
        f"{letter} {classes[label]}{', of the forget set' if ringed else ''}"
        for letter, label, ringed in zip(LETTERS, np.asarray(labels).tolist(), forget, strict=True)
    ]
    return (
        f"What the {identity} model calls the plane through {counted(len(labels), 'picture')}: {listed(found)}. "
        f"At its corners: {'; '.join(corners)}."
    )


def _middles(corners: np.ndarray) -> np.ndarray:
    """Where the pictures' middles stand: AWAY from each corner, outward, (3, 2)."""
    outward = corners - corners.mean(0)
    return corners + AWAY * outward / np.linalg.norm(outward, axis=1, keepdims=True)


def _places(
    xs: np.ndarray, ys: np.ndarray, predictions: np.ndarray, widths: Sequence[float], taken: list[Box]
) -> dict[int, tuple[float, float]]:
    """Where the names of the regions that are large enough stand, by class: within the slice, over none of the boxes
    that are taken and not over each other, as near to the region's middle as that leaves room.

    widths: of each class's name; the largest region has the first choice, and one without room has no name.
    """
    x, y = np.meshgrid(xs, ys)
    found = {}
    for number in np.argsort(-np.bincount(predictions.ravel()), kind="stable").tolist():
        own = predictions == number
        across, along = widths[number] / 2 + CLEAR, LINE / 2 + CLEAR
        free = own & (x - xs[0] >= across) & (xs[-1] - x >= across) & (y - ys[0] >= along) & (ys[-1] - y >= along)
        for box in taken:
            free &= (np.abs(x - box.x) >= box.across + across) | (np.abs(y - box.y) >= box.along + along)
        if own.mean() < NAMED or not free.any():
            continue
        distance = np.square(x - x[own].mean()) + np.square(y - y[own].mean())
        row, column = np.unravel_index(np.where(free, distance, np.inf).argmin(), free.shape)
        found[number] = (float(xs[column]), float(ys[row]))
        taken = [*taken, Box(*found[number], across, along)]
    return found

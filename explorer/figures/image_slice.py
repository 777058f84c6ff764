"""Decision regions of one model on the plane through three pictures, which are drawn at its corners."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from explorer.figures.boundary import plane_layout, predicted_classes, region_traces
from explorer.figures.identity import model_label
from explorer.figures.samples import symbol_of
from explorer.figures.short_name import short, short_note
from explorer.figures.theme import Theme, style
from explorer.words import counted, listed, percent

LETTERS = ("A", "B", "C")
PICTURE = 0.25
"""Side of an image on the slice, in sides of the triangle."""
MARK = 0.1
"""Side of the square that a sample's mark covers, in sides of the triangle."""
AWAY = 0.2
"""Distance from a corner outward to the centre of its image, in sides of the triangle."""
NAMED = 0.03
"""Smallest share of the slice for which the name of a region is written on it."""
LETTER, LINE = 0.045, 0.12
"""Width of a letter and height of a line, in sides of the triangle, for a slice as wide as a third of the page."""
ROOM = 12
"""Letters of a name on the slice."""
CLEAR = 0.05
"""Distance between a name and other marks, in sides of the triangle."""


class Box(NamedTuple):
    """An occupied rectangle on the slice.

    Attributes:
        x, y: centre.
        across, along: half of its width and half of its height.
    """

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
    """Decision regions of one model on the slice. Figures of the three models have equal axes and can be compared.

    Args:
        xs: x of the grid's columns, (w,), in sides of the triangle.
        ys: y of the grid's rows, (h,), in sides of the triangle.
        regions: probabilities, (h, w, classes).
        corners: positions of the three samples, (3, 2).
        pictures: their images, as URLs or data URIs.
        labels: their class numbers, (3,).
        forget: mask of the forget set, (3,); these samples are ringed.
        identity: "original", "unlearned" or "retrained".
        theme: colours.
        classes: class names by number.
        samples: training indices, (3,), returned when a sample is selected.
        note: text after the model's name in the heading.
        hollow_forget: draw forget samples as empty rings, for a model that was not trained on them.
        height: px.
    """
    corners = np.asarray(corners, dtype=np.float32)
    figure = go.Figure(
        region_traces(xs, ys, regions, identity, theme), plane_layout(xs, ys, model_label(identity, theme, note))
    )
    filled = ~np.asarray(forget, dtype=bool) if hollow_forget else np.ones(len(corners), dtype=bool)
    numbers, hover = np.asarray(samples), {"hovertemplate": "sample %{customdata}<extra></extra>"}
    figure.add_scatter(
        x=corners[filled, 0], y=corners[filled, 1], customdata=numbers[filled], mode="markers", name="samples", **hover,
        marker={
            "symbol": [symbol_of(label) for label in np.asarray(labels)[filled].tolist()], "size": 10,
            "color": [theme.class_color(label) for label in np.asarray(labels)[filled].tolist()],
        },
    )  # fmt: skip
    ringed = np.asarray(forget, dtype=bool)
    figure.add_scatter(
        x=corners[ringed, 0], y=corners[ringed, 1], customdata=numbers[ringed], mode="markers", name="forget set",
        marker=theme.ring(17), **hover,
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
    for number, (x, y) in _places(xs, ys, predicted_classes(regions), widths, taken).items():
        notes.append(names[number] | {"x": x, "y": y, "xref": "x", "yref": "y", "showarrow": False})
    figure.update_layout(annotations=notes, images=images)
    return style(figure, theme, height=height, axes=False, legend=False)


def describe_image_slice(
    regions: np.ndarray, labels: np.ndarray, forget: np.ndarray, identity: str, classes: Sequence[str]
) -> str:
    """Description of `image_slice`: share of the plane predicted as each class, and the three samples."""
    predictions = predicted_classes(regions)
    shares = {name: float((predictions == number).mean()) for number, name in enumerate(classes)}
    areas = [f"{percent(share)} {name}" for name, share in shares.items() if share > 0]
    corners = [
        f"{letter} {classes[label]}{', of the forget set' if ringed else ''}"
        for letter, label, ringed in zip(LETTERS, np.asarray(labels).tolist(), forget, strict=True)
    ]
    return (
        f"Decision regions of the {identity} model on the plane through {counted(len(labels), 'picture')}, as shares "
        f"of the plane shown: {listed(areas)}. Corners: {'; '.join(corners)}."
    )


def _middles(corners: np.ndarray) -> np.ndarray:
    """Centres of the images, at the distance AWAY outward from each corner, (3, 2)."""
    outward = corners - corners.mean(0)
    return corners + AWAY * outward / np.linalg.norm(outward, axis=1, keepdims=True)


def _places(
    xs: np.ndarray, ys: np.ndarray, predictions: np.ndarray, widths: Sequence[float], taken: list[Box]
) -> dict[int, tuple[float, float]]:
    """Positions of the names of regions, by class: on the region, clear of the occupied boxes and of other names.

    A name is as close to the centre of its region as possible. The largest region is placed first. A region smaller
    than NAMED, or without room, has no name. widths: of the names, by class.
    """
    x, y = np.meshgrid(xs, ys)
    positions = {}
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
        positions[number] = (float(xs[column]), float(ys[row]))
        taken = [*taken, Box(*positions[number], across, along)]
    return positions

"""Noisy copies x + xi_j of a sample, with xi_j ~ N(0, sigma^2 I), and the model's prediction for each.

JiT moves the output at x toward the outputs at its copies. If the copies are predicted as the class of x, this hardly
changes the prediction. Images are drawn in rows, points of a plane over the decision regions.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.figures.boundary import plane_layout, region_traces
from explorer.figures.identity import heading, model_label
from explorer.figures.samples import symbol_of
from explorer.figures.short_name import short, short_note
from explorer.figures.theme import Theme, style
from explorer.words import percent

MOST = 8
"""Largest number of copies shown."""
GAP = 0.16
"""Distance between two images, in image widths."""
LETTERS = 14
"""Letters of a class name below an image."""
CAPTION = 0.65
"""Height of the room below an image, in image widths."""


def copies_in_pictures(
    sample: np.ndarray,
    copies: np.ndarray,
    sample_prediction: int,
    predictions: np.ndarray,
    label: int,
    theme: Theme,
    *,
    classes: Sequence[str],
    columns: int = 3,
    tile: int = 112,
) -> go.Figure:
    """The sample and up to MOST of its copies as images; a frame marks those that are predicted as the sample's class.

    Args:
        sample: uint8, (h, w) or (h, w, 3).
        copies: uint8, (N, h, w) or (N, h, w, 3); only the first MOST are needed.
        sample_prediction: predicted class number of the sample.
        predictions: predicted class numbers of the copies, (N,); the heading counts all N.
        label: class number of the sample.
        theme: colours.
        classes: class names by number.
        columns: images in a row; 3 fit on a phone or a third of the page, 9 on the whole page.
        tile: width of an image in px; images shrink if the column is too narrow.
    """
    pictures = _colored(np.concatenate([np.asarray(sample)[None], np.asarray(copies)[:MOST]]))
    shown = [sample_prediction, *np.asarray(predictions)[:MOST].tolist()]
    count, h, w = pictures.shape[:3]
    columns = max(1, min(columns, count))
    rows = -(-count // columns)
    across, down = w + max(1, round(GAP * w)), h + max(2, round(CAPTION * w))
    canvas = np.zeros((rows * down, columns * across, 4), dtype=np.uint8)  # transparent between the images
    figure = go.Figure()
    notes, frames = [], []
    for at, (picture, prediction) in enumerate(zip(pictures, shown, strict=True)):
        top, left = at // columns * down, at % columns * across
        canvas[top : top + h, left : left + w] = picture
        same = prediction == label
        name = short_note(classes[prediction], LETTERS)
        caption = f"<b>{name['text']}</b>" if same else name["text"]
        caption = caption if at else f"{caption}<br>without noise"
        place = {"x": left + w / 2 - 0.5, "y": top + h - 0.5, "xref": "x", "yref": "y", "yanchor": "top", "yshift": -4}
        notes.append(name | {"text": caption, "showarrow": False, "xanchor": "center"} | place)
        if same:
            x, y, out = left - 0.5, top - 0.5, 0.045 * w
            corners = {"x0": x - out, "x1": x + w + out, "y0": y - out, "y1": y + h + out}
            frames.append({"type": "rect", "line": {"color": theme.ink, "width": 3}} | corners)
    figure.add_trace(go.Image(z=canvas, colormodel="rgba256", hoverinfo="skip", name="copies"))
    notes.append(heading(f"framed: {_unchanged(predictions, label)} copies predicted as {short(classes[label])}"))
    figure.update_layout(annotations=notes, shapes=frames)
    edge = 0.5 + 0.08 * w
    figure.update_xaxes(range=[-edge, columns * across - 0.5], constraintoward="left")
    figure.update_yaxes(range=[rows * down - 0.5, -edge], constraintoward="top")
    return style(figure, theme, height=58 + round(rows * tile * down / across), axes=False, legend=False)


def copies_on_plane(
    xs: np.ndarray,
    ys: np.ndarray,
    regions: np.ndarray,
    sample: np.ndarray,
    copies: np.ndarray,
    predictions: np.ndarray,
    label: int,
    identity: str,
    theme: Theme,
    *,
    classes: Sequence[str],
    height: int = 380,
) -> go.Figure:
    """A ringed sample and its copies over the decision regions; colour and symbol show the predicted class.

    Args:
        xs, ys, regions: as in `boundary`.
        sample: (2,).
        copies: (N, 2); all are drawn.
        predictions: predicted class numbers of the copies, (N,).
        label: class number of the sample.
        identity: "original", "unlearned" or "retrained": the model of the regions and the predictions.
        theme: colours.
        classes: class names by number.
        height: px.
    """
    sample, copies = np.asarray(sample, dtype=np.float32), np.asarray(copies, dtype=np.float32)
    plane = region_traces(xs, ys, regions, identity, theme)
    title = f"{_unchanged(predictions, label)} predicted as {short(classes[label])}"
    figure = go.Figure(plane, plane_layout(xs, ys, model_label(identity, theme, title)))
    spokes = np.full((len(copies), 3, 2), np.nan, dtype=np.float32)
    spokes[:, 0], spokes[:, 1] = sample, copies
    line = {"color": theme.muted, "width": 1}
    x, y = spokes.reshape(-1, 2).T
    figure.add_scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False, name="noise")
    edge = {"color": theme.surface, "width": 1}
    for number, name in enumerate(classes):
        x, y = copies[np.asarray(predictions) == number].T
        figure.add_scatter(
            x=x, y=y, mode="markers", marker=_dot(number, theme) | {"line": edge}, name=f"predicted as {short(name)}",
            hovertemplate=f"predicted as {name}<extra></extra>",
        )  # fmt: skip
    own = _dot(label, theme)
    figure.add_scatter(x=sample[:1], y=sample[1:], mode="markers", marker=own, hoverinfo="skip", showlegend=False)
    figure.add_scatter(
        x=sample[:1], y=sample[1:], mode="markers", marker=theme.ring(18), name="sample", hoverinfo="skip"
    )
    style(figure, theme, height=height, axes=False)
    figure.layout.margin.t += 22  # the legend may take two lines
    return figure


def describe_copies(predictions: np.ndarray, label: int, classes: Sequence[str]) -> str:
    """Description of both figures: share of the N copies that are predicted as the sample's class."""
    share = float(np.mean(np.asarray(predictions) == label))
    return f"{percent(share)} of {len(predictions):,} noisy copies are predicted as {classes[label]}."


def _unchanged(predictions: np.ndarray, label: int) -> str:
    return f"{int(np.sum(np.asarray(predictions) == label)):,} of {len(predictions):,}"


def _dot(number: int, theme: Theme) -> dict[str, Any]:
    return {"symbol": symbol_of(number), "size": 11, "color": theme.class_color(number)}


def _colored(pictures: np.ndarray) -> np.ndarray:
    """Images (n, h, w) or (n, h, w, 3) as opaque RGBA, uint8 (n, h, w, 4)."""
    colors = np.repeat(pictures[..., None], 3, -1) if pictures.ndim == 3 else pictures
    opaque = np.full((*colors.shape[:3], 1), 255)
    return np.concatenate([colors, opaque], -1).astype(np.uint8)

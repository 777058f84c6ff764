"""What noise makes of a sample, x + xi_j with xi_j ~ N(0, sigma^2 I), and what the model calls each copy.

JiT smooths the model's output at x toward those at its copies: where the copies are still called what x is, there is
nothing to move toward. Pictures are laid out in rows, points on the decision regions.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.figures.boundary import frame, region_traces
from explorer.figures.identity import heading, named
from explorer.figures.samples import symbol_of
from explorer.figures.short_name import short, short_note
from explorer.figures.theme import Theme, style
from explorer.words import percent

MOST = 8
"""Copies shown of a sample."""
GAP = 0.16
"""Between two pictures, in picture widths."""
LETTERS = 14
"""Of a name under a picture."""
CAPTION = 0.65
"""Room under a picture, in picture widths."""


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
    """The sample first, then up to MOST copies; a frame marks those that are still called the sample's class.

    The heading counts over all copies that are called, shown or not.

    sample, copies     uint8 (h, w) or (h, w, 3), and (N, h, w) or (N, h, w, 3)
    sample_call, calls what the model calls the sample, and (N,) each copy: class numbers
    label              the sample's class
    columns            pictures in a row: 3 fit a phone and a third of a page, 9 need the whole of it
    tile               width of a picture in px where there is room; else they shrink to the column
    """
    pictures = _colored(np.concatenate([np.asarray(sample)[None], np.asarray(copies)[:MOST]]))
    found = [sample_prediction, *np.asarray(predictions)[:MOST].tolist()]
    count, h, w = pictures.shape[:3]
    columns = max(1, min(columns, count))
    rows = -(-count // columns)
    across, down = w + max(1, round(GAP * w)), h + max(2, round(CAPTION * w))
    canvas = np.zeros((rows * down, columns * across, 4), dtype=np.uint8)  # what no picture covers is transparent
    figure = go.Figure()
    notes, frames = [], []
    for at, (picture, call) in enumerate(zip(pictures, found, strict=True)):
        top, left = at // columns * down, at % columns * across
        canvas[top : top + h, left : left + w] = picture
        same = call == label
        name = short_note(classes[call], LETTERS)
        words = f"<b>{name['text']}</b>" if same else name["text"]
        words = words if at else f"{words}<br>without noise"
        place = {"x": left + w / 2 - 0.5, "y": top + h - 0.5, "xref": "x", "yref": "y", "yanchor": "top", "yshift": -4}
        notes.append(name | {"text": words, "showarrow": False, "xanchor": "center"} | place)
        if same:
            x, y, out = left - 0.5, top - 0.5, 0.045 * w
            corners = {"x0": x - out, "x1": x + w + out, "y0": y - out, "y1": y + h + out}
            frames.append({"type": "rect", "line": {"color": theme.ink, "width": 3}} | corners)
    figure.add_trace(go.Image(z=canvas, colormodel="rgba256", hoverinfo="skip", name="copies"))
    notes.append(heading(f"framed: {_still(predictions, label)} still called {short(classes[label])}"))
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
    """A ringed sample and its copies over the decision regions, each in the colour and symbol of what it is called.

    xs, ys, regions  as in `boundary`; identity: whose regions and calls these are
    sample, copies   (2,), (N, 2), all of which are shown; calls (N,) class numbers; label: the sample's class
    """
    sample, copies = np.asarray(sample, dtype=np.float32), np.asarray(copies, dtype=np.float32)
    plane = region_traces(xs, ys, regions, identity, theme)
    words = named(identity, theme, f"{_still(predictions, label)} still {short(classes[label])}")
    figure = go.Figure(plane, frame(xs, ys, words))
    spokes = np.full((len(copies), 3, 2), np.nan, dtype=np.float32)
    spokes[:, 0], spokes[:, 1] = sample, copies
    line = {"color": theme.muted, "width": 1}
    x, y = spokes.reshape(-1, 2).T
    figure.add_scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False, name="noise")
    edge = {"color": theme.surface, "width": 1}
    for number, name in enumerate(classes):
        x, y = copies[np.asarray(predictions) == number].T
        figure.add_scatter(
            x=x, y=y, mode="markers", marker=_dot(number, theme) | {"line": edge}, name=f"called {short(name)}",
            hovertemplate=f"called {name}<extra></extra>",
        )  # fmt: skip
    own = _dot(label, theme)
    figure.add_scatter(x=sample[:1], y=sample[1:], mode="markers", marker=own, hoverinfo="skip", showlegend=False)
    figure.add_scatter(
        x=sample[:1], y=sample[1:], mode="markers", marker=theme.ring(18), name="the sample", hoverinfo="skip"
    )
    return style(figure, theme, height=height, axes=False)


def describe_copies(predictions: np.ndarray, label: int, classes: Sequence[str]) -> str:
    """What both pictures show, in a sentence: the share of copies (N,) that are still called the sample's class."""
    still = float(np.mean(np.asarray(predictions) == label))
    return f"{percent(still)} of {len(predictions):,} noisy copies are still called {classes[label]}."


def _still(predictions: np.ndarray, label: int) -> str:
    return f"{int(np.sum(np.asarray(predictions) == label)):,} of {len(predictions):,} copies"


def _dot(number: int, theme: Theme) -> dict[str, Any]:
    return {"symbol": symbol_of(number), "size": 11, "color": theme.class_color(number)}


def _colored(pictures: np.ndarray) -> np.ndarray:
    """Pictures (n, h, w) or (n, h, w, 3) as uint8 (n, h, w, 4), opaque."""
    colors = np.repeat(pictures[..., None], 3, -1) if pictures.ndim == 3 else pictures
    opaque = np.full((*colors.shape[:3], 1), 255)
    return np.concatenate([colors, opaque], -1).astype(np.uint8)

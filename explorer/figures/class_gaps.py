"""Differences in test accuracy per class: unlearned minus original, and unlearned minus retrained."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.identity import SYMBOLS
from explorer.figures.short_name import short
from explorer.figures.theme import DASHES, Theme, style
from explorer.words import counted

LANES = {"original": 0.14, "retrained": -0.14}
"""Vertical offsets, so that equal gaps do not cover each other."""
ROOM = 14
"""Letters of a class name on the axis: on a phone the gaps need most of the width."""


def class_gaps(
    classes: Sequence[str],
    gaps: Mapping[str, np.ndarray],
    counts: np.ndarray,
    theme: Theme,
    *,
    forgotten: int | None = None,
    row: int = 42,
) -> go.Figure:
    """Differences in test accuracy, one row per class; left of 0 the unlearned model is less accurate.

    The axis spans the retained classes. A gap beyond it, as that of a forgotten class, is written at the edge.

    Args:
        classes: names of the c classes.
        gaps: unlearned minus "original" and unlearned minus "retrained", (c,) each, in -1..1; NaN: not measured.
        counts: number of test samples, (c,).
        theme: colours.
        forgotten: number of the class that was forgotten completely, which is shaded; None: none.
        row: height of a row in px.
    """
    heights = np.arange(len(classes), 0, -1, dtype=np.float32)
    low, high = _span(gaps, forgotten)
    figure = go.Figure()
    for against, lane in LANES.items():
        true, y = (100 * np.asarray(gaps[against])).astype(np.float32), heights + np.float32(lane)
        x = np.clip(true, low, high)
        nothing = np.full_like(x, np.nan)
        color = theme.identity(against)
        figure.add_scatter(
            x=np.stack([np.where(np.isnan(x), x, 0), x, nothing], 1).ravel(), y=np.repeat(y, 3), mode="lines",
            line={"color": color, "width": 2, "dash": DASHES[against]}, hoverinfo="skip", showlegend=False,
        )  # fmt: skip
        figure.add_scatter(
            x=x, y=y, text=list(classes), customdata=true, name=f"vs. {against}", mode="markers",
            marker={"symbol": SYMBOLS[against], "size": 11, "color": color},
            hovertemplate="%{text}: %{customdata:+.1f} points, unlearned %{fullData.name}<extra></extra>",
        )  # fmt: skip
        for at in np.flatnonzero(x != true)[~np.isnan(true[x != true])].tolist():
            inward = 1 if x[at] == low else -1
            figure.add_annotation(
                text=f"{'←' if inward == 1 else '→'} {true[at]:+.1f}", x=float(x[at]), y=float(y[at]),
                xanchor="left" if inward == 1 else "right", yanchor="middle", xshift=10 * inward, bgcolor=theme.grid,
            )  # fmt: skip
    if forgotten is not None:
        middle = float(heights[forgotten])
        figure.add_shape(
            type="rect", xref="x domain", x0=0, x1=1, y0=middle - 0.45, y1=middle + 0.45, layer="below", line_width=0,
            fillcolor=theme.grid,
        )  # fmt: skip
    names = [short(name, ROOM) for name in classes]
    labels = [
        f"<b>{name}</b><br>forgotten, n = {count:,}" if at == forgotten else f"{name}, n = {count:,}"
        for at, (name, count) in enumerate(zip(names, np.asarray(counts).tolist(), strict=True))
    ]
    figure.add_vline(x=0, line={"color": theme.muted, "width": 1.5})
    margin = 0.03 * (high - low)
    figure.update_xaxes(showgrid=True, range=[low - margin, high + margin])
    figure.update_yaxes(range=[0.4, len(classes) + 0.6], tickvals=heights, ticktext=labels, showgrid=False)
    return style(
        figure, theme, height=110 + row * len(classes), x_title="difference in test accuracy (points)", legend=True
    )


def widest_gaps(gaps: Mapping[str, np.ndarray], forgotten: int | None = None, most: int = 12) -> np.ndarray:
    """Numbers of the classes to draw: all if there are at most `most`, else the forgotten class and the largest gaps.

    Args:
        gaps: as in `class_gaps`, (c,) each.
        forgotten: number of the forgotten class, which comes first; None: none.
        most: number of classes to return at most.

    Returns:
        (min(c, most),): all in order, or sorted by decreasing gap to either model.
    """
    widths = np.nan_to_num(np.abs([np.asarray(gaps[against], dtype=np.float64) for against in LANES]), nan=-1.0).max(0)
    if len(widths) <= most:
        return np.arange(len(widths))
    if forgotten is not None:
        widths[forgotten] = np.inf
    return np.argsort(-widths, kind="stable")[:most]


def describe_class_gaps(
    classes: Sequence[str], gaps: Mapping[str, np.ndarray], counts: np.ndarray, forgotten: int | None = None
) -> str:
    """Description of `class_gaps`: the largest difference from either model, except for the forgotten class."""
    sentences = []
    for against in LANES:
        differences = np.array(gaps[against], dtype=np.float64)
        if forgotten is not None:
            differences[forgotten] = np.nan
        if np.isnan(differences).all():
            sentences.append(f"No class has test samples to compare with the {against} model.")
            continue
        widest = int(np.nanargmax(np.abs(differences)))
        if differences[widest] == 0:
            other = "other " if forgotten is not None else ""
            sentences.append(f"No {other}class differs in test accuracy from the {against} model.")
            continue
        sentences.append(
            f"{'Apart from the forgotten class, the' if forgotten is not None else 'The'} largest difference in test "
            f"accuracy from the {against} model is {100 * differences[widest]:+.1f} points, in class {classes[widest]} "
            f"({counted(int(counts[widest]), 'test sample')})."
        )
    return " ".join(sentences)


def _span(gaps: Mapping[str, np.ndarray], forgotten: int | None) -> tuple[float, float]:
    """Ends of the axis in points, at least -10 and 10, so that the gap of a single sample does not look large."""
    stay = [np.delete(np.asarray(gaps[against], float), [] if forgotten is None else forgotten) for against in LANES]
    points = 100 * np.concatenate(stay)
    points = points[np.isfinite(points)]
    low, high = (float(points.min()), float(points.max())) if len(points) else (0.0, 0.0)
    return min(-10.0, low), max(10.0, high)

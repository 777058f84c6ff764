"""Predictions of each model for the forget set: number of samples per predicted class."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.short_name import short_ticks
from explorer.figures.theme import IDENTITIES, Theme, style
from explorer.words import counted, listed

MOST = 10
"""Number of classes with their own bars, the most frequent ones; the rest is summed."""


def predictions(
    predicted: Mapping[str, np.ndarray], theme: Theme, *, classes: Sequence[str], height: int = 320
) -> go.Figure:
    """Number of samples per predicted class, as bars grouped by class.

    Args:
        predicted: predicted class numbers of the same n samples by "original", "unlearned", "retrained" or some of
            these, (n,) each.
        theme: colours.
        classes: class names by number.
        height: px.
    """
    shown = [name for name in IDENTITIES if name in predicted]
    counts = {name: np.bincount(np.asarray(predicted[name], dtype=np.int64), minlength=len(classes)) for name in shown}
    total = np.sum(list(counts.values()), axis=0)
    frequent = np.sort(np.argsort(-total, kind="stable")[:MOST])
    rest = {name: int(count.sum() - count[frequent].sum()) for name, count in counts.items()}
    names = [classes[number] for number in frequent] + (["other classes"] if any(rest.values()) else [])
    figure = go.Figure()
    for name in shown:
        bars = [*counts[name][frequent].tolist(), rest[name]][: len(names)]
        figure.add_bar(
            x=names, y=bars, customdata=names, name=name, marker_color=theme.identity(name), showlegend=True,
            hovertemplate="%{y} predicted as %{customdata}<extra>%{fullData.name}</extra>",
        )  # fmt: skip
    figure.update_layout(barmode="group", bargap=0.25)
    figure.update_xaxes(type="category", **short_ticks(names))
    return style(figure, theme, height=height, x_title="predicted class", y_title="forget samples", legend=True)


def describe_predictions(predicted: Mapping[str, np.ndarray], classes: Sequence[str]) -> str:
    """Description of `predictions`: the most frequent predicted class of each model."""
    parts = []
    for name in (each for each in IDENTITIES if each in predicted):
        count = np.bincount(np.asarray(predicted[name], dtype=np.int64), minlength=len(classes))
        parts.append(f"{name} {classes[int(count.argmax())]} ({int(count.max()):,} times)")
    n = max((len(each) for each in predicted.values()), default=0)
    return f"Most frequent prediction for {counted(n, 'forget sample')}: {listed(parts)}."

"""What each model calls the forget samples: how many are named each class."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.short_name import short_ticks
from explorer.figures.theme import IDENTITIES, Theme, style
from explorer.words import counted, listed

MOST = 10
"""Classes shown one by one, the most named ones; the rest stand together."""


def predictions(
    found: Mapping[str, np.ndarray], theme: Theme, *, classes: Sequence[str], height: int = 320
) -> go.Figure:
    """Bars by class and model.

    found  (m,) class numbers by "original", "unlearned", "retrained", any of them: the same samples under each
    """
    shown = [name for name in IDENTITIES if name in found]
    counts = {name: np.bincount(np.asarray(found[name], dtype=np.int64), minlength=len(classes)) for name in shown}
    total = np.sum(list(counts.values()), axis=0)
    kept = np.sort(np.argsort(-total, kind="stable")[:MOST])
    rest = {name: int(count.sum() - count[kept].sum()) for name, count in counts.items()}
    names = [classes[number] for number in kept] + (["others"] if any(rest.values()) else [])
    figure = go.Figure()
    for name in shown:
        bars = [*counts[name][kept].tolist(), rest[name]][: len(names)]
        figure.add_bar(
            x=names, y=bars, customdata=names, name=name, marker_color=theme.identity(name), showlegend=True,
            hovertemplate="%{y} called %{customdata}<extra>%{fullData.name}</extra>",
        )  # fmt: skip
    figure.update_layout(barmode="group", bargap=0.25)
    figure.update_xaxes(type="category", **short_ticks(names))
    return style(figure, theme, height=height, x_title="what they are called", y_title="forget samples", legend=True)


def describe_predictions(found: Mapping[str, np.ndarray], classes: Sequence[str]) -> str:
    """What `calls` shows, in a sentence: what each model calls them most."""
    words = []
    for name in (each for each in IDENTITIES if each in found):
        count = np.bincount(np.asarray(found[name], dtype=np.int64), minlength=len(classes))
        words.append(f"{classes[int(count.argmax())]} {int(count.max()):,} times ({name})")
    n = max((len(each) for each in found.values()), default=0)
    return f"Of {counted(n)} to be forgotten, most are called {listed(words)}."

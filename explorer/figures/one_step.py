"""Inside one JiT step: k of each noisy copy of a sample, and toward what the copies pull the model's output for it."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.short_name import short, short_ticks
from explorer.figures.theme import Theme, style
from explorer.words import counted

MOST = 10
"""Classes shown of those that a network tells apart: the ones with the largest outputs."""
REACH, LEAST = 0.2, 0.01
"""Shares of the picture's width: of the longest arrow, and of one that is too short to be drawn."""


def copy_slopes(
    ratios: np.ndarray, predictions: np.ndarray, label: int, theme: Theme, *, classes: Sequence[str], height: int = 320
) -> go.Figure:
    """k_j of each copy as a bar, dark where the copy is still called the sample's class; the line is their mean, l(x).

    ratios, calls  (N,), (N,) class numbers; label: the sample's class
    """
    ratios, predictions = np.asarray(ratios, dtype=np.float32), np.asarray(predictions)
    number = np.arange(1, len(ratios) + 1)
    figure = go.Figure()
    for words, mask, color in (
        (f"called {short(classes[label])}", predictions == label, theme.ink),
        ("called something else", predictions != label, theme.muted),
    ):  # fmt: skip
        names = [classes[call] for call in predictions[mask]]
        figure.add_bar(
            x=number[mask], y=ratios[mask], name=words, marker_color=color, customdata=names, showlegend=True,
            hovertemplate="copy %{x}, called %{customdata}<br>k = %{y:.3g}<extra></extra>",
        )  # fmt: skip
    mean = float(ratios.mean()) if len(ratios) else 0.0
    line = {"color": theme.unlearned, "width": 2, "dash": "dash"}
    figure.add_shape(type="line", xref="x domain", x0=0, x1=1, y0=mean, y1=mean, line=line)
    figure.add_annotation(
        text=f"mean {mean:.3g}", xref="x domain", x=1, xanchor="right", y=mean, yanchor="bottom", showarrow=False
    )
    figure.update_xaxes(nticks=8, range=[0.4, len(ratios) + 0.6])
    figure.update_yaxes(rangemode="tozero")
    style(figure, theme, height=height, x_title="noisy copy", y_title="k, output per input move", legend=True)
    return figure.update_layout(bargap=0.15)


def describe_slopes(ratios: np.ndarray, predictions: np.ndarray, label: int, classes: Sequence[str]) -> str:
    """What `copy_slopes` shows, in a sentence."""
    ratios, same = np.asarray(ratios), np.asarray(predictions) == label
    return (
        f"k of {counted(len(ratios), 'noisy copy', 'noisy copies')}, {ratios.min():.3g} to {ratios.max():.3g}, "
        f"mean {ratios.mean():.3g}; {int(same.sum()):,} of them are called {classes[label]}."
    )


def pull(
    clean: np.ndarray, noisy: np.ndarray, way: np.ndarray | None, theme: Theme, *, classes: Sequence[str], unit: str,
    height: int = 320,
) -> go.Figure:  # fmt: skip
    """f(x) and the mean of f(x + xi_j), class by class; an arrow from f(x) says which way the copies pull it.

    clean, noisy  (classes,) outputs; way  (classes,) the pull, of which only directions and shares are drawn, the
    largest over `REACH` of the picture, or None where both move; unit: "probability" or "logit"
    """
    clean, noisy = np.asarray(clean, dtype=np.float32), np.asarray(noisy, dtype=np.float32)
    order = np.sort(np.argsort(-np.maximum(np.abs(clean), np.abs(noisy)))[:MOST])
    names = [classes[number] for number in order]
    figure = go.Figure()
    for words, values, symbol, color in (
        ("the sample", clean[order], "circle", theme.unlearned),
        ("its copies, mean", noisy[order], "diamond", theme.ink),
    ):  # fmt: skip
        figure.add_scatter(
            x=values, y=names, text=names, mode="markers", name=words, showlegend=True,
            marker={"symbol": symbol, "size": 11, "color": color},
            hovertemplate="%{text}: %{x:.3f}<extra>%{fullData.name}</extra>",
        )  # fmt: skip
    for name, tail, head in zip(names, clean[order], _heads(clean, noisy, way, order, unit), strict=True):
        if abs(head - tail) > LEAST * _span(clean, noisy, unit):
            figure.add_annotation(
                x=float(head), ax=float(tail), y=name, ay=name, xref="x", axref="x", yref="y", ayref="y", text="",
                showarrow=True, arrowhead=2, arrowwidth=1.5, arrowcolor=theme.muted, startstandoff=6,
            )  # fmt: skip
    figure.update_yaxes(autorange="reversed", type="category", **short_ticks(names))
    if unit == "probability":
        figure.update_xaxes(range=[-0.03, 1.03])
    return style(figure, theme, height=height, x_title=unit, legend=True)


def _heads(
    clean: np.ndarray, noisy: np.ndarray, way: np.ndarray | None, order: np.ndarray, unit: str
) -> np.ndarray:  # fmt: skip
    """Where the arrows of these classes end; each begins at the sample's output."""
    if way is None or not way.any():
        return clean[order]
    heads = clean + way / np.abs(way).max() * REACH * _span(clean, noisy, unit)
    return (heads.clip(0, 1) if unit == "probability" else heads)[order]


def _span(clean: np.ndarray, noisy: np.ndarray, unit: str) -> float:
    both = np.concatenate([clean, noisy])
    return 1.0 if unit == "probability" else float(np.ptp(both)) or 1.0


def describe_pull(
    clean: np.ndarray, noisy: np.ndarray, way: np.ndarray | None, label: int, classes: Sequence[str], unit: str
) -> str:  # fmt: skip
    """What `pull` shows, in a sentence."""
    seen = (
        f"The model's {unit} of {classes[label]} is {float(clean[label]):.2f} for the sample and "
        f"{float(noisy[label]):.2f} on average for its copies"
    )
    if way is None:
        return f"{seen}; the gradient goes through both, and the step moves both."
    if not way[label]:
        return f"{seen}: they do not pull it."
    return (
        f"{seen}. Each copy pulls alike, however far off its output is: together they pull it "
        f"{'up' if way[label] > 0 else 'down'}."
    )

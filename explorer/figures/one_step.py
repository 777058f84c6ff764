"""One JiT step at a sample: the ratio k of each noisy copy, and the direction in which they change its output."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.short_name import short, short_ticks
from explorer.figures.theme import Theme, style
from explorer.words import counted

MOST = 10
"""Largest number of classes shown: those with the largest outputs."""
REACH, LEAST = 0.2, 0.01
"""Length of the longest arrow, and length below which none is drawn, as shares of the axis."""


def copy_slopes(
    ratios: np.ndarray, predictions: np.ndarray, label: int, theme: Theme, *, classes: Sequence[str], height: int = 320
) -> go.Figure:
    """k_j of each copy as a bar, dark if the copy is predicted as the sample's class; the line is the mean, l(x).

    Args:
        ratios: k_j = ||f(x) - f(x + xi_j)|| / ||xi_j||, (N,).
        predictions: predicted class numbers of the copies, (N,).
        label: class number of the sample.
        theme: colours.
        classes: class names by number.
        height: px.
    """
    ratios, predictions = np.asarray(ratios, dtype=np.float32), np.asarray(predictions)
    number = np.arange(1, len(ratios) + 1)
    figure = go.Figure()
    for group, mask, color in (
        (f"predicted as {short(classes[label])}", predictions == label, theme.ink),
        ("other class", predictions != label, theme.muted),
    ):  # fmt: skip
        names = [classes[prediction] for prediction in predictions[mask]]
        figure.add_bar(
            x=number[mask], y=ratios[mask], name=group, marker_color=color, customdata=names, showlegend=True,
            hovertemplate="copy %{x}, predicted as %{customdata}<br>k = %{y:.3g}<extra></extra>",
        )  # fmt: skip
    mean = float(ratios.mean()) if len(ratios) else 0.0
    line = {"color": theme.unlearned, "width": 2, "dash": "dash"}
    figure.add_shape(type="line", xref="x domain", x0=0, x1=1, y0=mean, y1=mean, line=line)
    figure.add_annotation(
        text=f"mean {mean:.3g}", xref="x domain", x=1, xanchor="right", y=mean, yanchor="bottom", showarrow=False
    )
    figure.update_xaxes(nticks=8, range=[0.4, len(ratios) + 0.6])
    figure.update_yaxes(rangemode="tozero")
    style(figure, theme, height=height, x_title="noisy copy", y_title="k, output / input change", legend=True)
    return figure.update_layout(bargap=0.15)


def describe_slopes(ratios: np.ndarray, predictions: np.ndarray, label: int, classes: Sequence[str]) -> str:
    """Description of `copy_slopes`: range and mean of k, and the number of copies predicted as the sample's class."""
    ratios, same = np.asarray(ratios), np.asarray(predictions) == label
    return (
        f"k of {counted(len(ratios), 'noisy copy', 'noisy copies')}: {ratios.min():.3g} to {ratios.max():.3g}, mean "
        f"{ratios.mean():.3g}. Copies predicted as {classes[label]}: {int(same.sum()):,} of {len(ratios):,}."
    )


def pull(
    clean: np.ndarray, noisy: np.ndarray, direction: np.ndarray | None, theme: Theme, *,
    classes: Sequence[str], unit: str, height: int = 320,
) -> go.Figure:  # fmt: skip
    """f(x) and the mean of f(x + xi_j) for each class; arrows show the direction of a descent step.

    Args:
        clean: f(x), (classes,).
        noisy: mean of f(x + xi_j) over the copies, (classes,).
        direction: change of f(x) along a descent step, (classes,); arrows are scaled so that the largest has length
            REACH. None: the gradient flows through both outputs, and no arrows are drawn.
        theme: colours.
        classes: class names by number.
        unit: "probability" or "logit".
        height: px.
    """
    clean, noisy = np.asarray(clean, dtype=np.float32), np.asarray(noisy, dtype=np.float32)
    order = np.sort(np.argsort(-np.maximum(np.abs(clean), np.abs(noisy)))[:MOST])
    names = [classes[number] for number in order]
    figure = go.Figure()
    for point, values, symbol, color in (
        ("sample", clean[order], "circle", theme.unlearned),
        ("mean of copies", noisy[order], "diamond", theme.ink),
    ):  # fmt: skip
        figure.add_scatter(
            x=values, y=names, text=names, mode="markers", name=point, showlegend=True,
            marker={"symbol": symbol, "size": 11, "color": color},
            hovertemplate="%{text}: %{x:.3f}<extra>%{fullData.name}</extra>",
        )  # fmt: skip
    for name, tail, head in zip(names, clean[order], _heads(clean, noisy, direction, order, unit), strict=True):
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
    clean: np.ndarray, noisy: np.ndarray, direction: np.ndarray | None, order: np.ndarray, unit: str
) -> np.ndarray:  # fmt: skip
    """Outputs at the ends of the arrows of these classes; each arrow starts at the sample's output."""
    if direction is None or not direction.any():
        return clean[order]
    heads = clean + direction / np.abs(direction).max() * REACH * _span(clean, noisy, unit)
    return (heads.clip(0, 1) if unit == "probability" else heads)[order]


def _span(clean: np.ndarray, noisy: np.ndarray, unit: str) -> float:
    """Width of the axis: 1 for probabilities, the range of the outputs for logits."""
    both = np.concatenate([clean, noisy])
    return 1.0 if unit == "probability" else float(np.ptp(both)) or 1.0


def describe_pull(
    clean: np.ndarray, noisy: np.ndarray, direction: np.ndarray | None, label: int, classes: Sequence[str], unit: str
) -> str:  # fmt: skip
    """Description of `pull`: both outputs for the sample's class, and the direction of a descent step.

    Args:
        clean, noisy, direction, classes, unit: as in `pull`.
        label: class number of the sample.
    """
    outputs = (
        f"The model's {unit} of {classes[label]} is {float(clean[label]):.2f} for the sample and "
        f"{float(noisy[label]):.2f} on average for its copies."
    )
    if direction is None:
        return f"{outputs} The gradient flows through both outputs, so the step changes both."
    if not direction[label]:
        return f"{outputs} The noisy copies give no gradient for this output."
    return (
        f"{outputs} Each noisy copy contributes a vector of equal weight, independent of its distance in output space. "
        f"A descent step {'increases' if direction[label] > 0 else 'decreases'} the output for {classes[label]}."
    )

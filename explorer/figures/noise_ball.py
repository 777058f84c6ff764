"""The JiT loss at one sample: its estimate for an increasing number of noisy copies, and the ratio of each copy.

The ratio of copy j is k_j = ||f(x) - f(x + xi_j)|| / ||xi_j||. The loss is the mean of the ratios.
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.samples import symbol_of
from explorer.figures.short_name import short
from explorer.figures.theme import Theme, style
from explorer.words import counted

BAND = 1.96
"""Half width of the interval in standard errors: 95 % if the mean is approximately normal."""
RATIO = "k, output / input change"
LISTED = 2
"""Largest number of predicted classes in the legend; a longer legend would cover the figure."""


def running_mean(ratios: np.ndarray, limit: float, theme: Theme, *, perturbations: int, height: int = 320) -> go.Figure:
    """Running mean of k over the noisy copies with its 95 % interval, the current N, and the limit for small sigma.

    Args:
        ratios: k of each copy, in the order in which they were drawn, (m,).
        limit: E ||J u|| over random unit vectors u, with the Jacobian J at the sample.
        theme: colours.
        perturbations: current N, marked by a line.
        height: px.
    """
    ratios = np.asarray(ratios, dtype=np.float64)
    count = np.arange(1, len(ratios) + 1)
    mean = ratios.cumsum() / count
    low, high = _band(ratios, mean, count)
    figure = go.Figure()
    red, green, blue = (int(theme.muted[at : at + 2], 16) for at in (1, 3, 5))
    figure.add_scatter(
        x=np.concatenate([count, count[::-1]]), y=np.concatenate([high, low[::-1]]).astype(np.float32), fill="toself",
        fillcolor=f"rgba({red},{green},{blue},0.25)", mode="none", hoverinfo="skip", name="95 % interval",
    )  # fmt: skip
    figure.add_scatter(
        x=count, y=mean.astype(np.float32), mode="lines", line={"color": theme.ink, "width": 3},
        name="running mean of k", hovertemplate="N = %{x}: %{y:.3g}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=[1, len(ratios)], y=[limit, limit], mode="lines", line={"color": theme.muted, "width": 2, "dash": "dash"},
        name="limit E‖J u‖ for σ → 0", hovertemplate="E‖J u‖ = %{y:.3g}<extra></extra>",
    )  # fmt: skip
    line = {"color": theme.ink, "width": 2, "dash": "dot"}
    figure.add_shape(type="line", x0=perturbations, x1=perturbations, yref="y domain", y0=0, y1=1, line=line)
    right = perturbations > len(ratios) ** 0.5
    figure.add_annotation(
        text=f"N = {perturbations:,}", x=np.log10(perturbations), xanchor="right" if right else "left",
        xshift=-5 if right else 5, yref="y domain", y=1, yanchor="top", showarrow=False, bgcolor=theme.surface,
    )  # fmt: skip
    figure.update_xaxes(type="log", range=[0, float(np.log10(max(len(ratios), 2)))], dtick=1)
    figure.update_yaxes(rangemode="tozero")
    style(figure, theme, height=height, x_title="noisy copies N (log)", y_title=RATIO, legend=True)
    return figure.update_layout(margin_t=70, legend_xref="container")


def describe_running_mean(ratios: np.ndarray, limit: float, perturbations: int) -> str:
    """Description of `running_mean`: mean of k over the first N copies, over all copies, and the limit."""
    ratios = np.asarray(ratios)
    first, error = ratios[:perturbations], float(ratios.std()) / len(ratios) ** 0.5
    return (
        f"The mean of k over the first {counted(len(first), 'copy', 'copies')} is {first.mean():.3g}. "
        f"Over {len(ratios):,} copies it is {ratios.mean():.3g} ± {BAND * error:.2g} (95 % interval). The limit for "
        f"small sigma is {limit:.3g}."
    )


def ratios_by_margin(
    margins: np.ndarray,
    ratios: np.ndarray,
    predictions: np.ndarray,
    theme: Theme,
    *,
    classes: Sequence[str],
    height: int = 320,
) -> go.Figure:
    """k of each noisy copy against its margin; copies left of 0 are closer to the boundary than the sample.

    Args:
        margins: margin of the copy minus margin of the sample, (N,).
        ratios: k, (N,).
        predictions: predicted class number of the copy, (N,).
        theme: colours.
        classes: class names by number.
        height: px.
    """
    margins, ratios, predictions = np.asarray(margins), np.asarray(ratios), np.asarray(predictions)
    figure = go.Figure()
    for number in np.unique(predictions):
        mask = predictions == number
        marker = {"symbol": symbol_of(int(number)), "size": 9, "color": theme.class_color(int(number))}
        figure.add_scatter(
            x=margins[mask].astype(np.float32), y=ratios[mask].astype(np.float32), mode="markers", marker=marker,
            name=f"predicted as {short(classes[number])}",
            hovertemplate=f"predicted as {classes[number]}<br>k = %{{y:.3g}}<extra></extra>",
            showlegend=len(np.unique(predictions)) <= LISTED,
        )  # fmt: skip
    line = {"color": theme.ink, "width": 2, "dash": "dash"}
    figure.add_shape(type="line", x0=0, x1=0, yref="y domain", y0=0, y1=1, line=line, layer="below")
    for side, direction, mask in (
        ("left", "← toward boundary", margins < 0),
        ("right", "away →", margins >= 0),
    ):
        mean = f"mean k {ratios[mask].mean():.3g}" if mask.any() else "no mean"
        place = {"xref": "x domain", "x": 0 if side == "left" else 1, "xanchor": side, "align": side}
        figure.add_annotation(
            text=f"{direction}<br>n = {mask.sum():,}<br>{mean}",
            yref="y domain",
            y=1,
            yanchor="bottom",
            showarrow=False,
            **place,
        )
    reach = 1.1 * max(float(np.abs(margins).max(initial=0)), 1e-9)
    figure.update_xaxes(range=[-reach, reach], nticks=5)
    figure.update_yaxes(rangemode="tozero")
    style(figure, theme, height=height, x_title="margin, copy minus sample", y_title=RATIO, legend=True)
    return figure.update_layout(margin_t=112, legend_xref="container")


def describe_ratios_by_margin(margins: np.ndarray, ratios: np.ndarray, push: float) -> str:
    """Description of `ratios_by_margin`: number and mean k of the copies on each side, direction of a descent step.

    Args:
        margins, ratios: as in `ratios_by_margin`.
        push: change of the sample's margin under a step that decreases the loss; only its sign is used.
    """
    margins, ratios = np.asarray(margins), np.asarray(ratios)
    parts = []
    for name, mask in (("closer to the boundary than the sample", margins < 0), ("farther away", margins >= 0)):
        mean = f" (mean k {ratios[mask].mean():.3g})" if mask.any() else ""
        parts.append(f"{counted(int(mask.sum()), 'copy is', 'copies are')} {name}{mean}")
    direction = "toward the boundary" if push < 0 else "away from the boundary"
    return f"{parts[0]}, {parts[1]}. A step that decreases the loss moves the sample {direction}."


def _band(ratios: np.ndarray, mean: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the interval, mean -/+ BAND standard errors; for a single copy both are the mean."""
    squares = (ratios**2).cumsum() / count - mean**2
    variance = np.maximum(squares, 0) * count / np.maximum(count - 1, 1)
    error = BAND * np.sqrt(variance / count)
    return np.maximum(mean - error, 0), mean + error

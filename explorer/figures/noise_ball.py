"""The loss around one sample as copies come in: how its estimate settles, and which copies make it.

k_j = ||f(x) - f(x + xi_j)|| / ||xi_j||, one mark a copy; the loss is their mean.
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.samples import symbol_of
from explorer.figures.short_name import short
from explorer.figures.theme import Theme, style
from explorer.words import counted

BAND = 1.96
"""Standard errors on either side of the running mean, 95 % where the mean is near normal."""
LISTED = 2
"""Classes up to which the legend names what copies are called; more would lie over the picture, which says it too."""


def settling(ratios: np.ndarray, limit: float, theme: Theme, *, perturbations: int, height: int = 320) -> go.Figure:
    """The running mean of k over the copies with its 95 % band, the N in use, and the limit for small sigma.

    ratios (many,) in the order in which they were drawn; limit E ||J u||; perturbations: N, marked on the axis.
    """
    ratios = np.asarray(ratios, dtype=np.float64)
    count = np.arange(1, len(ratios) + 1)
    mean = ratios.cumsum() / count
    low, high = _band(ratios, mean, count)
    figure = go.Figure()
    red, green, blue = (int(theme.muted[at : at + 2], 16) for at in (1, 3, 5))
    figure.add_scatter(
        x=np.concatenate([count, count[::-1]]), y=np.concatenate([high, low[::-1]]).astype(np.float32), fill="toself",
        fillcolor=f"rgba({red},{green},{blue},0.25)", mode="none", hoverinfo="skip", name="95 %",
    )  # fmt: skip
    figure.add_scatter(
        x=count, y=mean.astype(np.float32), mode="lines", line={"color": theme.ink, "width": 3}, name="mean of k",
        hovertemplate="N = %{x}: %{y:.3g}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=[1, len(ratios)], y=[limit, limit], mode="lines", line={"color": theme.muted, "width": 2, "dash": "dash"},
        name="E‖J u‖, its limit as σ falls", hovertemplate="E‖J u‖ = %{y:.3g}<extra></extra>",
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
    style(
        figure, theme, height=height, x_title="copies drawn, N (log)", y_title="k, output per input move", legend=True
    )
    return figure.update_layout(margin_t=70, legend_xref="container")


def describe_settling(ratios: np.ndarray, limit: float, perturbations: int) -> str:
    """What `settling` shows, in a sentence."""
    ratios = np.asarray(ratios)
    first, error = ratios[:perturbations], float(ratios.std()) / len(ratios) ** 0.5
    return (
        f"The mean of k over the first {counted(len(first), 'copy', 'copies')} is {first.mean():.3g}; "
        f"over {len(ratios):,} it is {ratios.mean():.3g}, give or take {BAND * error:.2g}, and its limit for small "
        f"sigma is {limit:.3g}."
    )


def toward_and_away(
    margins: np.ndarray,
    ratios: np.ndarray,
    predictions: np.ndarray,
    theme: Theme,
    *,
    classes: Sequence[str],
    height: int = 320,
) -> go.Figure:
    """k of each copy above how much further from the boundary it lies than the sample; left of 0 is toward it.

    margins, ratios, calls (N,): change of the margin, k, and the class that the model calls the copy.
    """
    margins, ratios, predictions = np.asarray(margins), np.asarray(ratios), np.asarray(predictions)
    figure = go.Figure()
    for number in np.unique(predictions):
        mask = predictions == number
        marker = {"symbol": symbol_of(int(number)), "size": 9, "color": theme.class_color(int(number))}
        figure.add_scatter(
            x=margins[mask].astype(np.float32), y=ratios[mask].astype(np.float32), mode="markers", marker=marker,
            name=f"called {short(classes[number])}",
            hovertemplate=f"called {classes[number]}<br>k = %{{y:.3g}}<extra></extra>",
            showlegend=len(np.unique(predictions)) <= LISTED,
        )  # fmt: skip
    line = {"color": theme.ink, "width": 2, "dash": "dash"}
    figure.add_shape(type="line", x0=0, x1=0, yref="y domain", y0=0, y1=1, line=line, layer="below")
    for side, words, mask in (
        ("left", "← toward it", margins < 0),
        ("right", "away →", margins >= 0),
    ):
        mean = f"mean k {ratios[mask].mean():.3g}" if mask.any() else "no copy"
        place = {"xref": "x domain", "x": 0 if side == "left" else 1, "xanchor": side, "align": side}
        figure.add_annotation(
            text=f"{words}<br>{mask.sum():,}, {mean}", yref="y domain", y=1, yanchor="bottom", showarrow=False, **place
        )
    reach = 1.1 * max(float(np.abs(margins).max(initial=0)), 1e-9)
    figure.update_xaxes(range=[-reach, reach], nticks=5)
    figure.update_yaxes(rangemode="tozero")
    across, along = "margin, copy less sample", "k, output per input move"
    style(figure, theme, height=height, x_title=across, y_title=along, legend=True)
    return figure.update_layout(margin_t=92, legend_xref="container")


def describe_sides(margins: np.ndarray, ratios: np.ndarray, push: float) -> str:
    """What `toward_and_away` shows: copies on each side, their mean k, and which way the sample is pushed."""
    margins, ratios = np.asarray(margins), np.asarray(ratios)
    words = []
    for name, mask in (("toward the boundary", margins < 0), ("away from it", margins >= 0)):
        mean = f" (mean k {ratios[mask].mean():.3g})" if mask.any() else ""
        words.append(f"{counted(int(mask.sum()), 'copy lies', 'copies lie')} {name}{mean}")
    way = "toward the boundary" if push < 0 else "away from the boundary"
    return f"{words[0]}, {words[1]}. Descending the loss pushes the sample {way}."


def _band(ratios: np.ndarray, mean: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The running mean less and more 1.96 of its standard errors; at one copy, where none is known, the mean itself."""
    squares = (ratios**2).cumsum() / count - mean**2
    variance = np.maximum(squares, 0) * count / np.maximum(count - 1, 1)
    error = BAND * np.sqrt(variance / count)
    return np.maximum(mean - error, 0), mean + error

"""Mean entropy of the three models on noisy inputs: shows whether models that agree at sigma = 0 agree under noise."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from explorer.figures.identity import SYMBOLS
from explorer.figures.theme import DASHES, IDENTITIES, Theme, style
from explorer.words import counted, listed, nats


def entropy_under_noise(
    sigmas: np.ndarray,
    means: Mapping[str, np.ndarray],
    intervals: Mapping[str, np.ndarray],
    theme: Theme,
    *,
    sigma: float,
    height: int = 380,
) -> go.Figure:
    """Mean entropy of the forget set against sigma, one line per model.

    Args:
        sigmas: (s,), standardised input units, 0 first.
        means: mean entropy by "original", "unlearned", "retrained", (s,) each, nats.
        intervals: ends of an interval over draws of noise, by model, (2, s) each, nats; drawn as error bars.
        theme: colours.
        sigma: current sigma, marked by a line.
        height: px.
    """
    figure = go.Figure()
    for name in (name for name in IDENTITIES if name in means):
        middle, (low, high) = np.asarray(means[name], dtype=np.float32), intervals[name]
        bars = {"type": "data", "array": high - middle, "arrayminus": middle - low, "thickness": 1.5, "width": 4}
        figure.add_scatter(
            x=np.asarray(sigmas, dtype=np.float32), y=middle, error_y=bars, name=name, mode="lines+markers",
            line={"color": theme.identity(name), "width": 3, "dash": DASHES[name]},
            marker={"symbol": SYMBOLS[name], "size": 9},
            hovertemplate="%{fullData.name}: %{y:.2f} nats at sigma %{x:.2g}<extra></extra>",
        )  # fmt: skip
    line = {"color": theme.muted, "width": 1.5, "dash": "dot"}
    figure.add_shape(type="line", x0=sigma, x1=sigma, yref="y domain", y0=0, y1=1, line=line, layer="below")
    side = "right" if sigma > np.max(sigmas) / 2 else "left"
    place = {"x": sigma, "xanchor": side, "xshift": -6 if side == "right" else 6, "yref": "y domain", "y": 0}
    figure.add_annotation(text=f"σ = {sigma:g}", yanchor="bottom", showarrow=False, **place)
    figure.update_yaxes(rangemode="tozero")
    title = "sigma (standardised input units)"
    return style(figure, theme, height=height, x_title=title, y_title="mean entropy of D_f (nats)", legend=True)


def describe_entropy_under_noise(sigmas: np.ndarray, means: Mapping[str, np.ndarray], samples: int, draws: int) -> str:
    """Description of `entropy_under_noise`: mean entropy of each model at the first and the last sigma."""
    ends = listed(
        f"{name} from {nats(float(means[name][0]))} to {nats(float(means[name][-1]))}"
        for name in IDENTITIES
        if name in means
    )
    return (
        f"Mean entropy of {counted(samples, 'forget sample')} for noise from sigma {float(sigmas[0]):g} to "
        f"{float(sigmas[-1]):g}, {counted(draws, 'draw')}: {ends}."
    )

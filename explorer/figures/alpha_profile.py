"""alpha(x) against the radius r (Definition 4.1) over all samples at once, with what r, sigma and tau are set to.

A noise vector of scale sigma has a length of about sigma*sqrt(d), which is why it stands on the axis of r. A ball that
holds x alone gives alpha = 1 though nothing was inferred: the share of such samples has a line of its own.
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.theme import Theme, style
from explorer.words import counted, percent


def alpha_profile(
    radii: np.ndarray,
    bands: np.ndarray,
    alone: np.ndarray,
    theme: Theme,
    *,
    radius: float,
    tau: float,
    noise_length: float | None = None,
    highlighted: np.ndarray | None = None,
    names: Sequence[str] = (),
    labels: Sequence[int] = (),
    unit: str = "standardised units",
    height: int = 380,
) -> go.Figure:
    """The distribution of alpha over the samples as r grows.

    radii         (m,) increasing, in `unit`
    bands         (5, m) of `alpha_bands`
    alone         (m,) share in 0..1 of samples that are alone in their ball
    radius, tau   as chosen; noise_length: sigma*sqrt(d)
    highlighted   (k, m) alpha of chosen samples, with their `names`, in the colour of their class numbers `labels`

    Traces: 10 to 90 %, 25 to 75 %, median, alone, then the highlighted.
    """
    radii = np.asarray(radii, dtype=np.float32)
    low, lower, median, upper, high = np.asarray(bands)
    figure = go.Figure()
    there_and_back = np.concatenate([radii, radii[::-1]])
    for name, under, over, tone in (("80 %", low, high, 0.25), ("50 %", lower, upper, 0.5)):
        figure.add_scatter(
            x=there_and_back, y=np.concatenate([under, over[::-1]]), fill="toself", fillcolor=_faded(theme, tone),
            mode="none", name=name, hoverinfo="skip",
        )  # fmt: skip
    lines = [("median", median, {"color": theme.ink, "width": 3})]
    lines += [("alone", np.asarray(alone), {"color": theme.ink, "width": 1.5, "dash": "dot"})]
    rows = [] if highlighted is None else list(np.asarray(highlighted, dtype=np.float32))
    for at, row in enumerate(rows):
        color = theme.class_color(labels[at]) if at < len(labels) else theme.ink
        name = names[at] if at < len(names) else f"chosen {at + 1}"
        lines.append((name, row, {"color": color, "width": 2, "dash": ("solid", "dash", "dashdot")[at % 3]}))
        beside = max(0, len(radii) - 1 - at * len(radii) // 3)  # one further left than the other: they may lie close
        if not np.isnan(row[beside]):
            spot = {"x": float(radii[beside]), "y": float(row[beside]), "xanchor": "right", "yanchor": "bottom"}
            _label(figure, theme, name, **spot)
    for at, (name, values, line) in enumerate(lines):
        hover = "%{fullData.name}: %{y:.2f} at r = %{x:.3g}<extra></extra>"
        y = np.asarray(values, dtype=np.float32)
        figure.add_scatter(x=radii, y=y, mode="lines", line=line, name=name, hovertemplate=hover, showlegend=at < 2)

    first, last = float(radii[0]), float(radii[-1])
    _upright(figure, theme, radius, f"r = {radius:.3g}", (first, last), above=False)
    if noise_length is not None:
        _upright(figure, theme, noise_length, f"σ√d = {noise_length:.3g}", (first, last), above=True)
    ends = {"xref": "x domain", "x0": 0, "x1": 1, "y0": tau, "y1": tau}
    figure.add_shape(type="line", **ends, line={"color": theme.muted, "width": 2, "dash": "dash"})
    _label(figure, theme, f"τ = {tau:.2f}", xref="x domain", x=0, xanchor="left", y=tau, yanchor="top")
    figure.update_xaxes(range=[first, last] if last > first else None)
    figure.update_yaxes(range=[-0.03, 1.03], tickvals=[0, 0.25, 0.5, 0.75, 1])
    style(figure, theme, height=height, x_title=f"radius r ({unit})", y_title="alpha(x), share", legend=True)
    return figure.update_layout(
        margin_t=94, legend_xref="container"
    )  # two lines of the legend on a phone, the labels of r and of sigma*sqrt(d)


def describe_alpha(
    n: int,
    radii: np.ndarray,
    bands: np.ndarray,
    alone: np.ndarray,
    radius: float,
    tau: float,
    noise_length: float | None = None,
) -> str:
    """What `alpha_profile` shows at the radius of the grid that is nearest to the chosen one, in two sentences."""
    at = int(np.abs(np.asarray(radii) - radius).argmin())
    low, _, median, _, high = np.asarray(bands)[:, at]
    length = "" if noise_length is None else f" A noise vector is about {noise_length:.3g} long."
    return (
        f"At r = {radii[at]:.3g} the median alpha of {counted(n)} is {median:.2f} (80 % lie from {low:.2f} to "
        f"{high:.2f}), tau is {tau:.2f}, and {percent(alone[at])} of the samples are alone in their ball.{length}"
    )


def alpha_bands(alpha: np.ndarray) -> np.ndarray:
    """10, 25, 50, 75 and 90 % of alpha (n, m) over the samples: (5, m); an empty ball (NaN) is left out.

    NaN where no sample has an alpha. They do not depend on the radius in use: compute them once.
    """
    alpha = np.asarray(alpha, dtype=np.float32)
    found = np.full((5, alpha.shape[1]), np.nan, dtype=np.float32)
    known = ~np.isnan(alpha).all(0)
    # A row for each radius lies together in memory; and to look for NaN among many samples takes as long again.
    rows = np.ascontiguousarray(alpha[:, known].T)
    quantile = np.nanquantile if np.isnan(rows).any() else np.quantile
    found[:, known] = quantile(rows, [0.1, 0.25, 0.5, 0.75, 0.9], axis=1)
    return found


def _faded(theme: Theme, opacity: float) -> str:
    """The theme's secondary text colour as a see-through fill: it belongs to no model and no class."""
    red, green, blue = (int(theme.muted[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def _upright(figure: go.Figure, theme: Theme, at: float, words: str, ends: tuple[float, float], *, above: bool) -> None:
    """A vertical line and its label over the plot, the first or `above` it; beyond the axis the label says where."""
    first, last = ends
    inside = first <= at <= last
    right = at > (first + last) / 2
    if inside:
        dash = "dot" if above else "solid"
        line = {"color": theme.ink, "width": 2, "dash": dash}
        figure.add_shape(type="line", x0=at, x1=at, yref="y domain", y0=0, y1=1, line=line)
    elif right:
        words = f"{words} →"
    else:
        words = f"← {words}"
    place = {"x": min(max(at, first), last), "xanchor": "right" if right else "left"}
    _label(figure, theme, words, **place, yref="y domain", y=1, yanchor="bottom", yshift=20 * above)


def _label(figure: go.Figure, theme: Theme, words: str, **place: object) -> None:
    shift = {"left": 5, "right": -5}[str(place["xanchor"])]
    figure.add_annotation(text=words, bgcolor=_clear(theme), showarrow=False, xshift=shift, borderpad=1, **place)


def _clear(theme: Theme) -> str:
    """The page's colour, nearly opaque: a label must be read over the bands."""
    red, green, blue = (int(theme.surface[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.8)"

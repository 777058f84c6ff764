"""Distribution of alpha(x) over all samples against the radius r (Definition 4.1), with r, sigma and tau marked.

A noise vector of scale sigma has a length of about sigma*sqrt(d), so it is marked on the axis of r. A ball that
contains no other sample gives alpha = 1 without any evidence: a separate line shows the share of such samples.
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
    """Quantile bands of alpha over the samples for increasing r.

    Args:
        radii: (m,), increasing, in `unit`.
        bands: (5, m), from `alpha_bands`.
        alone: share of the samples without neighbours within r, (m,), in 0..1.
        theme: colours.
        radius: current r, in `unit`.
        tau: current threshold of alpha, in 0..1.
        noise_length: sigma*sqrt(d), in `unit`; None: not marked.
        highlighted: alpha of the selected samples, (k, m).
        names: names of the highlighted samples, (k,).
        labels: class numbers of the highlighted samples, (k,); they determine the colours.
        unit: unit of the radius, for the axis title.
        height: px.

    Returns:
        A figure with the traces: 10 to 90 %, 25 to 75 %, median, share without neighbours, highlighted samples.
    """
    radii = np.asarray(radii, dtype=np.float32)
    low, lower, median, upper, high = np.asarray(bands)
    figure = go.Figure()
    outline = np.concatenate([radii, radii[::-1]])
    for name, under, over, tone in (("80 %", low, high, 0.25), ("50 %", lower, upper, 0.5)):
        figure.add_scatter(
            x=outline, y=np.concatenate([under, over[::-1]]), fill="toself", fillcolor=_faded(theme, tone),
            mode="none", name=name, hoverinfo="skip",
        )  # fmt: skip
    lines = [("median", median, {"color": theme.ink, "width": 3})]
    lines += [("no neighbours", np.asarray(alone), {"color": theme.ink, "width": 1.5, "dash": "dot"})]
    rows = [] if highlighted is None else list(np.asarray(highlighted, dtype=np.float32))
    for at, row in enumerate(rows):
        color = theme.class_color(labels[at]) if at < len(labels) else theme.ink
        name = names[at] if at < len(names) else f"selected {at + 1}"
        lines.append((name, row, {"color": color, "width": 2, "dash": ("solid", "dash", "dashdot")[at % 3]}))
        beside = max(0, len(radii) - 1 - at * len(radii) // 3)  # each label further left, so that they do not overlap
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
    )  # room for two lines of legend on a phone and for the labels of r and sigma*sqrt(d)


def describe_alpha(
    n: int,
    radii: np.ndarray,
    bands: np.ndarray,
    alone: np.ndarray,
    radius: float,
    tau: float,
    noise_length: float | None = None,
) -> str:
    """Description of `alpha_profile` at the radius of the grid that is nearest to the current one.

    Args:
        n: number of samples.
        radii, bands, alone, radius, tau, noise_length: as in `alpha_profile`.
    """
    at = int(np.abs(np.asarray(radii) - radius).argmin())
    low, _, median, _, high = np.asarray(bands)[:, at]
    length = "" if noise_length is None else f" A noise vector has a length of about {noise_length:.3g}."
    return (
        f"At r = {radii[at]:.3g}, the median alpha of {counted(n)} is {median:.2f} (80 % lie between {low:.2f} and "
        f"{high:.2f}). The threshold tau is {tau:.2f}. {percent(alone[at])} of the samples have no "
        f"neighbours within r.{length}"
    )


def alpha_bands(alpha: np.ndarray) -> np.ndarray:
    """Quantiles (10, 25, 50, 75 and 90 %) of alpha over the samples.

    They do not depend on the current radius, so they can be computed once.

    Args:
        alpha: (n, m), n samples at m radii; NaN (empty ball) is ignored.

    Returns:
        (5, m), float32; NaN at a radius where no sample has an alpha.
    """
    alpha = np.asarray(alpha, dtype=np.float32)
    bands = np.full((5, alpha.shape[1]), np.nan, dtype=np.float32)
    known = ~np.isnan(alpha).all(0)
    # Contiguous rows are faster, and nanquantile takes twice as long as quantile.
    rows = np.ascontiguousarray(alpha[:, known].T)
    quantile = np.nanquantile if np.isnan(rows).any() else np.quantile
    bands[:, known] = quantile(rows, [0.1, 0.25, 0.5, 0.75, 0.9], axis=1)
    return bands


def _faded(theme: Theme, opacity: float) -> str:
    """The muted colour of the theme, which no model and no class has, as a transparent fill."""
    red, green, blue = (int(theme.muted[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def _upright(figure: go.Figure, theme: Theme, at: float, label: str, ends: tuple[float, float], *, above: bool) -> None:
    """Add a vertical line with its label over the plot, in a second row if `above`; an arrow if it is off the axis."""
    first, last = ends
    inside = first <= at <= last
    right = at > (first + last) / 2
    if inside:
        dash = "dot" if above else "solid"
        line = {"color": theme.ink, "width": 2, "dash": dash}
        figure.add_shape(type="line", x0=at, x1=at, yref="y domain", y0=0, y1=1, line=line)
    elif right:
        label = f"{label} →"
    else:
        label = f"← {label}"
    place = {"x": min(max(at, first), last), "xanchor": "right" if right else "left"}
    _label(figure, theme, label, **place, yref="y domain", y=1, yanchor="bottom", yshift=20 * above)


def _label(figure: go.Figure, theme: Theme, text: str, **place: object) -> None:
    shift = {"left": 5, "right": -5}[str(place["xanchor"])]
    figure.add_annotation(text=text, bgcolor=_clear(theme), showarrow=False, xshift=shift, borderpad=1, **place)


def _clear(theme: Theme) -> str:
    """The page colour, nearly opaque, so that a label is legible over the bands."""
    red, green, blue = (int(theme.surface[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.8)"

"""Histograms of the output entropy H(x) of up to three models over the same samples (the paper's Fig. 4).

Each model has its own panel on shared axes, because overlaid histograms are hard to read on a projector. The paper's
scale is -log H: on a linear scale the small entropies of memorised samples all fall into one bin.
"""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from explorer.figures.drawing import Drawing
from explorer.figures.identity import model_label
from explorer.figures.theme import IDENTITIES, Theme
from explorer.words import counted, listed, nats

Scale = Literal["linear", "minus log"]
BINS = 20
FLOOR = 1e-7
"""nats. Smaller entropies of float32 outputs are rounding errors; the -log scale replaces them with this value."""
HEADING = {"xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "yanchor": "bottom", "showarrow": False}
TITLES = {"linear": "entropy (nats)", "minus log": "−log H (H in nats), more certain →"}


def entropies(
    values: Mapping[str, np.ndarray],
    theme: Theme,
    *,
    scale: Scale = "linear",
    title: str = "",
    span: tuple[float, float] | None = None,
    bins: int = BINS,
    panel: int = 118,
) -> Drawing:
    """Histogram of the entropies of each model, with the mean marked.

    Args:
        values: entropies by "original", "unlearned", "retrained" or some of these, (n,) each, nats. Values that are not
            finite are left out.
        theme: colours.
        scale: "linear", or "minus log" for -log H.
        title: name of the set of samples, for example "Forget set".
        span: ends of the bins on that scale (`entropy_span`), so that figures of D_f, D_r and test samples can be
            compared; widened if a value lies outside. None: the ends of these values.
        bins: number of bins.
        panel: height of one model's panel in px.
    """
    shown = {name: entropy_scale(values[name], scale) for name in IDENTITIES if name in values}
    own = entropy_span(values, scale)
    low, high = own if span is None else (min(span[0], own[0]), max(span[1], own[1]))
    edges = np.linspace(low, high, bins + 1)
    counts = {name: np.histogram(scaled, edges)[0] for name, scaled in shown.items()}
    top = 1.1 * max([1, *(int(count.max()) for count in counts.values())])

    finite = {name: _finite(values[name]) for name in shown}
    gap = 0.36 / (1 + len(shown))
    tall = (1 - gap * (len(shown) - 1)) / max(len(shown), 1)
    centres = ((edges[1:] + edges[:-1]) / 2).astype(np.float32)
    height = 74 + panel * len(shown)
    traces: list[dict[str, Any]] = []
    layout: dict[str, Any] = {"annotations": [], "height": height, "showlegend": False, "margin": {"t": 62}}
    for row, (name, count) in enumerate(counts.items(), start=1):
        ground = (len(counts) - row) * (tall + gap)
        which, last = "" if row == 1 else str(row), row == len(counts)
        layout[f"xaxis{which}"] = {
            "anchor": f"y{which}", "range": [low, high], "showticklabels": last,
            "title": {"text": TITLES[scale] if last else ""},
        }  # fmt: skip
        layout[f"yaxis{which}"] = {
            "anchor": f"x{which}", "domain": [ground, min(ground + tall, 1)], "range": [0, top], "nticks": 3,
            "title": {"text": "samples"},
        }  # fmt: skip
        at = {"xaxis": f"x{which}", "yaxis": f"y{which}"}
        hover = "%{y} samples at %{x:.2f}<extra></extra>"
        color = {"color": theme.identity(name)}
        traces.append(
            {"type": "bar", "x": centres, "y": count, "name": name, "marker": color, "hovertemplate": hover} | at
        )
        if len(finite[name]):
            mean = float(entropy_scale(finite[name].mean(keepdims=True), scale)[0])
            line = {"color": theme.ink, "width": 2, "dash": "dot"}
            ends = {"type": "scatter", "x": [mean, mean], "y": [0, top], "mode": "lines"}
            traces.append(ends | {"line": line, "name": "mean", "hoverinfo": "skip"} | at)
        layout["annotations"].append(
            {"text": model_label(name, theme, _mean(finite[name])), "y": min(ground + tall, 1)} | HEADING
        )
    samples = f"{title}, " if title else ""
    n = max((len(each) for each in finite.values()), default=0)
    layout["annotations"].append({"text": f"<b>{samples}n = {n:,}</b>", "y": 1, "yshift": 26} | HEADING)
    return Drawing(traces, layout)


def describe_entropies(values: Mapping[str, np.ndarray], title: str = "") -> str:
    """Description of `entropies`: the mean entropy of each model, n, and the number of outputs that are not finite."""
    finite = {name: _finite(values[name]) for name in IDENTITIES if name in values}
    n = max((len(each) for each in finite.values()), default=0)
    means = listed(f"{nats(each.mean()) if len(each) else 'unknown'} ({name})" for name, each in finite.items())
    left_out = {name: len(values[name]) - len(each) for name, each in finite.items()}
    missing = [f" {count:,} outputs of the {name} model are not finite." for name, count in left_out.items() if count]
    return f"Entropy of {counted(n)}{f' ({title.lower()})' if title else ''}: mean {means}.{''.join(missing)}"


def entropy_scale(values: np.ndarray, scale: Scale) -> np.ndarray:
    """Finite entropies (n,) nats on the scale of the figure: H or -log H, (m,) with m the number of finite values."""
    finite = _finite(values)
    return finite if scale == "linear" else -np.log(np.maximum(finite, FLOOR))


def entropy_span(values: Mapping[str, np.ndarray], scale: Scale = "linear") -> tuple[float, float]:
    """Smallest and largest value of all models, (n,) nats each, on that scale; the linear scale begins at 0."""
    shown = np.concatenate([np.zeros(0), *(entropy_scale(each, scale) for each in values.values())])
    if not len(shown):
        return 0.0, 1.0
    low = min(0.0, float(shown.min())) if scale == "linear" else float(shown.min())
    return low, max(float(shown.max()), low + 1e-3)


def _finite(values: np.ndarray) -> np.ndarray:
    values = np.asarray(values, dtype=np.float64)
    return values[np.isfinite(values)]


def _mean(values: np.ndarray) -> str:
    return f"mean {nats(values.mean())}" if len(values) else "no finite output"

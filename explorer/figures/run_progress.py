"""Progress of a run: accuracy on the forget set and on retained samples, loss, mean entropy of the forget set."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from explorer.figures.drawing import Drawing
from explorer.figures.theme import Theme, style
from explorer.words import nats, percent

APART = 17.0
"""Least distance between the two labels at the right edge, in percentage points."""
FEW = 30
"""Largest number of snapshots with a mark each; longer runs are drawn as a line."""


def accuracy_progress(
    steps: np.ndarray,
    forget: np.ndarray,
    retain: np.ndarray,
    theme: Theme,
    *,
    total: int,
    target: float | None = None,
    now: int | None = None,
    height: int = 320,
) -> Drawing:
    """Accuracy against the step, on an axis of 0 to 100 %.

    Args:
        steps: step numbers of the t snapshots, (t,), increasing; may be empty.
        forget: accuracy on the forget set, (t,), in 0..1.
        retain: accuracy on retained samples, (t,), in 0..1.
        theme: colours.
        total: largest number of steps of the run; the axis grows to it in a few jumps.
        target: accuracy on the forget set at which the run stops; None: not drawn.
        now: step of the snapshot shown on the page; None: the newest.
        height: px.
    """
    end = _end(steps, total)
    traces: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    lines = [("forget", forget, theme.unlearned, "solid"), ("retained", retain, theme.muted, "dash")]
    last = [100 * float(values[-1]) if len(values) else 0.0 for _, values, _, _ in lines]
    for (name, values, color, dash), label, at in zip(lines, _spread(last), last, strict=True):
        hover = f"step %{{x}}: {name} accuracy %{{y:.1f}} %<extra></extra>"
        line = {"color": color, "width": 3, "dash": dash}
        y = (100 * np.asarray(values)).astype(np.float32)
        drawn = {"name": name, "mode": _mode(steps), "line": line, "hovertemplate": hover}
        traces.append({"x": _steps(steps), "y": y} | drawn)
        ahead = {"x": [steps[-1], end], "y": [at, at]} if len(steps) else {"x": [], "y": []}
        thin = {"color": color, "width": 1, "dash": "dot"}
        traces.append({**ahead, "mode": "lines", "line": thin, "hoverinfo": "skip"})
        if len(steps):
            place = {"xref": "paper", "x": 1, "xanchor": "left", "yref": "y", "y": label, "yanchor": "middle"}
            notes.append({"text": f"{name}<br>{percent(at / 100)}", "align": "left", "xshift": 6} | place)
    marks = _mark(now, theme)
    if target is not None:
        level = {"xref": "paper", "x0": 0, "x1": 1, "y0": 100 * target, "y1": 100 * target}
        dotted = {"color": theme.ink, "width": 1, "dash": "dot"}
        marks.append({"type": "line", "layer": "below", "line": dotted} | level)
        above = {"xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": 1, "yanchor": "bottom"}
        notes.append(
            {"text": f"┈┈ stops at {percent(target)}"} | above
        )  # above the axes: on its line the curve would cross it
    layout = {
        "annotations": [{"showarrow": False} | note for note in notes],
        "shapes": marks,
        "xaxis": _reaching(end) | {"title": {"text": "step"}},
        "yaxis": {"range": [-3, 103], "tickvals": [0, 25, 50, 75, 100], "title": {"text": "accuracy (%)"}},
        "height": height,
        "showlegend": False,
        "margin": {"t": 12 if target is None else 34, "r": 92},
    }
    return Drawing(traces, layout)


def loss_progress(
    steps: np.ndarray,
    loss: np.ndarray,
    entropy: np.ndarray,
    theme: Theme,
    *,
    total: int,
    reference: float | None = None,
    now: int | None = None,
    height: int = 320,
) -> go.Figure:
    """Loss of the method (above) and mean entropy of the forget set (below) against the step.

    Args:
        steps: step numbers of the t snapshots, (t,), increasing; may be empty.
        loss: (t,), in the unit of the method.
        entropy: mean entropy of the forget set, (t,), nats.
        theme: colours.
        total: largest number of steps of the run.
        reference: mean entropy of the forget set under the retrained model, nats, drawn as a line; None: not drawn.
        now: step of the snapshot shown on the page; None: the newest.
        height: px.
    """
    figure, end = make_subplots(2, 1, shared_xaxes=True, vertical_spacing=0.12), _end(steps, total)
    for row, (name, values) in enumerate((("loss", loss), ("mean entropy", entropy)), start=1):
        y = np.asarray(values, dtype=np.float32)
        shown = y[np.isfinite(y)]
        top = _rung(float(max([0.0, *shown, reference or 0.0 if row == 2 else 0.0])))
        hover = f"step %{{x}}: {name} %{{y:.3g}}<extra></extra>"
        line = {"color": theme.unlearned, "width": 3}
        figure.add_scatter(
            x=_steps(steps), y=y, name=name, mode=_mode(steps), line=line, hovertemplate=hover, row=row, col=1
        )
        figure.update_yaxes(range=[-0.03 * top, 1.03 * top], nticks=4, row=row, col=1)
    if reference is not None:
        line = {"color": theme.retrained, "width": 2, "dash": "dot"}
        figure.add_scatter(x=[0, end], y=[reference] * 2, mode="lines", line=line, hoverinfo="skip", row=2, col=1)
        place = {"xref": "x2 domain", "x": 0, "xanchor": "left", "yref": "y2", "y": reference, "yanchor": "bottom"}
        figure.add_annotation(text=f"retrained {nats(reference)}", xshift=4, **place)
    figure.update_layout(shapes=_mark(now, theme))
    figure.update_xaxes(_reaching(end))
    figure.update_yaxes(title_text="loss", row=1, col=1)
    figure.update_yaxes(title_text="entropy (nats)", row=2, col=1)
    return style(figure, theme, height=height, x_title="step", legend=False)


def describe_accuracy(steps: np.ndarray, forget: np.ndarray, retain: np.ndarray) -> str:
    """Description of `accuracy_progress`: accuracies at the first and at the last step."""
    if not len(steps):
        return "No step has been taken yet."
    return (
        f"From step {steps[0]} to step {steps[-1]}, accuracy on the forget set goes from {percent(forget[0])} to "
        f"{percent(forget[-1])}, on retained samples from {percent(retain[0])} to {percent(retain[-1])}."
    )


def describe_loss(steps: np.ndarray, loss: np.ndarray, entropy: np.ndarray) -> str:
    """Description of `loss_progress`: loss and mean entropy at the first and at the last step."""
    if not len(steps):
        return "No step has been taken yet."
    known = np.asarray(loss, dtype=float)[np.isfinite(loss)]  # NaN before the first step
    slope = f"the loss goes from {known[0]:.3g} to {known[-1]:.3g} and " if len(known) else ""
    return (
        f"From step {steps[0]} to step {steps[-1]}, {slope}the mean entropy of the forget set goes from "
        f"{nats(entropy[0])} to {nats(entropy[-1])}."
    )


def _reaching(end: float) -> dict[str, Any]:
    """Axis from 0 to `end` by autorange options: a fixed range would reset the reader's zoom when the axis grows."""
    return {"autorangeoptions": {"include": [0, end], "clipmin": 0, "clipmax": end}}


def _mark(now: int | None, theme: Theme) -> list[dict[str, Any]]:
    """Vertical line at the step shown on the page; none if it is the newest."""
    line = {"color": theme.ink, "width": 2, "dash": "dash"}
    return [] if now is None else [
        {"type": "line", "x0": now, "x1": now, "yref": "paper", "y0": 0, "y1": 1, "line": line}
    ]  # fmt: skip


def _mode(steps: np.ndarray) -> str:
    """Plotly mode: a mark for each snapshot up to FEW, a line beyond."""
    return "lines+markers" if len(steps) <= FEW else "lines"


def _steps(steps: np.ndarray) -> np.ndarray:
    return np.asarray(steps, dtype=np.int32)


def _rung(value: float) -> float:
    """Smallest round number of at least `value`, so that the end of the axis seldom changes."""
    if value <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    return next(float(power * rung) for rung in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if power * rung >= value * (1 - 1e-9))


def _end(steps: np.ndarray, total: int) -> float:
    """End of the step axis: a round number, at least 10, at most the number of steps."""
    return float(min(max(total, 1), max(10.0, _rung(float(steps[-1]) if len(steps) else 0.0))))


def _spread(values: Sequence[float]) -> list[float]:
    """Heights of two labels: at the values, but at least APART from each other and within the axis."""
    first, second = values
    gap = max(abs(first - second), APART)
    low = min(max((first + second - gap) / 2, 0.0), 100.0 - gap)
    return [low + gap, low] if first > second else [low, low + gap]

"""Probability of a sample's label during a run whose forget set is this sample only."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.theme import Theme, style
from explorer.words import listed, percent

STROKES = ("solid", "dash", "dot", "dashdot")
"""Line styles by sample: the samples are of one class, so colours cannot distinguish them."""


def single_sample_forgetting(
    paths: Sequence[np.ndarray], theme: Theme, *, classes: int = 2, height: int = 380
) -> go.Figure:
    """Probability of the label against the step, one line per sample. Below chance level the sample is forgotten.

    Args:
        paths: for each sample, the probability of its label before the run and after each step, (steps + 1,); the
            lines are numbered in this order.
        theme: colours.
        classes: number of classes; chance level is 1 / classes.
        height: px.
    """
    figure = go.Figure()
    longest = max(len(path) for path in paths)
    for place, path in enumerate(paths, 1):
        steps = np.arange(len(path), dtype=np.float32)
        line = {"color": theme.unlearned, "width": 2.5, "dash": STROKES[(place - 1) % len(STROKES)]}
        hover = f"sample {place}, step %{{x}}: %{{y:.1%}}<extra></extra>"
        shown = np.asarray(path, dtype=np.float32)
        figure.add_scatter(x=steps, y=shown, mode="lines", name=f"sample {place}", line=line, hovertemplate=hover)
        note = {"text": f"<b>{place}</b>", "showarrow": False, "xanchor": "left", "xshift": 6}
        figure.add_annotation(x=len(path) - 1, y=float(path[-1]), font={"color": theme.ink, "size": 17}, **note)
    figure.add_hline(y=1 / classes, line={"color": theme.muted, "width": 1, "dash": "dot"})
    below = {"x": 1, "xref": "x domain", "xanchor": "right", "y": 1 / classes, "yshift": -32, "showarrow": False}
    figure.add_annotation(
        text=f"forgotten below chance level, {percent(1 / classes)}", font={"color": theme.muted, "size": 14}, **below
    )
    figure.update_xaxes(range=[0, 1.06 * longest])
    figure.update_yaxes(range=[0.3, 1.06], tickformat=".0%")
    return style(
        figure,
        theme,
        height=height,
        legend=False,
        x_title="step (one run per sample)",
        y_title="probability of the label",
    )


def describe_single_sample_forgetting(paths: Sequence[np.ndarray]) -> str:
    """Description of `single_sample_forgetting`: first and last probability and number of steps of each sample."""
    ranges = [
        f"{place} from {percent(float(path[0]))} to {percent(float(path[-1]))} in {len(path) - 1} steps"
        for place, path in enumerate(paths, 1)
    ]
    return f"Probability of the label in a run that forgets one sample only: sample {listed(ranges)}."

"""How long a sample resists: the probability of its label while it alone is being forgotten."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.theme import Theme, style
from explorer.words import listed, percent

STROKES = ("solid", "dash", "dot", "dashdot")
"""One a sample: they are of one class and have no colours of their own."""


def forgotten_alone(paths: Sequence[np.ndarray], theme: Theme, *, classes: int = 2, height: int = 380) -> go.Figure:
    """One line a sample, over the steps of its own run; below the level of a guess it is forgotten.

    paths: probability of the sample's label before the run and after each of its steps, (steps + 1,) each; the lines
    are numbered in this order. classes: a guess is right once in this many.
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
    figure.add_annotation(text="forgotten below the dotted line", font={"color": theme.muted, "size": 14}, **below)
    figure.update_xaxes(range=[0, 1.06 * longest])
    figure.update_yaxes(range=[0.3, 1.06], tickformat=".0%")
    return style(
        figure, theme, height=height, legend=False, x_title="step of its own run", y_title="probability of its label"
    )


def describe_forgotten_alone(paths: Sequence[np.ndarray]) -> str:
    """Where each line begins and ends, in a sentence."""
    said = [
        f"{place} from {percent(float(path[0]))} to {percent(float(path[-1]))} in {len(path) - 1} steps"
        for place, path in enumerate(paths, 1)
    ]
    return f"Probability of the label of each sample while it alone is forgotten: sample {listed(said)}."

"""Samples on their plane and nothing else: what there is before a model has seen them."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.boundary import frame
from explorer.figures.samples import marks
from explorer.figures.theme import Theme, style
from explorer.words import counted, listed


def samples_alone(
    xs: np.ndarray,
    ys: np.ndarray,
    points: np.ndarray,
    labels: np.ndarray,
    theme: Theme,
    *,
    classes: Sequence[str],
    height: int = 380,
) -> go.Figure:
    """The samples on the axes of `boundary`: beside one it shows what the model was given and what it made of it.

    xs, ys: (w,), (h,) the grid's lines, which the axes follow; points: (n, 2); labels: (n,)
    """
    nobody = np.zeros(len(points), dtype=bool)
    traces = marks(points, labels, nobody, classes, theme)
    return style(go.Figure(traces, frame(xs, ys, "The samples")), theme, height=height, axes=False, legend=False)


def describe_samples(labels: np.ndarray, classes: Sequence[str]) -> str:
    """How many samples of each class there are, in a sentence."""
    parts = [f"{int(np.sum(labels == number)):,} of class {name}" for number, name in enumerate(classes)]
    return f"{counted(len(labels))} on a plane: {listed(parts)}."

"""Decision regions of one model on a plane, with the training samples; the forget set is ringed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from explorer.experiments import Experiment
from explorer.figures.boundary import boundary, describe_boundary
from explorer.ui.show.plot import current_theme, plot
from explorer.ui.state.selection import selected_samples
from explorer.ui.work.cached import forget_mask, grid_of
from explorer.ui.work.jobs import FRAME

PLANE_HEIGHT = 380


def show_plane(
    experiment: Experiment,
    frames: Sequence[np.ndarray],
    name: str,
    notes: Sequence[str] = ("",),
    on_select: Callable[[list[int]], None] | None = None,
) -> None:
    """Draw one model's decision regions with the training samples.

    Args:
        experiment: data set and forget set.
        frames: probabilities on the grid, each (h, w, classes); several are shown one after the other.
        name: original, unlearned or retrained.
        notes: text beside the title, one for each frame.
        on_select: callback that makes samples selectable; it gets the indices of the selected samples.
    """
    train, grid = experiment.data.train, grid_of(experiment)
    forget = forget_mask(experiment)
    labels, classes = train.y.numpy(), experiment.data.classes
    figures = [
        boundary(
            grid.xs, grid.ys, regions, train.x.numpy(), labels, forget, name, current_theme(),
            classes=classes, note=note, hollow_forget=name == "retrained", height=PLANE_HEIGHT,
        )
        for regions, note in zip(frames, notes, strict=True)
    ]  # fmt: skip
    plot(
        figures[-1], alt=describe_boundary(frames[-1], labels, forget, name, classes), key=f"plane {name}",
        before=figures[:-1], apart=FRAME,
        selected=selected_samples(experiment) if on_select else (), on_select=on_select,
    )  # fmt: skip

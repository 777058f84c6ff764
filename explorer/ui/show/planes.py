"""One model's decision regions on a plane, with the training samples; the forget set is ringed."""

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
    on_choose: Callable[[list[int]], None] | None = None,
) -> None:
    """One model's plane with the training samples, the forget set ringed; `on_choose` lets samples be chosen in it.

    frames: probabilities on the grid, one or several that are shown one after the other, each with its note.
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
        chosen=selected_samples(experiment) if on_choose else (), on_choose=on_choose,
    )  # fmt: skip

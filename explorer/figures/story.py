"""Forgetting as a short film: the unlearned model's plane over the steps of one run, with Play and a slider.

The film is the middle one of three planes. Its neighbours are `boundary` of the same height: below the plane the film
is `CONTROLS` px taller, so the three planes are of one size in columns and stack on a phone.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.figures.boundary import boundary, log_odds
from explorer.figures.identity import named
from explorer.figures.theme import Theme, style
from explorer.words import counted, percent

CONTROLS = 128
"""Height of the buttons and the slider in px."""
PACE = 160
"""Time of one snapshot in ms."""


def story(
    xs: np.ndarray,
    ys: np.ndarray,
    snapshots: np.ndarray,
    steps: np.ndarray,
    forget_accuracy: np.ndarray,
    points: np.ndarray,
    labels: np.ndarray,
    forget: np.ndarray,
    theme: Theme,
    *,
    classes: Sequence[str],
    start: int = -1,
    button: str = "Play",
    height: int = 380,
) -> go.Figure:
    """The plane of the unlearned model at each snapshot; it opens on snapshot `start` and plays from the first.

    xs, ys           (w,), (h,) the grid's lines
    snapshots        (t, h, w) probability of class 1, floats in 0..1 or uint8 for 0..255; the set has two classes
    steps            (t,) step of each snapshot; forget_accuracy (t,) share in 0..1 of the forget set that is right
    points, labels, forget
                     (n, 2), (n,), (n,) mask: as in `boundary`
    button           what stands on the button that plays it
    height           of the neighbours; the film is taller by CONTROLS

    A frame replaces the regions (trace 0) and the heading; the samples stay.
    """
    share = snapshots[start] / (255 if snapshots.dtype == np.uint8 else 1)
    regions = np.stack([1 - share, share], -1)
    note = [f"step {step}: forget {percent(right)}" for step, right in zip(steps, forget_accuracy, strict=True)]
    figure = boundary(
        xs, ys, regions, points, labels, forget, "unlearned", theme, classes=classes, note=note[start], height=height
    )
    heading = figure.layout.annotations[0].to_plotly_json()
    figure.frames = [
        go.Frame(
            name=str(step),
            data=[go.Contour(z=log_odds(snapshot))],
            traces=[0],
            layout={"annotations": [heading | {"text": named("unlearned", theme, words)}]},
        )
        for step, snapshot, words in zip(steps, snapshots, note, strict=True)
    ]
    style(figure, theme, height=height + CONTROLS, axes=False, legend=False)
    return figure.update_layout(
        margin_b=8 + CONTROLS, updatemenus=[_buttons(button)], sliders=[_slider(steps, start % len(steps))]
    )


def describe_story(steps: np.ndarray, forget_accuracy: np.ndarray, forget: np.ndarray) -> str:
    """What the film shows, in a sentence."""
    return (
        f"The unlearned model's decision boundary in {counted(len(steps), 'snapshot')} from step {steps[0]} to step "
        f"{steps[-1]}: its accuracy on the {counted(int(np.sum(forget)))} to be forgotten goes from "
        f"{percent(forget_accuracy[0])} to {percent(forget_accuracy[-1])}."
    )


def _show(duration: int, mode: str = "immediate") -> dict[str, Any]:
    """How frames are shown: at once, one after the other (contours cannot move between two)."""
    return {"frame": {"duration": duration, "redraw": True}, "transition": {"duration": 0}, "mode": mode}


def _buttons(label: str) -> dict[str, Any]:
    play = {"label": label, "method": "animate", "args": [None, _show(PACE)]}
    pause = {"label": "Pause", "method": "animate", "args": [[None], _show(0)]}
    place = {"x": 0, "xanchor": "left", "y": 0, "yanchor": "top", "pad": {"t": 14}}
    return {"type": "buttons", "direction": "right", "buttons": [play, pause]} | place


def _slider(steps: np.ndarray, active: int) -> dict[str, Any]:
    choices = [{"label": str(step), "method": "animate", "args": [[str(step)], _show(0)]} for step in steps]
    place = {"x": 0, "len": 1, "y": 0, "yanchor": "top", "pad": {"t": 64, "l": 8, "r": 8}}
    now = {"prefix": "step ", "xanchor": "left", "visible": False}
    return {"steps": choices, "active": active, "currentvalue": now, "ticklen": 0, "minorticklen": 0} | place

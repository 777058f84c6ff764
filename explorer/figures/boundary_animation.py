"""Animation of the decision boundary of the unlearned model over the steps of one run, with Play and a slider.

It is shown between two figures of `boundary`. With the same `height` the three planes have equal size; the animation is
`CONTROLS` px taller below its plane.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.figures.boundary import boundary, log_odds
from explorer.figures.identity import model_label
from explorer.figures.theme import Theme, style
from explorer.words import counted, percent

CONTROLS = 128
"""Height of the buttons and the slider in px."""
DURATION = 160
"""Duration of one snapshot in ms."""


def boundary_animation(
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
    """Plane of the unlearned model at each snapshot of a run, for two classes.

    A frame replaces the regions (trace 0) and the heading. The samples do not change.

    Args:
        xs, ys: as in `boundary`.
        snapshots: probability of class 1, (t, h, w), floats in 0..1 or uint8 in 0..255.
        steps: step of each snapshot, (t,).
        forget_accuracy: accuracy on the forget set at each snapshot, (t,), in 0..1.
        points, labels, forget: as in `boundary`.
        theme: colours.
        classes: class names by number.
        start: position of the snapshot that is shown first; Play begins at the first one.
        button: label of the button that plays the animation.
        height: of the figures beside it, px; this one is taller by CONTROLS.
    """
    share = snapshots[start] / (255 if snapshots.dtype == np.uint8 else 1)
    regions = np.stack([1 - share, share], -1)
    # Short: the heading must fit into a third of the page.
    notes = [
        f"step {step}: D_f accuracy {percent(accuracy)}" for step, accuracy in zip(steps, forget_accuracy, strict=True)
    ]
    figure = boundary(
        xs, ys, regions, points, labels, forget, "unlearned", theme, classes=classes, note=notes[start], height=height
    )
    heading = figure.layout.annotations[0].to_plotly_json()
    figure.frames = [
        go.Frame(
            name=str(step),
            data=[go.Contour(z=log_odds(snapshot))],
            traces=[0],
            layout={"annotations": [heading | {"text": model_label("unlearned", theme, note)}]},
        )
        for step, snapshot, note in zip(steps, snapshots, notes, strict=True)
    ]
    style(figure, theme, height=height + CONTROLS, axes=False, legend=False)
    return figure.update_layout(
        margin_b=8 + CONTROLS, updatemenus=[_buttons(button)], sliders=[_slider(steps, start % len(steps))]
    )


def describe_boundary_animation(steps: np.ndarray, forget_accuracy: np.ndarray, forget: np.ndarray) -> str:
    """Description of `boundary_animation`: accuracy on the forget set at the first and at the last snapshot."""
    return (
        f"Decision boundary of the unlearned model in {counted(len(steps), 'snapshot')} from step {steps[0]} to step "
        f"{steps[-1]}. Accuracy on the forget set (n = {int(np.sum(forget)):,}) changes from "
        f"{percent(forget_accuracy[0])} to {percent(forget_accuracy[-1])}."
    )


def _show(duration: int, mode: str = "immediate") -> dict[str, Any]:
    """Animation options: frames without transition, because plotly cannot interpolate contours."""
    return {"frame": {"duration": duration, "redraw": True}, "transition": {"duration": 0}, "mode": mode}


def _buttons(label: str) -> dict[str, Any]:
    play = {"label": label, "method": "animate", "args": [None, _show(DURATION)]}
    pause = {"label": "Pause", "method": "animate", "args": [[None], _show(0)]}
    place = {"x": 0, "xanchor": "left", "y": 0, "yanchor": "top", "pad": {"t": 14}}
    return {"type": "buttons", "direction": "right", "buttons": [play, pause]} | place


def _slider(steps: np.ndarray, active: int) -> dict[str, Any]:
    choices = [{"label": str(step), "method": "animate", "args": [[str(step)], _show(0)]} for step in steps]
    place = {"x": 0, "len": 1, "y": 0, "yanchor": "top", "pad": {"t": 64, "l": 8, "r": 8}}
    now = {"prefix": "step ", "xanchor": "left", "visible": False}
    return {"steps": choices, "active": active, "currentvalue": now, "ticklen": 0, "minorticklen": 0} | place

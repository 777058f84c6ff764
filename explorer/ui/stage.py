"""The stage: what moves while a run goes on, the same for every method: boundary, accuracies, forget entropies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from explorer.experiments import Experiment, Request, Snapshot
from explorer.figures.boundary import boundary, describe_boundary
from explorer.figures.drawing import Drawing
from explorer.figures.entropies import describe_entropies, entropies
from explorer.figures.run_progress import accuracy_progress, describe_accuracy, describe_loss, loss_progress
from explorer.models.frozen import held_still
from explorer.ui.chosen import choose_samples, chosen_samples, offer_to_forget
from explorer.ui.models import forget_entropies, forget_mask, grid_of, network_of, slice_of
from explorer.ui.plot import current_theme, plot
from explorer.ui.run import Run
from explorer.ui.work import FRAME
from explorer.words import counted, percent

PLANE_HEIGHT = 380
PROGRESS = ["Accuracy", "Loss and entropy"]


def headline(experiment: Experiment, run: Run | None, moment: Snapshot | None) -> str:
    """What forgetting has done by this moment of the run, in one sentence computed from it."""
    size, samples = len(experiment.forget_set), len(experiment.data.train)
    if run is None or moment is None or moment.step == 0:
        return f"{size:,} of {samples:,} training samples are to be forgotten"
    before, now = run.moments[0], moment
    lost = 100 * (before.retain_accuracy - now.retain_accuracy)
    others = (
        f"lost {lost:.1f} points" if lost >= 0.05 else f"gained {-lost:.1f} points" if lost <= -0.05 else "lost nothing"
    )
    when = "now gets" if run.active or now.step == run.moments[-1].step else f"got, at step {now.step:,},"
    return (
        f"The model {when} {percent(now.forget_accuracy)} of the {counted(size, 'forget sample')} right "
        f"(it was {percent(before.forget_accuracy)}); the retained samples {others}"
    )


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture in its frames, what the last of them shows in a sentence, and the node that it moves in."""

    frames: Sequence[go.Figure | Drawing]
    alt: str
    key: str

    def show(self) -> None:
        """In the place that is open."""
        plot(self.frames[-1], alt=self.alt, key=self.key, before=self.frames[:-1], apart=FRAME)


@dataclass(frozen=True, eq=False)
class Readings:
    """Accuracies or loss over the steps, and the forget entropies, drawn before any of it is placed.

    What reaches the browser together it lays out once; pictures that come one by one would cost it a turn each.
    """

    progress: Picture
    entropies: Picture

    def show(self) -> None:
        """Again and again while a run goes on: each picture updates in place."""
        left, right = st.columns(2)
        with left:
            for tab in st.tabs(PROGRESS, on_change="rerun", key="progress tabs"):
                if tab.open:
                    with tab:
                        self.progress.show()
        with right:
            self.entropies.show()


def readings(experiment: Experiment, run: Run | None, frames: Sequence[Snapshot]) -> Readings:
    """What was read up to the last of these moments of the run."""
    return Readings(_progress(experiment, run, frames), _entropies(experiment, frames))


def show_planes(experiment: Experiment, run: Run | None, frames: Sequence[Snapshot]) -> None:
    """The planes of the three models, the unlearned one at these moments of the run.

    Between two runs a lasso or click in one of them chooses samples, which may be forgotten at once.
    """
    idle = run is None or not (run.active or run.resting)
    choose = (lambda samples: choose_samples(experiment, samples)) if idle else None
    retrained = [slice_of(experiment, "retrained")] if experiment.stored("retrained") else []
    regions: dict[str, list[np.ndarray]] = {
        "original": [slice_of(experiment, "original")],
        "unlearned": [moment.boundary for moment in frames if moment.boundary is not None],
        "retrained": retrained,
    }
    empty = {"unlearned": "Press Run to see the boundary move.", "retrained": "The retrained model is not there yet."}
    for place, (name, found) in zip(st.columns(3), regions.items(), strict=True):
        with place:
            notes = [f"step {moment.step:,}" for moment in frames] if name == "unlearned" else [""]
            if found:
                show_plane(experiment, found, name, notes, choose)
            else:
                st.caption(f"**{name.capitalize()}**")
                st.info(empty[name])
    if choose is not None and (chosen := chosen_samples(experiment)):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{len(chosen):,} {'samples are' if len(chosen) > 1 else 'sample is'} chosen.")
            offer_to_forget(experiment)
            st.button("Choose none", key="choose none", on_click=choose_samples, args=(experiment, []))


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
        chosen=chosen_samples(experiment) if on_choose else (), on_choose=on_choose,
    )  # fmt: skip


def _progress(experiment: Experiment, run: Run | None, frames: Sequence[Snapshot]) -> Picture:
    recorded = [] if run is None else run.moments
    newest = not frames or run is None or run.active or frames[-1].step == recorded[-1].step
    now = None if newest else frames[-1].step
    # The lines end at the frame that is drawn, or, where a reader looks back, at the end.
    told = [[*(one for one in recorded if one.step < frame.step), frame] for frame in frames] if newest else [recorded]
    total = max((moment.total for moment in recorded), default=1)
    losses = st.session_state.get("progress tabs") == PROGRESS[1]
    return (_losses if losses else _accuracies)(experiment, run, told or [[]], total, now)


def _accuracies(
    experiment: Experiment, run: Run | None, told: list[list[Snapshot]], total: int, now: int | None
) -> Picture:
    rule = None if run is None else run.request.rule
    target = rule.accuracy if rule is not None and rule.target == "accuracy" else None
    frames = []
    for moments in told:
        steps = np.array([moment.step for moment in moments])
        forget = np.array([moment.forget_accuracy for moment in moments])
        retain = np.array([moment.retain_accuracy for moment in moments])
        frames.append(accuracy_progress(steps, forget, retain, current_theme(), total=total, target=target, now=now))
    return Picture(frames, describe_accuracy(steps, forget, retain), "accuracy progress")


def _losses(
    experiment: Experiment, run: Run | None, told: list[list[Snapshot]], total: int, now: int | None
) -> Picture:
    stored = experiment.stored("retrained")
    reference = float(forget_entropies(experiment, "retrained").mean()) if stored else None
    frames = []
    for moments in told:
        steps = np.array([moment.step for moment in moments])
        losses = np.array([np.nan if moment.loss is None else moment.loss for moment in moments])
        means = np.array([moment.forget_entropies.mean() for moment in moments])
        frames.append(loss_progress(steps, losses, means, current_theme(), total=total, reference=reference, now=now))
    return Picture(frames, describe_loss(steps, losses, means), "loss progress")


def _entropies(experiment: Experiment, frames: Sequence[Snapshot]) -> Picture:
    still = {
        name: forget_entropies(experiment, name)
        for name in ("original", "retrained")
        if name == "original" or experiment.stored("retrained")
    }
    shown = [still | {"unlearned": moment.forget_entropies} for moment in frames] or [still]
    most = float(np.log(len(experiment.data.classes)))
    figures = [entropies(values, current_theme(), title="Forget set", span=(0.0, most)) for values in shown]
    return Picture(figures, describe_entropies(shown[-1], "Forget set"), "stage entropies")


def what_stands_still(request: Request) -> str:
    """What this network holds still while the run changes it; empty where nothing is."""
    return held_still(network_of(request.experiment, "original"), getattr(request.settings, "dropout", False))

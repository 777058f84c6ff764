"""The stage: what moves while a run goes on, the same for every method: boundary, accuracies, forget entropies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from explorer.evaluation.comparison import SIMILAR_ENTROPY
from explorer.experiments import Experiment, Request, Snapshot
from explorer.figures.drawing import Drawing
from explorer.figures.entropies import describe_entropies, entropies
from explorer.figures.run_progress import accuracy_progress, describe_accuracy, describe_loss, loss_progress
from explorer.models.frozen import held_still
from explorer.ui.show.planes import show_plane
from explorer.ui.show.plot import current_theme, plot
from explorer.ui.show.sample_list import offer_to_forget
from explorer.ui.state.selection import select_samples, selected_samples
from explorer.ui.work.cached import entropies_on_test, forget_entropies, network_of, slice_of
from explorer.ui.work.jobs import FRAME
from explorer.ui.work.run import Run
from explorer.words import counted, percent

PROGRESS = ["Accuracy", "Loss and entropy"]


def headline(experiment: Experiment, run: Run | None, snapshot: Snapshot | None) -> str:
    """What forgetting has done by this moment of the run, in one sentence computed from it."""
    size, samples = len(experiment.forget_set), len(experiment.data.train)
    if run is None or snapshot is None or snapshot.step == 0:
        return f"{size:,} of {samples:,} training samples are to be forgotten"
    before, now = run.snapshots[0], snapshot
    lost = 100 * (before.retain_accuracy - now.retain_accuracy)
    others = (
        f"lost {lost:.1f} points" if lost >= 0.05 else f"gained {-lost:.1f} points" if lost <= -0.05 else "lost nothing"
    )
    when = "now gets" if run.active or now.step == run.snapshots[-1].step else f"got, at step {now.step:,},"
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
    choose = (lambda samples: select_samples(experiment, samples)) if idle else None
    retrained = [slice_of(experiment, "retrained")] if experiment.stored("retrained") else []
    regions: dict[str, list[np.ndarray]] = {
        "original": [slice_of(experiment, "original")],
        "unlearned": [snapshot.boundary for snapshot in frames if snapshot.boundary is not None],
        "retrained": retrained,
    }
    empty = {"unlearned": "Press Run to see the boundary move.", "retrained": "The retrained model is not there yet."}
    for place, (name, found) in zip(st.columns(3), regions.items(), strict=True):
        with place:
            notes = [f"step {snapshot.step:,}" for snapshot in frames] if name == "unlearned" else [""]
            if found:
                show_plane(experiment, found, name, notes, choose)
            else:
                st.caption(f"**{name.capitalize()}**")
                st.info(empty[name])
    if choose is not None and (chosen := selected_samples(experiment)):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{len(chosen):,} {'samples are' if len(chosen) > 1 else 'sample is'} chosen.")
            offer_to_forget(experiment)
            st.button("Choose none", key="choose none", on_click=select_samples, args=(experiment, []))


def _progress(experiment: Experiment, run: Run | None, frames: Sequence[Snapshot]) -> Picture:
    recorded = [] if run is None else run.snapshots
    newest = not frames or run is None or run.active or frames[-1].step == recorded[-1].step
    now = None if newest else frames[-1].step
    # The lines end at the frame that is drawn, or, where a reader looks back, at the end.
    told = [[*(one for one in recorded if one.step < frame.step), frame] for frame in frames] if newest else [recorded]
    total = max((snapshot.total for snapshot in recorded), default=1)
    losses = st.session_state.get("progress tabs") == PROGRESS[1]
    return (_losses if losses else _accuracies)(experiment, run, told or [[]], total, now)


def _accuracies(
    experiment: Experiment, run: Run | None, told: list[list[Snapshot]], total: int, now: int | None
) -> Picture:
    rule = None if run is None else run.request.rule
    target = rule.accuracy if rule is not None and rule.target == "accuracy" else None
    frames = []
    for snapshots in told:
        steps = np.array([snapshot.step for snapshot in snapshots])
        forget = np.array([snapshot.forget_accuracy for snapshot in snapshots])
        retain = np.array([snapshot.retain_accuracy for snapshot in snapshots])
        frames.append(accuracy_progress(steps, forget, retain, current_theme(), total=total, target=target, now=now))
    return Picture(frames, describe_accuracy(steps, forget, retain), "accuracy progress")


def _losses(
    experiment: Experiment, run: Run | None, told: list[list[Snapshot]], total: int, now: int | None
) -> Picture:
    stored = experiment.stored("retrained")
    reference = float(forget_entropies(experiment, "retrained").mean()) if stored else None
    frames = []
    for snapshots in told:
        steps = np.array([snapshot.step for snapshot in snapshots])
        losses = np.array([np.nan if snapshot.loss is None else snapshot.loss for snapshot in snapshots])
        means = np.array([snapshot.forget_entropies.mean() for snapshot in snapshots])
        frames.append(loss_progress(steps, losses, means, current_theme(), total=total, reference=reference, now=now))
    return Picture(frames, describe_loss(steps, losses, means), "loss progress")


def _entropies(experiment: Experiment, frames: Sequence[Snapshot]) -> Picture:
    still = {
        name: forget_entropies(experiment, name)
        for name in ("original", "retrained")
        if name == "original" or experiment.stored("retrained")
    }
    shown = [still | {"unlearned": snapshot.forget_entropies} for snapshot in frames] or [still]
    most = float(np.log(len(experiment.data.classes)))
    figures = [entropies(values, current_theme(), title="Forget set", span=(0.0, most)) for values in shown]
    return Picture(figures, describe_entropies(shown[-1], "Forget set"), "stage entropies")


def what_stands_still(request: Request) -> str:
    """What this network holds still while the run changes it; empty where nothing is."""
    return held_still(network_of(request.experiment, "original"), getattr(request.settings, "dropout", False))


def warn_if_over_forgotten(experiment: Experiment, snapshot: Snapshot | None) -> None:
    """A warning where the forget set is forgotten too loudly: less sure of it than a model that never saw it."""
    if snapshot is None or snapshot.step == 0:
        return
    mean = float(snapshot.forget_entropies.mean())
    if experiment.stored("retrained"):
        limit, whose = float(forget_entropies(experiment, "retrained").mean()), "the retrained model's"
    else:
        limit, whose = float(entropies_on_test(experiment).mean()), "the original's on test samples"
    if mean > max(limit, float(forget_entropies(experiment, "original").mean())) + SIMILAR_ENTROPY:
        st.warning(
            f"Forgotten too loudly: the mean entropy of the forget set is {mean:.2f} nats, above {whose} "
            f"({limit:.2f}). A model less sure of them than one that never saw them can give away which they were.",
            icon=":material/volume_up:",
        )

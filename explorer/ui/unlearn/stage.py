"""Upper part of the Unlearn page, which updates while a run is active; the same for every method.

- `headline`: accuracy on the forget set and the change in retained accuracy.
- `show_planes`: decision boundaries of the three models, for data sets on a plane.
- `run_charts`: accuracies or losses by step, and the entropies of the forget set.
- `frozen_sentence`: parts of the network that the run does not change.
- `warn_if_over_forgotten`: a warning if the forget set is less certain than it is for a model that never saw it.
"""

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
from explorer.models.frozen import describe_frozen
from explorer.ui.show.planes import show_plane
from explorer.ui.show.plot import current_theme, plot
from explorer.ui.show.sample_list import offer_to_forget
from explorer.ui.state.selection import select_samples, selected_samples
from explorer.ui.work.cached import entropies_on_test, forget_entropies, network_of, slice_of
from explorer.ui.work.jobs import FRAME
from explorer.ui.work.run import Run
from explorer.words import counted, percent

PROGRESS = ["Accuracy", "Loss and entropy"]  # tabs


def headline(experiment: Experiment, run: Run | None, snapshot: Snapshot | None) -> str:
    """Accuracy on the forget set and the change in retained accuracy at a snapshot, in one sentence.

    Args:
        experiment: data set and forget set.
        run: the run; None before the first one.
        snapshot: the snapshot that the page shows; None before the first one.
    """
    size, samples = len(experiment.forget_set), len(experiment.data.train)
    if run is None or snapshot is None or snapshot.step == 0:
        return f"{size:,} of {samples:,} training samples are to be forgotten"
    before, now = run.snapshots[0], snapshot
    drop = 100 * (before.retain_accuracy - now.retain_accuracy)
    change = "did not change"
    if abs(drop) >= 0.05:
        change = f"{'fell' if drop > 0 else 'rose'} by {abs(drop):.1f} points"
    newest = run.active or now.step == run.snapshots[-1].step
    subject = "Accuracy on the forget set" if newest else f"At step {now.step:,}, accuracy on the forget set"
    forget = f"did not change from {percent(before.forget_accuracy)}"
    if percent(now.forget_accuracy) != percent(before.forget_accuracy):
        verb = "fell" if now.forget_accuracy < before.forget_accuracy else "rose"
        forget = f"{verb} from {percent(before.forget_accuracy)} to {percent(now.forget_accuracy)}"
    return f"{subject} (n = {size:,}) {forget}; accuracy on retained samples {change}"


def show_planes(experiment: Experiment, run: Run | None, frames: Sequence[Snapshot]) -> None:
    """Show the decision boundaries of the three models.

    Args:
        experiment: an experiment on a plane.
        run: the run; samples can be selected with a lasso or click only while no run is active or paused.
        frames: snapshots of the unlearned model, shown one after the other.
    """
    idle = run is None or not (run.active or run.resting)
    on_select = (lambda samples: select_samples(experiment, samples)) if idle else None
    retrained = [slice_of(experiment, "retrained")] if experiment.stored("retrained") else []
    regions: dict[str, list[np.ndarray]] = {
        "original": [slice_of(experiment, "original")],
        "unlearned": [snapshot.boundary for snapshot in frames if snapshot.boundary is not None],
        "retrained": retrained,
    }
    empty = {
        "unlearned": "Press Run to show the decision boundary at every step.",
        "retrained": "The retrained model is not trained yet.",
    }
    for place, (name, planes) in zip(st.columns(3), regions.items(), strict=True):
        with place:
            notes = [f"step {snapshot.step:,}" for snapshot in frames] if name == "unlearned" else [""]
            if planes:
                show_plane(experiment, planes, name, notes, on_select)
            else:
                st.caption(f"**{name.capitalize()}**")
                st.info(empty[name])
    if on_select is not None and (selected := selected_samples(experiment)):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{counted(len(selected))} selected.")
            offer_to_forget(experiment)
            st.button("Clear selection", key="choose none", on_click=select_samples, args=(experiment, []))


def run_charts(experiment: Experiment, run: Run | None, frames: Sequence[Snapshot]) -> RunCharts:
    """Charts of the run up to the last of these snapshots.

    Args:
        experiment: data set, models and forget set.
        run: the run; None before the first one.
        frames: snapshots, shown one after the other.
    """
    return RunCharts(_progress(experiment, run, frames), _entropies(experiment, frames))


@dataclass(frozen=True, eq=False)
class RunCharts:
    """Charts of a run, built before any of them is shown.

    The browser then receives them together and computes its layout once instead of once per chart.

    Attributes:
        progress: accuracies, or loss and mean entropy, by step.
        entropies: distribution of the forget entropies.
    """

    progress: PlotFrames
    entropies: PlotFrames

    def show(self) -> None:
        """Show the charts side by side; called again while a run is active, each chart updates in place."""
        left, right = st.columns(2)
        with left:
            for tab in st.tabs(PROGRESS, on_change="rerun", key="progress tabs"):
                if tab.open:
                    with tab:
                        self.progress.show()
        with right:
            self.entropies.show()


@dataclass(frozen=True, eq=False)
class PlotFrames:
    """Frames of one chart.

    Attributes:
        frames: figures, shown one after the other.
        alt: alternative text of the last frame.
        key: key of the plot that shows them.
    """

    frames: Sequence[go.Figure | Drawing]
    alt: str
    key: str

    def show(self) -> None:
        """Show the frames in the current container."""
        plot(self.frames[-1], alt=self.alt, key=self.key, before=self.frames[:-1], apart=FRAME)


def _progress(experiment: Experiment, run: Run | None, frames: Sequence[Snapshot]) -> PlotFrames:
    recorded = [] if run is None else run.snapshots
    newest = not frames or run is None or run.active or frames[-1].step == recorded[-1].step
    now = None if newest else frames[-1].step
    # The lines end at the frame that is shown; for an earlier step, they show the whole run.
    histories = [recorded]
    if newest:
        histories = [[*(earlier for earlier in recorded if earlier.step < frame.step), frame] for frame in frames]
    total = max((snapshot.total for snapshot in recorded), default=1)
    losses = st.session_state.get("progress tabs") == PROGRESS[1]
    return (_losses if losses else _accuracies)(experiment, run, histories or [[]], total, now)


def _accuracies(
    experiment: Experiment, run: Run | None, histories: list[list[Snapshot]], total: int, now: int | None
) -> PlotFrames:
    rule = None if run is None else run.request.rule
    target = rule.accuracy if rule is not None and rule.target == "accuracy" else None
    frames = []
    for snapshots in histories:
        steps = np.array([snapshot.step for snapshot in snapshots])
        forget = np.array([snapshot.forget_accuracy for snapshot in snapshots])
        retain = np.array([snapshot.retain_accuracy for snapshot in snapshots])
        frames.append(accuracy_progress(steps, forget, retain, current_theme(), total=total, target=target, now=now))
    return PlotFrames(frames, describe_accuracy(steps, forget, retain), "accuracy progress")


def _losses(
    experiment: Experiment, run: Run | None, histories: list[list[Snapshot]], total: int, now: int | None
) -> PlotFrames:
    stored = experiment.stored("retrained")
    reference = float(forget_entropies(experiment, "retrained").mean()) if stored else None
    frames = []
    for snapshots in histories:
        steps = np.array([snapshot.step for snapshot in snapshots])
        losses = np.array([np.nan if snapshot.loss is None else snapshot.loss for snapshot in snapshots])
        means = np.array([snapshot.forget_entropies.mean() for snapshot in snapshots])
        frames.append(loss_progress(steps, losses, means, current_theme(), total=total, reference=reference, now=now))
    return PlotFrames(frames, describe_loss(steps, losses, means), "loss progress")


def _entropies(experiment: Experiment, frames: Sequence[Snapshot]) -> PlotFrames:
    fixed = {
        name: forget_entropies(experiment, name)
        for name in ("original", "retrained")
        if name == "original" or experiment.stored("retrained")
    }
    shown = [fixed | {"unlearned": snapshot.forget_entropies} for snapshot in frames] or [fixed]
    most = float(np.log(len(experiment.data.classes)))
    figures = [entropies(values, current_theme(), title="Forget set", span=(0.0, most)) for values in shown]
    return PlotFrames(figures, describe_entropies(shown[-1], "Forget set"), "stage entropies")


def frozen_sentence(request: Request) -> str:
    """Sentence on the parts of the network that unlearning does not change; empty if it changes all."""
    return describe_frozen(network_of(request.experiment, "original"), getattr(request.settings, "dropout", False))


def warn_if_over_forgotten(experiment: Experiment, snapshot: Snapshot | None) -> None:
    """Warn if the mean entropy of the forget set is above that of a model that never saw these samples."""
    if snapshot is None or snapshot.step == 0:
        return
    mean = float(snapshot.forget_entropies.mean())
    if experiment.stored("retrained"):
        limit, reference = float(forget_entropies(experiment, "retrained").mean()), "that of the retrained model"
    else:
        limit, reference = float(entropies_on_test(experiment).mean()), "that of the original on test samples"
    if mean > max(limit, float(forget_entropies(experiment, "original").mean())) + SIMILAR_ENTROPY:
        st.warning(
            f"Over-forgotten: the mean entropy of the forget set is {mean:.2f} nats, above {reference} ({limit:.2f}). "
            "A model that is less certain of these samples than a model that never saw them can reveal the forget set.",
            icon=":material/volume_up:",
        )

"""The stage: what moves while a run goes on, the same for every method: boundary, accuracies, forget entropies."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from explorer.experiments import Experiment, Request, Snapshot
from explorer.figures.boundary import boundary, describe_boundary
from explorer.figures.entropies import describe_entropies, entropies
from explorer.figures.run_progress import accuracy_progress, describe_accuracy, describe_loss, loss_progress
from explorer.models.frozen import held_still
from explorer.ui.chosen import choose_samples, chosen_samples, offer_to_forget
from explorer.ui.models import forget_entropies, grid_of, network_of, slice_of
from explorer.ui.plot import current_theme, plot
from explorer.ui.run import Run

PLANE_HEIGHT = 380


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
    when = "now gets" if now.step == run.moments[-1].step else f"got, at step {now.step:,},"
    return (
        f"The model {when} {100 * now.forget_accuracy:.1f} % of the {size:,} forget samples right "
        f"(it was {100 * before.forget_accuracy:.1f} %); the others {others}"
    )


def show_readings(experiment: Experiment, run: Run | None, moment: Snapshot | None) -> None:
    """Accuracies, loss and forget entropies; called again and again while a run goes on, each plot updates in place."""
    left, right = st.columns(2)
    with left:
        _show_progress(experiment, run, moment)
    with right:
        _show_entropies(experiment, moment)


def show_planes(experiment: Experiment, run: Run | None, moment: Snapshot | None) -> None:
    """The planes of the three models, the unlearned one at this moment of the run.

    Between two runs a lasso or click in one of them chooses samples, which may be forgotten at once.
    """
    idle = run is None or not (run.active or run.resting)
    choose = (lambda samples: choose_samples(experiment, samples)) if idle else None
    retrained = slice_of(experiment, "retrained") if experiment.stored("retrained") else None
    regions = {
        "original": slice_of(experiment, "original"),
        "unlearned": None if moment is None else moment.boundary,
        "retrained": retrained,
    }
    empty = {"unlearned": "Press Run to see the boundary move.", "retrained": "The retrained model is not there yet."}
    for place, (name, found) in zip(st.columns(3), regions.items(), strict=True):
        with place:
            note = "" if name != "unlearned" or moment is None else f"step {moment.step:,}"
            if found is None:
                st.caption(f"**{name.capitalize()}**")
                st.info(empty[name])
            else:
                show_plane(experiment, found, name, note, choose)
    if choose is not None and (chosen := chosen_samples(experiment)):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{len(chosen):,} {'samples are' if len(chosen) > 1 else 'sample is'} chosen.")
            offer_to_forget(experiment)
            st.button("Choose none", key="choose none", on_click=choose_samples, args=(experiment, []))


def show_plane(
    experiment: Experiment,
    regions: np.ndarray,
    name: str,
    note: str = "",
    on_choose: Callable[[list[int]], None] | None = None,
) -> None:
    """One model's plane with the training samples, the forget set ringed; `on_choose` lets samples be chosen in it."""
    train, grid = experiment.data.train, grid_of(experiment)
    forget = forget_mask(experiment)
    labels, classes = train.y.numpy(), experiment.data.classes
    figure = boundary(
        grid.xs, grid.ys, regions, train.x.numpy(), labels, forget, name, current_theme(),
        classes=classes, note=note, hollow_forget=name == "retrained", height=PLANE_HEIGHT,
    )  # fmt: skip
    plot(
        figure, alt=describe_boundary(regions, labels, forget, name, classes), key=f"plane {name}",
        chosen=chosen_samples(experiment) if on_choose else (), on_choose=on_choose,
    )  # fmt: skip


def forget_mask(experiment: Experiment) -> np.ndarray:
    """(n,) which training samples are to be forgotten."""
    mask = np.zeros(len(experiment.data.train), dtype=bool)
    mask[experiment.forget_set.indices.numpy()] = True
    return mask


def _show_progress(experiment: Experiment, run: Run | None, moment: Snapshot | None) -> None:
    moments = [] if run is None else run.moments
    now = None if moment is None or not moments or moment.step == moments[-1].step else moment.step
    steps = np.array([moment.step for moment in moments])
    forget = np.array([moment.forget_accuracy for moment in moments])
    retain = np.array([moment.retain_accuracy for moment in moments])
    total = max((moment.total for moment in moments), default=1)
    rule = None if run is None else run.request.rule
    target = rule.accuracy if rule is not None and rule.target == "accuracy" else None
    accuracy, loss = st.tabs(["Accuracy", "Loss and entropy"], on_change="rerun", key="progress tabs")
    if accuracy.open:
        with accuracy:
            figure = accuracy_progress(steps, forget, retain, current_theme(), total=total, target=target, now=now)
            plot(figure, alt=describe_accuracy(steps, forget, retain), key="accuracy progress")
    if loss.open:
        with loss:
            losses = np.array([np.nan if moment.loss is None else moment.loss for moment in moments])
            means = np.array([moment.forget_entropies.mean() for moment in moments])
            stored = experiment.stored("retrained")
            reference = float(forget_entropies(experiment, "retrained").mean()) if stored else None
            figure = loss_progress(steps, losses, means, current_theme(), total=total, reference=reference, now=now)
            plot(figure, alt=describe_loss(steps, losses, means), key="loss progress")


def _show_entropies(experiment: Experiment, moment: Snapshot | None) -> None:
    values = {"original": forget_entropies(experiment, "original")}
    if moment is not None:
        values["unlearned"] = moment.forget_entropies
    if experiment.stored("retrained"):
        values["retrained"] = forget_entropies(experiment, "retrained")
    most = float(np.log(len(experiment.data.classes)))
    figure = entropies(values, current_theme(), title="Forget set", span=(0.0, most))
    plot(figure, alt=describe_entropies(values, "Forget set"), key="stage entropies")


def what_stands_still(request: Request) -> str:
    """What this network holds still while the run changes it; empty where nothing is."""
    return held_still(network_of(request.experiment, "original"), getattr(request.settings, "dropout", False))

"""One step of the method: a forget sample, its noisy copies, k of each, and the change of its output (tab One step)."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st
import torch

from explorer.experiments import Experiment, Request, Snapshot
from explorer.experiments.runs.trajectory import DETAILED
from explorer.figures.noisy_copies import copies_in_pictures, copies_on_plane, describe_copies
from explorer.figures.one_step import copy_slopes, describe_pull, describe_slopes, pull
from explorer.ui.show.plot import current_theme, plot
from explorer.ui.work.cached import grid_of, partition_of
from explorer.ui.work.run import Run
from explorer.unlearning import JitSettings
from explorer.unlearning.jit import JitDetail, noisy_copies
from explorer.words import counted


def show_one_step(experiment: Experiment, run: Run | None, snapshot: Snapshot | None) -> None:
    """Show the step before a snapshot.

    Args:
        experiment: data set and forget set.
        run: the run; None before the first one.
        snapshot: the snapshot that the page shows; None before the first one.
    """
    if run is None or snapshot is None or snapshot.samples is None:
        st.info("Press Run or Step to show the samples that a step uses.", icon=":material/visibility:")
        return
    forget, data = partition_of(experiment).forget, experiment.data
    at, shown = 0, min(len(snapshot.samples), DETAILED)
    if shown > 1:
        at = st.slider("Sample of this step", 1, shown, 1, key=f"inside {shown}") - 1
    position = int(snapshot.samples[at])
    label, index = int(forget.y[position]), int(experiment.forget_set.indices[position])
    st.markdown(
        f"Step {snapshot.step:,} used {counted(len(snapshot.samples), 'forget sample')}. The figure shows training "
        f"sample {index:,} of class {data.classes[label]}. After the step it is predicted as "
        f"**{data.classes[int(snapshot.forget_predictions[position])]}**."
    )
    detail, settings = snapshot.detail, run.request.settings
    if not (isinstance(detail, JitDetail) and isinstance(settings, JitSettings)):
        st.caption(f"{run.request.method.title} uses the samples without noisy copies.")
        return
    copies, theme = _copies(run.request, tuple(snapshot.samples.tolist()), detail.seed, at), current_theme()
    predictions, ratios = detail.predictions[at].numpy(), detail.ratios[at].numpy()
    clean, noisy = detail.clean[at].numpy(), detail.noisy[at].numpy()
    direction = detail.pull[at].numpy() if settings.gradient == "clean" else None
    unit = "probability" if settings.outputs == "probabilities" else "logit"
    left, middle, right = st.columns(3)
    with left:
        if data.kind == "image":
            pictures = data.picture(torch.cat([forget.x[position : position + 1], copies]))
            figure = copies_in_pictures(
                pictures[0], pictures[1:], int(clean.argmax()), predictions, label, theme, classes=data.classes
            )
        elif snapshot.boundary is not None:
            grid = grid_of(experiment)
            figure = copies_on_plane(
                grid.xs, grid.ys, snapshot.boundary, forget.x[position].numpy(), copies.numpy(), predictions, label,
                "unlearned", theme, classes=data.classes, height=320,
            )  # fmt: skip
        plot(figure, alt=describe_copies(predictions, label, data.classes), key="inside copies")
    with middle:
        caption = describe_slopes(ratios, predictions, label, data.classes)
        plot(copy_slopes(ratios, predictions, label, theme, classes=data.classes), alt=caption, key="inside slopes")
        st.caption(caption)
    with right:
        caption = describe_pull(clean, noisy, direction, label, data.classes, unit)
        plot(pull(clean, noisy, direction, theme, classes=data.classes, unit=unit), alt=caption, key="inside pull")
        st.caption(caption)


@lru_cache(maxsize=8)
def _copies(request: Request, samples: tuple[int, ...], seed: int, at: int) -> torch.Tensor:
    """Noisy copies of sample `at` of a step, (N, *shape), drawn again: those of all samples would take gigabytes."""
    assert isinstance(request.settings, JitSettings)
    x = partition_of(request.experiment).forget.x[list(samples)]
    begins = 0
    for part, copies in noisy_copies(x, request.settings, seed):
        if at < begins + len(part):
            return copies[at - begins].clone()
        begins += len(part)
    raise IndexError(at)

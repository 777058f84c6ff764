"""What happens inside a step: a sample that it looked at, the noisy copies, k of each, and where its output goes."""

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
from explorer.unlearning.jit import Perturbed, noisy_copies


def show_one_step(experiment: Experiment, run: Run | None, snapshot: Snapshot | None) -> None:
    """The step that led to this moment, as its method saw it."""
    if run is None or snapshot is None or snapshot.samples is None:
        st.info("Run the method, or take one Step: what it looks at is shown here.", icon=":material/visibility:")
        return
    forget, data = partition_of(experiment).forget, experiment.data
    at, shown = 0, min(len(snapshot.samples), DETAILED)
    if shown > 1:
        at = st.slider("Sample of this step", 1, shown, 1, key=f"inside {shown}") - 1
    position = int(snapshot.samples[at])
    label, index = int(forget.y[position]), int(experiment.forget_set.indices[position])
    st.markdown(
        f"Step {snapshot.step:,} looked at {len(snapshot.samples):,} of the forget samples; this is training sample "
        f"{index:,} of class {data.classes[label]}. After the step the model calls it "
        f"**{data.classes[int(snapshot.forget_predictions[position])]}**."
    )
    seen, settings = snapshot.detail, run.request.settings
    if not (isinstance(seen, Perturbed) and isinstance(settings, JitSettings)):
        st.caption(f"{run.request.method.title} looks at the samples as they are, without noisy copies.")
        return
    copies, theme = _copies(run.request, tuple(snapshot.samples.tolist()), seen.seed, at), current_theme()
    predictions, ratios = seen.predictions[at].numpy(), seen.ratios[at].numpy()
    clean, noisy = seen.clean[at].numpy(), seen.noisy[at].numpy()
    way = seen.pull[at].numpy() if settings.gradient == "clean" else None
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
        words = describe_slopes(ratios, predictions, label, data.classes)
        plot(copy_slopes(ratios, predictions, label, theme, classes=data.classes), alt=words, key="inside slopes")
        st.caption(words)
    with right:
        words = describe_pull(clean, noisy, way, label, data.classes, unit)
        plot(pull(clean, noisy, way, theme, classes=data.classes, unit=unit), alt=words, key="inside pull")
        st.caption(words)


@lru_cache(maxsize=8)
def _copies(request: Request, samples: tuple[int, ...], seed: int, at: int) -> torch.Tensor:
    """The noisy copies that a step drew of its sample `at`, (N, *shape); those of all would take gigabytes."""
    assert isinstance(request.settings, JitSettings)
    x = partition_of(request.experiment).forget.x[list(samples)]
    begins = 0
    for part, copies in noisy_copies(x, request.settings, seed):
        if at < begins + len(part):
            return copies[at - begins].clone()
        begins += len(part)
    raise IndexError(at)

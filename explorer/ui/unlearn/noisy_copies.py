"""What the noise shows: the noisy copies of a forget sample, and what the net calls them before it forgets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import plotly.graph_objects as go
import streamlit as st
import torch

from explorer.evaluation import logits
from explorer.experiments import Experiment, Request
from explorer.figures.noisy_copies import copies_in_pictures, copies_on_plane, describe_copies
from explorer.figures.theme import Theme
from explorer.ui.show.plot import current_theme, plot
from explorer.ui.work.cached import grid_of, network_of, partition_of, slice_of
from explorer.unlearning import JitSettings
from explorer.unlearning.jit import perturb

ASKED = 64  # forget samples whose copies are looked at for the share
SHOWN = 8  # copies of the sample that is drawn
STUBBORN = 0.9  # share of copies still called their own class from which the page warns


@dataclass(frozen=True, eq=False)
class Copies:
    """Noisy copies of the shown sample (copies, *shape), and what the net calls it and them.

    still: the share of all forget samples' copies that are called by the sample's own class.
    """

    sample_prediction: int
    copies: torch.Tensor
    predictions: np.ndarray
    still: float


@lru_cache(maxsize=64)
def copies_of(experiment: Experiment, settings: JitSettings, seed: int, position: int) -> Copies:
    """`SHOWN` copies as JiT draws them around the forget sample at `position`, and around up to `ASKED` others."""
    forget = partition_of(experiment).forget
    network = network_of(experiment, "original")
    generator = torch.Generator().manual_seed(seed)
    drawn = settings.model_copy(update={"perturbations": SHOWN})
    low, high = (forget.x.min(), forget.x.max()) if settings.clamp else (None, None)
    shown = perturb(forget.x[position : position + 1], drawn, generator, low, high)[0]
    asked = forget[: min(ASKED, len(forget))]
    noisy = perturb(asked.x, drawn, generator, low, high)
    predictions = logits(network, noisy.flatten(0, 1)).argmax(1).view(len(asked), SHOWN)
    still = float((predictions == asked.y.unsqueeze(1)).double().mean())
    own = int(logits(network, forget.x[position : position + 1]).argmax(1))
    return Copies(own, shown, logits(network, shown).argmax(1).numpy(), still)


def show_copies(experiment: Experiment, request: Request) -> None:
    """Draw the copies of one forget sample beside what they mean, and warn where the noise shows nothing else."""
    settings, seed = request.settings, request.noise_seed
    if not isinstance(settings, JitSettings):
        st.caption(f"{request.method.title} adds no noise to the samples.")
        return
    data, forget = experiment.data, partition_of(experiment).forget
    picture, words = st.columns([3, 4])
    with words:
        position = 0
        if len(forget) > 1:
            position = st.slider("Forget sample", 1, len(forget), 1, key=f"copy of {experiment.forget}") - 1
        found = copies_of(experiment, settings, seed, position)
        name = data.classes[int(forget.y[position])]
        st.markdown(
            "JiT makes the model answer this sample as it answers its noisy copies. Of the copies of "
            f"{min(ASKED, len(forget)):,} forget samples, the original still calls **{100 * found.still:.0f} %** "
            "by their own class."
        )
        if found.still >= STUBBORN:
            st.warning(
                f"Nearly all noisy copies are still called their own class, as here {name!r}. Where they all are, JiT "
                "has no other class to lead these samples to, and may need many steps; a larger sigma gives it one.",
                icon=":material/visibility:",
            )
    with picture:
        _draw(experiment, found, position)


def _draw(experiment: Experiment, found: Copies, position: int) -> None:
    label = int(partition_of(experiment).forget.y[position])
    figure = _figure(experiment, found, position, current_theme())
    plot(figure, alt=describe_copies(found.predictions, label, experiment.data.classes), key="noisy copies")


@lru_cache(maxsize=16)
def _figure(experiment: Experiment, found: Copies, position: int, theme: Theme) -> go.Figure:
    """Remembered, since it stands still while a run goes on above it."""
    data, forget = experiment.data, partition_of(experiment).forget
    label = int(forget.y[position])
    if data.kind == "image":
        pictures = data.picture(torch.cat([forget.x[position : position + 1], found.copies]))
        return copies_in_pictures(
            pictures[0], pictures[1:], found.sample_prediction, found.predictions, label, theme, classes=data.classes
        )
    grid = grid_of(experiment)
    return copies_on_plane(
        grid.xs, grid.ys, slice_of(experiment, "original"), forget.x[position].numpy(), found.copies.numpy(),
        found.predictions, label, "original", theme, classes=data.classes,
    )  # fmt: skip

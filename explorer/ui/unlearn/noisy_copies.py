"""Noisy copies of a forget sample and their predictions by the original model (tab Noisy copies)."""

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
from explorer.words import counted

COUNTED = 64  # forget samples whose copies are counted, at most
SHOWN = 8  # noisy copies of each sample
UNCHANGED = 0.9  # share of copies predicted as the label of their sample at which the page warns


@dataclass(frozen=True, eq=False)
class Copies:
    """Noisy copies of one forget sample, with the predictions of the original model.

    Attributes:
        sample_prediction: predicted class of the sample itself.
        copies: (SHOWN, *shape) noisy copies.
        predictions: (SHOWN,) their predicted classes.
        unchanged: share of the copies of up to COUNTED forget samples that are predicted as the label of their sample.
    """

    sample_prediction: int
    copies: torch.Tensor
    predictions: np.ndarray
    unchanged: float


@lru_cache(maxsize=64)
def copies_of(experiment: Experiment, settings: JitSettings, seed: int, position: int) -> Copies:
    """Draw noisy copies as JiT does, around one forget sample and around up to COUNTED of them for the share.

    Args:
        experiment: forget set and original model.
        settings: settings of JiT; the number of copies is SHOWN.
        seed: seed of the noise.
        position: position of the sample in the forget set.
    """
    forget = partition_of(experiment).forget
    network = network_of(experiment, "original")
    generator = torch.Generator().manual_seed(seed)
    drawn = settings.model_copy(update={"perturbations": SHOWN})
    low, high = (forget.x.min(), forget.x.max()) if settings.clamp else (None, None)
    shown = perturb(forget.x[position : position + 1], drawn, generator, low, high)[0]
    subset = forget[: min(COUNTED, len(forget))]
    noisy = perturb(subset.x, drawn, generator, low, high)
    predictions = logits(network, noisy.flatten(0, 1)).argmax(1).view(len(subset), SHOWN)
    unchanged = float((predictions == subset.y.unsqueeze(1)).double().mean())
    own = int(logits(network, forget.x[position : position + 1]).argmax(1))
    return Copies(own, shown, logits(network, shown).argmax(1).numpy(), unchanged)


def show_copies(experiment: Experiment, request: Request) -> None:
    """Show the noisy copies of one forget sample; warn if nearly all are predicted as their sample's label."""
    settings, seed = request.settings, request.noise_seed
    if not isinstance(settings, JitSettings):
        st.caption(f"{request.method.title} adds no noise to the samples.")
        return
    forget = partition_of(experiment).forget
    picture, text = st.columns([3, 4])
    with text:
        position = 0
        if len(forget) > 1:
            position = st.slider("Forget sample", 1, len(forget), 1, key=f"copy of {experiment.forget}") - 1
        noise = copies_of(experiment, settings, seed, position)
        st.markdown(
            "JiT changes the model so that its output for this sample matches its outputs for the noisy copies. The "
            f"original predicts the sample's label for **{100 * noise.unchanged:.0f} %** of the noisy copies of "
            f"{counted(min(COUNTED, len(forget)), 'forget sample')}."
        )
        if noise.unchanged >= UNCHANGED:
            st.warning(
                f"At least {100 * UNCHANGED:g} % of the noisy copies are predicted as the label of their sample. JiT "
                "then has few other predictions to move these samples to.",
                icon=":material/visibility:",
            )
    with picture:
        _draw(experiment, noise, position)


def _draw(experiment: Experiment, noise: Copies, position: int) -> None:
    label = int(partition_of(experiment).forget.y[position])
    figure = _figure(experiment, noise, position, current_theme())
    plot(figure, alt=describe_copies(noise.predictions, label, experiment.data.classes), key="noisy copies")


@lru_cache(maxsize=16)
def _figure(experiment: Experiment, noise: Copies, position: int, theme: Theme) -> go.Figure:
    """Cached, as it does not change while the upper part of the page updates."""
    data, forget = experiment.data, partition_of(experiment).forget
    label = int(forget.y[position])
    if data.kind == "image":
        pictures = data.picture(torch.cat([forget.x[position : position + 1], noise.copies]))
        return copies_in_pictures(
            pictures[0], pictures[1:], noise.sample_prediction, noise.predictions, label, theme, classes=data.classes
        )
    grid = grid_of(experiment)
    return copies_on_plane(
        grid.xs, grid.ys, slice_of(experiment, "original"), forget.x[position].numpy(), noise.copies.numpy(),
        noise.predictions, label, "original", theme, classes=data.classes,
    )  # fmt: skip

"""Noise ball of one sample: its noisy copies, their predictions and JiT's loss on them (tab Noise ball)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import plotly.graph_objects as go
import streamlit as st
import torch

from explorer.experiments import Experiment
from explorer.figures.noise_ball import describe_ratios_by_margin, describe_running_mean, ratios_by_margin, running_mean
from explorer.figures.noisy_copies import MOST, copies_in_pictures, copies_on_plane, describe_copies
from explorer.figures.theme import Theme
from explorer.ui.show import controls
from explorer.ui.show.plot import current_theme, plot
from explorer.ui.work.cached import grid_of, network_of, slice_of
from explorer.unlearning import JitSettings, NoiseBall, noise_ball

DRAWN = 400  # noisy copies at least, to show how the mean converges beyond N


@lru_cache(maxsize=32)
def _ball(experiment: Experiment, settings: JitSettings, sample: int) -> NoiseBall:
    train, drawn = experiment.data.train, max(DRAWN, settings.perturbations)
    many = settings.model_copy(update={"perturbations": drawn})
    return noise_ball(network_of(experiment, "original"), train.x[sample], many, seed=0)


def show_noise_ball(experiment: Experiment, sample: int) -> None:
    """Controls for sigma, N, noise and outputs, and the loss around this sample."""
    settings = controls.jit_controls(experiment, ("sigma", "perturbations", "noise", "outputs"))
    if settings is None:
        return
    ball, n = _ball(experiment.ignoring_forget_set, settings, sample), settings.perturbations
    classes, label = experiment.data.classes, int(experiment.data.train.y[sample])
    name = f"class {classes[label]}"
    if ball.prediction != label:
        name += f", predicted as {classes[ball.prediction]}"
    loss, output, noise = (float(values[:n].mean()) for values in (ball.ratios, ball.output_moves, ball.input_moves))
    st.markdown(
        f"**Sample {sample} ({name}):** over its N = {n:,} noisy copies the loss is **{loss:.3g}**. On average the "
        f"output changes by {output:.3g} when the input changes by {noise:.3g}. The Jacobian has Frobenius norm "
        f"{ball.frobenius:.3g} and largest singular value {ball.largest:.3g}; E‖J u‖ over random unit "
        f"vectors u is {ball.directional:.3g}."
    )
    for place, (key, (figure, caption)) in zip(
        st.columns(3), _pictures(experiment.ignoring_forget_set, settings, sample, current_theme()).items(), strict=True
    ):
        with place:
            plot(figure, alt=caption, key=key)
            st.caption(caption)
    _list_copies(ball, n, classes)


@lru_cache(maxsize=32)
def _pictures(
    experiment: Experiment, settings: JitSettings, sample: int, theme: Theme
) -> dict[str, tuple[go.Figure, str]]:
    """Figures and captions by key; cached, as the page also reruns for other widgets."""
    ball, n, data = _ball(experiment, settings, sample), settings.perturbations, experiment.data
    label, predictions = int(data.train.y[sample]), ball.predictions[:n].numpy()
    ratios, margins, k = ball.ratios.numpy(), ball.margins[:n].numpy(), ball.ratios[:n].numpy()
    sides = describe_ratios_by_margin(margins, k, float(ball.pulls[:n].mean()))
    return {
        "ball copies": (
            _draw_copies(experiment, ball, sample, n, theme), describe_copies(predictions, label, data.classes)
        ),
        "settling": (
            running_mean(ratios, ball.directional, theme, perturbations=n),
            describe_running_mean(ratios, ball.directional, n),
        ),
        "sides": (
            ratios_by_margin(margins, k, predictions, theme, classes=data.classes),
            f"{sides} (First order, with the noisy outputs held constant.)",
        ),
    }  # fmt: skip


def _draw_copies(experiment: Experiment, ball: NoiseBall, sample: int, n: int, theme: Theme) -> go.Figure:
    data = experiment.data
    x, label, predictions = data.train.x[sample], int(data.train.y[sample]), ball.predictions[:n].numpy()
    if data.kind == "image":
        pictures = data.picture(torch.cat([x.unsqueeze(0), ball.copies[: min(n, MOST)]]))
        return copies_in_pictures(
            pictures[0], pictures[1:], ball.prediction, predictions, label, theme, classes=data.classes
        )
    grid = grid_of(experiment)
    return copies_on_plane(
        grid.xs, grid.ys, slice_of(experiment, "original"), x.numpy(), ball.copies[:n].numpy(), predictions, label,
        "original", theme, classes=data.classes, height=320,
    )  # fmt: skip


def _list_copies(ball: NoiseBall, n: int, classes: tuple[str, ...]) -> None:
    with st.expander(f"Table of the {n:,} noisy copies"):
        st.dataframe(
            {
                "copy": np.arange(1, n + 1),
                "predicted as": [classes[prediction] for prediction in ball.predictions[:n].tolist()],
                "output change": ball.output_moves[:n].numpy(),
                "input change": ball.input_moves[:n].numpy(),
                "k": ball.ratios[:n].numpy(),
                "margin, copy minus sample": ball.margins[:n].numpy(),
                "d margin (first order)": ball.pulls[:n].numpy(),
            },
            hide_index=True, height=260,
        )  # fmt: skip

"""Fields over a plane: the input gradient of each model, and the homogeneity of the data (tab Gradient norm)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import streamlit as st

from explorer.data import Split
from explorer.evaluation import PlaneGrid, boundary_slice, plane_grid
from explorer.experiments import Experiment
from explorer.experiments.derived.gradients import Gradient
from explorer.figures.plane_field import describe_field, plane_field, shared_span
from explorer.figures.theme import IDENTITIES
from explorer.geometry import jacobian_norms
from explorer.geometry.homogeneity import homogeneity
from explorer.models import Network
from explorer.ui.show import controls
from explorer.ui.show.plot import current_theme, plot
from explorer.ui.work.cached import network_of
from explorer.ui.work.runs import latest_outcome

SIDE = 80  # grid points along each side


@lru_cache(maxsize=16)
def _grid(split: Split) -> PlaneGrid:
    return plane_grid(split, SIDE)


@lru_cache(maxsize=32)
def _gradient_norms(network: Network, split: Split, of: str) -> tuple[np.ndarray, np.ndarray]:
    """||J||_F over the grid, (side, side), and the predicted class of each point."""
    grid = _grid(split)
    norms = jacobian_norms(network, grid.points, of).numpy()  # type: ignore[arg-type]
    return norms.reshape(SIDE, SIDE), boundary_slice(network, grid).argmax(-1)


@lru_cache(maxsize=64)
def _homogeneity(split: Split, radius: float) -> np.ndarray:
    return homogeneity(split.x, split.y, radius, _grid(split).points).reshape(SIDE, SIDE)


def show_fields(experiment: Experiment, radius: float, gradient: Gradient) -> None:
    """Gradient norm of original, unlearned and retrained on one colour scale, then the homogeneity of the data.

    Args:
        experiment: an experiment on a plane.
        radius: radius r of the homogeneity, in standardised units.
        gradient: output whose input gradient is shown; "loss" is replaced by the probabilities, as a point of the
            plane has no label.
    """
    of = "probabilities" if gradient == "loss" else gradient
    train, networks = experiment.data.train, {"original": network_of(experiment, "original")}
    outcome = latest_outcome(experiment, controls.requested(experiment))
    if outcome is not None:
        networks["unlearned"] = outcome.network
    if experiment.stored("retrained"):
        networks["retrained"] = network_of(experiment, "retrained")
    gradients = {name: _gradient_norms(network, train, of) for name, network in networks.items()}
    span, unit = shared_span([field for field, _ in gradients.values()]), f"gradient norm of the {of}"
    missing = {
        "unlearned": "Run a method on the Unlearn page to show the unlearned model.",
        "retrained": "The retrained model is not trained yet. The Unlearn and Compare pages train it.",
    }
    for place, name in zip(st.columns(3), IDENTITIES, strict=True):
        with place:
            if name in gradients:
                field, predictions = gradients[name]
                _draw(experiment, field, name, span, unit, predictions)
            else:
                st.caption(f"**{name.capitalize()}**")
                st.info(missing[name])
    left, right = st.columns([1, 2])
    share = _homogeneity(train, radius)
    with left:
        classes = len(experiment.data.classes)
        _draw(
            experiment, share, f"Label homogeneity, r = {radius:.3g}", (1 / classes, 1.0), "share of the largest class"
        )
    with right:
        st.markdown(
            "The upper row shows the gradient norm of each model at every point of the plane, on one colour scale. "
            "The lower figure shows the share of the largest class among the training samples within *r* of a point. "
            "It depends on the data only; a point without a sample within *r* has no colour. The paper claims that a "
            "model has large gradients where the classes mix, and small ones elsewhere."
        )


def _draw(
    experiment: Experiment,
    field: np.ndarray,
    name: str,
    span: tuple[float, float],
    unit: str,
    predictions: np.ndarray | None = None,
) -> None:
    train, grid = experiment.data.train, _grid(experiment.data.train)
    figure = plane_field(
        grid.xs, grid.ys, field, train.x.numpy(), train.y.numpy(), current_theme(), name=name, span=span, unit=unit,
        predictions=predictions,
    )  # fmt: skip
    plot(figure, alt=describe_field(field, name, unit), key=f"field {name.split(',')[0]}")

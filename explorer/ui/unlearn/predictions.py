"""Predictions for the forget set by the original, the unlearned and the retrained model (tab Predictions)."""

from __future__ import annotations

from explorer.experiments import Experiment, Snapshot
from explorer.figures.predictions import describe_predictions, predictions
from explorer.ui.show.plot import current_theme, plot
from explorer.ui.work.cached import predictions_of


def show_predictions(experiment: Experiment, snapshot: Snapshot | None) -> None:
    """Show the predictions of every model that is available.

    Args:
        experiment: data set, models and forget set.
        snapshot: the unlearned model at this snapshot; None before the first run.
    """
    by_model = {"original": predictions_of(experiment, "original")}
    if snapshot is not None:
        by_model["unlearned"] = snapshot.forget_predictions
    if experiment.stored("retrained"):
        by_model["retrained"] = predictions_of(experiment, "retrained")
    classes = experiment.data.classes
    plot(
        predictions(by_model, current_theme(), classes=classes),
        alt=describe_predictions(by_model, classes),
        key="forget calls",
    )

"""What the forget samples are called: under the original, at a moment of the run, and under the retrained model."""

from __future__ import annotations

from explorer.experiments import Experiment, Snapshot
from explorer.figures.predictions import describe_predictions, predictions
from explorer.ui.show.plot import current_theme, plot
from explorer.ui.work.cached import predictions_of


def show_predictions(experiment: Experiment, snapshot: Snapshot | None) -> None:
    """What the forget samples are called, under the models that are there."""
    found = {"original": predictions_of(experiment, "original")}
    if snapshot is not None:
        found["unlearned"] = snapshot.forget_predictions
    if experiment.stored("retrained"):
        found["retrained"] = predictions_of(experiment, "retrained")
    classes = experiment.data.classes
    plot(
        predictions(found, current_theme(), classes=classes),
        alt=describe_predictions(found, classes),
        key="forget calls",
    )

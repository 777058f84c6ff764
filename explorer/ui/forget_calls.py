"""What the forget samples are called: under the original, at a moment of the run, and under the retrained model."""

from __future__ import annotations

from explorer.experiments import Experiment, Snapshot
from explorer.figures.calls import calls, describe_calls
from explorer.ui.models import calls_of
from explorer.ui.plot import current_theme, plot


def show_calls(experiment: Experiment, moment: Snapshot | None) -> None:
    """What the forget samples are called, under the models that are there."""
    found = {"original": calls_of(experiment, "original")}
    if moment is not None:
        found["unlearned"] = moment.forget_calls
    if experiment.stored("retrained"):
        found["retrained"] = calls_of(experiment, "retrained")
    classes = experiment.data.classes
    plot(calls(found, current_theme(), classes=classes), alt=describe_calls(found, classes), key="forget calls")

"""The headline of Compare is computed from the measures, whichever way they point."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import pytest

from explorer.evaluation import Measures
from explorer.experiments import Experiment
from explorer.ui.comparison import headline

EXPERIMENT = Experiment("moons:n=40", "mlp", forget="samples:3,5,8")


def measures(retain_test, entropy):
    empty = dict.fromkeys((found.name for found in dataclasses.fields(Measures)), None)
    return Measures(**empty | {"retain_test_accuracy": retain_test, "forget_entropy_mean": entropy})


@pytest.mark.parametrize(
    ("after", "cost"),
    [(0.93, "cost the others 2.0 points"), (0.95, "cost the others nothing"), (0.97, "brought the others 2.0 points")],
)
@pytest.mark.parametrize(
    ("entropy", "surer"),
    [(0.50, "about as sure of them as"), (0.80, "less sure of them than"), (0.20, "surer of them than")],
)
def test_what_it_cost_and_how_sure_the_model_is(after, cost, entropy, surer):
    trio = SimpleNamespace(
        experiment=EXPERIMENT,
        measures={
            "original": measures(0.95, 0.1),
            "unlearned": measures(after, entropy),
            "retrained": measures(0.94, 0.5),
        },
    )
    assert headline(trio) == (
        f"Forgetting these 3 samples {cost} of test accuracy; the model is now {surer} one that never saw them"
    )

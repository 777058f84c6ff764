"""How a run ended is said for every way in which it can end."""

from __future__ import annotations

import pytest

from explorer.experiments import Experiment, Job, Outcome, Request
from explorer.ui.run import Run, stop_sentence
from explorer.unlearning import METHODS, Rule

EXPERIMENT = Experiment("moons:n=40", "mlp", forget="class:0")
WITHOUT = Rule(target="none", guard=0.0)
ENDS = [
    ("target", Rule(accuracy=0.2), "Forgotten after 1,234 steps in 5.7 s of unlearning", "20 % or less"),
    ("guard", Rule(guard=0.25), "Stopped before a collapse, after 1,234 steps", "fewer than 25 % of noise inputs"),
    ("nan", Rule(), "Stopped after 1,234 steps", "no longer finite"),
    ("user", Rule(), "Stopped by hand after 1,234 steps", "last whole step"),
    (None, Rule(), "Ran through after 1,234 steps", "without reaching its target"),
    (None, WITHOUT, "Ran through after 1,234 steps", "no stopping rule"),
]


def run(reason, rule, over=True):
    method = METHODS["jit"]
    job = Job("Unlearning", lambda job: None)
    if over:
        job.result = Outcome(network=None, steps=1234, seconds=5.678, stopped=reason)
    return Run(Request(EXPERIMENT, method, method.configure((2,), "default"), rule), trajectory=None, job=job)


@pytest.mark.parametrize(("reason", "rule", "first", "then"), ENDS)
def test_how_it_ended(reason, rule, first, then):
    sentence = stop_sentence(run(reason, rule))
    assert sentence.startswith(first)
    assert then in sentence
    assert "5.7 s of unlearning" in sentence


def test_nothing_is_said_before_it_has_ended():
    assert stop_sentence(run(None, Rule(), over=False)) == ""

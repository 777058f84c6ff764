"""Sentences about how a run ended, for every way in which it can end."""

from __future__ import annotations

import pytest

from explorer.experiments import Experiment, Outcome, RemoteRun, Request, RunProcess, Trajectory
from explorer.ui.show.run_sentences import describe_end
from explorer.ui.work.run import Run
from explorer.unlearning import METHODS, Rule

EXPERIMENT = Experiment("moons:n=40", "mlp", forget="class:0")
WITHOUT = Rule(target="none", guard=0.0)
ENDS = [
    ("target", Rule(accuracy=0.2), "Target reached after 1,234 steps in 5.7 s of unlearning", "20 % or less"),
    ("guard", Rule(guard=0.25), "Stopped by the collapse guard after 1,234 steps", "25 % of the noise inputs (12 %)"),
    ("nan", Rule(), "Stopped at a non-finite value after 1,234 steps", "last good step"),
    ("user", Rule(), "Stopped by the user after 1,234 steps", "last complete step"),
    (None, Rule(), "Completed all passes after 1,234 steps", "without reaching its target"),
    (None, WITHOUT, "Completed all passes after 1,234 steps", "no stopping rule"),
]


def run(reason, rule, over=True):
    method = METHODS["jit"]
    request = Request(EXPERIMENT, method, method.configure((2,), "default"), rule)
    live = RemoteRun(RunProcess(), request, Trajectory(EXPERIMENT.data, EXPERIMENT.partition))
    if over:
        live.outcome = Outcome(network=None, steps=1234, seconds=5.678, stopped=reason, agreement=0.123)
    return Run(live)


@pytest.mark.parametrize(("reason", "rule", "first", "then"), ENDS)
def test_how_it_ended(reason, rule, first, then):
    sentence = describe_end(run(reason, rule))
    assert sentence.startswith(first)
    assert then in sentence
    assert "5.7 s of unlearning" in sentence


def test_no_sentence_before_the_run_has_ended():
    assert describe_end(run(None, Rule(), over=False)) == ""

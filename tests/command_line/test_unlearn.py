"""`unlearn` against the same story told through Experiment; its JSON, its table, and when it stops."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from explorer.evaluation import Measures, evaluate
from explorer.experiments import Experiment, Request
from explorer.experiments import unlearn as run_method
from explorer.unlearning import METHODS, Rule, default_rule

ROOT = Path(__file__).resolve().parents[2]
MOONS = ("unlearn", "--dataset", "moons:n=60", "--model", "mlp")
CLASS = (*MOONS, "--forget", "class:B")
KEYS = ["experiment", "method", "settings", "steps", "seconds", "stopped", "original", "unlearned", "retrained"]


@pytest.fixture
def told(explorer, shared):
    """The JSON of a run."""

    def call(*words):
        answer = explorer(*words, "--json")
        assert answer.code == 0, answer.err
        return json.loads(answer.out)

    return call


def direct(method, preset, rule, noise_seed=0, seed=0, forget="class:1", **values):
    """The same run without the command line."""
    experiment = Experiment("moons:n=60", "mlp", seed, forget)
    chosen = METHODS[method]
    settings = chosen.configure((2,), preset, values)
    rule = default_rule(experiment.forget_set) if rule == "default" else rule
    outcome = run_method(Request(experiment, chosen, settings, rule, noise_seed))
    networks = {"original": experiment.original, "unlearned": outcome.network, "retrained": experiment.retrained}
    measures = {which: evaluate(network, experiment.partition).as_dict() for which, network in networks.items()}
    return {
        "experiment": {
            "dataset": "moons:n=60",
            "model": "mlp",
            "seed": seed,
            "forget": forget,
            "forget_size": len(experiment.forget_set),
        },
        "method": method,
        "settings": settings.model_dump(),
        "steps": outcome.steps,
        "stopped": outcome.stopped,
        **measures,
    }


NO_RULE = Rule(target="none", guard=0.0)
RUNS = [
    (("--method", "jit", "--passes", "5"), ("jit", "default", "default"), {"passes": 5}),
    (("--method", "jit", "--sigma", "1", "--noise-seed", "3", "--passes", "7", "--no-stop"),
     ("jit", "default", NO_RULE, 3), {"sigma": 1.0, "passes": 7}),
    (("--method", "jit", "--preset", "authors-code", "--no-dropout", "--seed", "1"),
     ("jit", "authors-code", NO_RULE, 0, 1), {"dropout": False}),
    (("--method", "jit", "--preset", "algorithm-1", "--stop-at", "0.9"),
     ("jit", "algorithm-1", Rule(accuracy=0.9)), {}),
    (("--method", "mislabel", "--eta", ".05"), ("mislabel", "default", "default"), {"eta": 0.05}),
    (("--method", "mislabel", "--stop-at", "0.5", "--eta", ".05"),
     ("mislabel", "default", Rule(accuracy=0.5)), {"eta": 0.05}),
]  # fmt: skip


@pytest.mark.parametrize(("words", "run", "values"), RUNS, ids=[" ".join(words) for words, _, _ in RUNS])
def test_the_json_is_the_story_told_directly(told, words, run, values):
    found = told(*CLASS, *words)
    assert list(found) == KEYS
    assert found.pop("seconds") > 0
    assert found == direct(*run, **values)


def test_reasons_and_numbers_are_what_they_should_be(told):
    run = (*CLASS, "--method", "mislabel", "--eta", "0.05")
    forgotten = told(*run)
    assert forgotten["stopped"] == "target" and forgotten["unlearned"]["forget_train_accuracy"] <= 0.05
    assert forgotten["retrained"]["forget_train_accuracy"] == 0 and forgotten["original"]["forget_train_accuracy"] == 1
    through = told(*run, "--passes", "12", "--no-stop")
    assert through["stopped"] is None and through["steps"] == 12 > told(*run, "--stop-at", "0.9")["steps"]
    assert list(through["unlearned"]) == [each.name for each in Measures.descriptions()]


def test_random_samples_have_no_test_samples_of_their_own(told):
    found = told(*MOONS, "--forget", "random:5@1", "--method", "jit", "--passes", "1")
    assert found["experiment"]["forget"] == "random:5@1" and found["experiment"]["forget_size"] == 5
    assert {found[which]["forget_test_accuracy"] for which in ("original", "unlearned", "retrained")} == {None}


def test_an_option_without_effect_is_noted_and_the_output_stays_clean(explorer, shared):
    answer = explorer(*CLASS, "--method", "jit", "--passes", "1", "--eta", "0.1", "--json")
    assert json.loads(answer.out)["settings"]["eta"] == 0.1
    assert answer.err == "Note: --eta has no effect with the other settings; it needs --step gradient.\n"
    assert explorer(*CLASS, "--method", "jit", "--passes", "1", "--eta", "0.1", "--step", "gradient").err == ""


def test_the_table_shows_percent_with_one_decimal_and_nats_with_two(explorer, told):
    run = (*MOONS, "--forget", "near:5@4", "--method", "mislabel", "--passes", "3")
    found, out = told(*run), explorer(*run).out
    lines = out.splitlines()
    assert lines[0] == "moons:n=60, mlp, seed 0: forget near:5@4, 5 of 42 training samples"
    assert lines[1].startswith("Mislabel, noise seed 0: --eta 0.01 --passes 3")
    assert lines[4].split() == ["original", "unlearned", "retrained"]
    for each, line in zip(Measures.descriptions(), lines[5:], strict=True):
        values = [found[which][each.name] for which in ("original", "unlearned", "retrained")]
        shown = ["-" if v is None else f"{100 * v:.1f}" if each.unit == "share" else f"{v:.2f}" for v in values]
        assert line.startswith(f"{each.label} (") and line.split()[-3:] == shown


def test_a_whole_command_in_a_process_of_its_own(shared):
    command = [sys.executable, "-m", "explorer", *CLASS, "--method", "jit", "--passes", "2", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(json.loads(done.stdout)) == KEYS


def test_a_program_that_cannot_be_retrained_is_unlearned_all_the_same(explorer, shared, tmp_path):
    batch = torch.export.Dim("batch")
    network = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2)).eval()
    file = tmp_path / "mine.pt2"
    torch.export.save(torch.export.export(network, (torch.zeros(2, 2),), dynamic_shapes=({0: batch},)), file)
    model = explorer("bring", str(file), "--dataset", "moons:n=60").out.strip()
    story = ("unlearn", "--dataset", "moons:n=60", "--model", model, "--forget", "near:5@4", "--method", "jit")
    answer = explorer(*story, "--json")
    assert answer.code == 0 and answer.err.startswith(f"Note: {model} is an exported program")
    found = json.loads(answer.out)
    assert found["retrained"] is None and found["unlearned"]["forget_entropy_mean"] is not None
    accuracies = next(line for line in explorer(*story).out.splitlines() if line.startswith("Accuracy on D_f"))
    assert accuracies.split()[-1] == "-"

"""Exit codes, and the one line that says what was wrong and what is allowed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.command_line.program import main, program
from explorer.experiments import Experiment

ROOT = Path(__file__).resolve().parents[2]
PLANE = ("--dataset", "moons:n=60", "--model", "mlp")
MEASURE = ("measure", *PLANE, "--radius", "0.3")
FORGET = ("unlearn", *PLANE, "--forget", "class:1")
JIT = (*FORGET, "--method", "jit")
MISLABEL = (*FORGET, "--method", "mislabel")


def changed(words, option, value):
    """The same command with another value for one of its options."""
    place = words.index(option) + 1
    return (*words[:place], value, *words[place + 1 :])


BAD = [
    ((), ["verb", "list, bring, download, prepare, measure, unlearn"]),
    (("forget",), ["'forget'", "list, bring, download, prepare, measure, unlearn"]),
    (("--colour",), ["--colour", "list, bring, download, prepare, measure, unlearn"]),
    (("list", "all"), ["all", "--help"]),
    (("list", "--jsn"), ["--jsn", "--json"]),
    (("prepare",), ["--dataset is missing", "--dataset, --model"]),
    (("prepare", "--dataset", "moons"), ["--model is missing"]),
    (("prepare", "--dataset"), ["--dataset", "requires an argument", "--help"]),
    (("prepare", *PLANE, "--forget", ""), ["''", "class:3"]),
    (("prepare", *PLANE, "--seed", "-1"), ["--seed", "whole number from 0 to 2147483647", "'-1'"]),
    (("prepare", *PLANE, "--seed", "1.5"), ["--seed", "whole number", "'1.5'"]),
    (("prepare", *PLANE, "--speed", "3"), ["--speed", "--seed"]),
    (changed(("prepare", *PLANE), "--dataset", "mnits"), ["'mnits'", "digits"]),
    (changed(("prepare", *PLANE), "--dataset", "moons:n=nan"), ["n must be", "from 20 to 4000"]),
    (changed(("prepare", *PLANE), "--dataset", "moons:m=50"), ["'m'", "n, noise, seed"]),
    (changed(("prepare", *PLANE), "--dataset", "moons\nn=50"), ["no data set", "digits"]),
    (changed(("prepare", *PLANE), "--model", "lenet"), ["'lenet'", "resnet-small"]),
    (changed(("prepare", *PLANE), "--model", "convnet"), ["convnet takes pictures", "mlp"]),
    (MEASURE[:-2], ["--radius is missing", "--dataset, --model, --radius"]),
    (changed(MEASURE, "--radius", "-1"), ["--radius must be a number of at least 0", "'-1'"]),
    (changed(MEASURE, "--radius", "nan"), ["--radius", "'nan'"]),
    (changed(MEASURE, "--radius", "inf"), ["--radius", "'inf'"]),
    (changed(MEASURE, "--radius", "near"), ["--radius", "'near'"]),
    ((*MEASURE, "--space", "logits"), ["--space", "'logits'", "'inputs', 'features'"]),
    ((*MEASURE, "--split", "all"), ["--split", "'all'", "'train', 'test'"]),
    ((*MEASURE, "--of", "slope"), ["--of", "'slope'", "'logits', 'probabilities', 'loss'"]),
    (
        (*MEASURE, "--out", "no/such/folder/a.csv"),
        ["no/such/folder/a.csv", "No such file", "folder that you may write"],
    ),
    ((*MEASURE, "--out", "a" * 300), ["aaa cannot be written (", "too long"]),
    ((*MEASURE, "--out", "."), [". cannot be written (it is a folder)"]),
    (("unlearn",), ["--method is missing", "--dataset, --model, --forget, --method"]),
    (FORGET, ["--method is missing"]),
    ((*FORGET, "--method"), ["--method", "requires an argument"]),
    ((*FORGET, "--method", "magic"), ["'magic'", "jit, mislabel"]),
    (("unlearn", *PLANE, "--method", "jit"), ["--forget is missing"]),
    (changed(JIT, "--forget", "class:42"), ["no class '42'", "below 2"]),
    (changed(JIT, "--forget", "subclass:boot"), ["no sub-classes"]),
    (changed(JIT, "--forget", "samples:"), ["forgets nothing", "1 to 41"]),
    (changed(JIT, "--forget", "samples:42"), ["no training sample 42", "0 to 41"]),
    (changed(JIT, "--forget", "random:42@0"), ["42 samples", "1 to 41"]),
    (changed(JIT, "--forget", "random:0@0"), ["0 samples", "1 to 41"]),
    (changed(JIT, "--forget", "some"), ["'some'", "class:3"]),
    ((*JIT, "--sigma", "0"), ["sigma must be a number from", "'0'"]),
    ((*JIT, "--sigma", "-1"), ["sigma", "'-1'"]),
    ((*JIT, "--sigma", "nan"), ["sigma", "'nan'"]),
    ((*JIT, "--sigma", "inf"), ["sigma", "'inf'"]),
    ((*JIT, "--sigma", "big"), ["sigma", "'big'"]),
    ((*JIT, "--sigma"), ["--sigma", "requires an argument"]),
    ((*JIT, "--perturbations", "0"), ["perturbations must be a whole number from 1", "'0'"]),
    ((*JIT, "--perturbations", "2.5"), ["perturbations", "whole number", "'2.5'"]),
    ((*JIT, "--noise", "pink"), ["noise must be one of gaussian, smooth", "'pink'"]),
    ((*JIT, "--clamp=yes"), ["--clamp", "--help"]),
    ((*JIT, "--preset", "best"), ["'best'", "algorithm-1"]),
    ((*JIT, "--magic", "1"), ["--magic", "--sigma", "--perturbations"]),
    ((*JIT, "--noise-seed", "x"), ["--noise-seed", "whole number", "'x'"]),
    ((*JIT, "--stop-at", "2"), ["--stop-at must be a number from 0 to 1", "'2'"]),
    ((*JIT, "--stop-at", "nan"), ["--stop-at", "'nan'"]),
    ((*JIT, "--stop-at", "0.1", "--no-stop"), ["--stop-at", "--no-stop", "one of them"]),
    (
        (*MISLABEL, "--sigma", "1"),
        ["--sigma is a setting of jit", "settings of mislabel are --eta, --passes, --batch-size"],
    ),
    ((*MISLABEL, "--eta", "0"), ["eta must be a number from", "'0'"]),
    ((*MISLABEL, "--preset", "algorithm-1"), ["mislabel has no preset 'algorithm-1'", "default"]),
]


@pytest.mark.parametrize(
    ("words", "said"), BAD, ids=[" ".join(words).replace("\n", " ") or "nothing" for words, _ in BAD]
)
def test_bad_input_is_one_line_and_leaves_nothing(explorer, home, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    answer = explorer(*words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.endswith("\n") and answer.err.count("\n") == 1
    assert [part for part in said if part not in answer.err] == [], answer.err
    assert [*home.iterdir(), *tmp_path.iterdir()] == []


def test_every_verb_explains_itself(explorer):
    answer = explorer("--help")
    assert answer.code == 0 and answer.err == ""
    for verb in program.commands:
        assert re.search(rf"^  {verb} ", answer.out, re.MULTILINE)
        own = explorer(verb, "--help")
        assert own.code == 0 and own.err == "" and f"python -m explorer {verb}" in own.out.partition("Examples:")[2]
        assert explorer(verb, "-h") == own


def test_examples_in_the_help_can_be_read(explorer, monkeypatch):
    """Each is parsed as it stands; only its work is left out."""
    tried = 0
    for verb, command in program.commands.items():
        monkeypatch.setattr(command, "invoke", lambda context: None)
        for line in re.findall(r"^ +python -m explorer (.+)$", explorer(verb, "--help").out, re.MULTILINE):
            assert explorer(*line.split()).code == 0, line
            tried += 1
    assert tried >= 8


def interrupted(*words, **more):
    raise KeyboardInterrupt


def failing(*words, **more):
    raise RuntimeError("the moon\nis full")


def test_control_c_is_one_line_and_keeps_nothing_unfinished(capsys, home, monkeypatch):
    monkeypatch.setattr("explorer.experiments.experiment.finish", interrupted)
    assert main(["prepare", *PLANE]) == 130
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("Stopped") and err.count("\n") == 1
    assert [path for path in home.rglob("*") if path.suffix not in ("", ".lock")] == []


def test_a_failure_of_the_engine_is_one_line(capsys, monkeypatch):
    monkeypatch.setattr(Experiment, "train", failing)
    assert main(["prepare", *PLANE]) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and "RuntimeError: the moon is full" in err


def test_a_store_that_cannot_be_used_is_one_line(explorer, tmp_path, monkeypatch):
    occupied = tmp_path / "occupied"
    occupied.write_text("a file, not a folder")
    monkeypatch.setenv("EXPLORER_HOME", str(occupied))
    answer = explorer("prepare", *PLANE)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1) and "EXPLORER_HOME" in answer.err


def test_a_store_that_may_not_be_read_is_one_line_and_the_list_still_lists(explorer, home, forbid):
    before = explorer("list").out
    forbid(home)
    answer = explorer("prepare", *PLANE)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1) and "Permission denied" in answer.err
    assert explorer("list") == (0, before, "")


def test_help_does_not_wait_for_torch():
    code = (
        "import sys; from explorer.command_line.program import main; "
        "codes = [main([*verb, '--help']) for verb in ([], ['list'], ['prepare'], ['measure'])]; "
        "sys.exit(any(codes) or sorted({'torch', 'sklearn', 'scipy', 'plotly', 'streamlit'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_closed_pipe_is_quiet():
    reading, writing = os.pipe()
    os.close(reading)
    try:
        command = [sys.executable, "-m", "explorer", "--help"]
        done = subprocess.run(command, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")

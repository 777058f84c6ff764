"""`prepare` trains once, prints the training time and the accuracy, and shows a progress bar in a terminal."""

from __future__ import annotations

import io
import re

from explorer.experiments import Experiment

MOONS = ("prepare", "--dataset", "moons:n=60,seed=3", "--model", "mlp")


def accuracy(network, split):
    return f"{100 * (network(split.x).argmax(1) == split.y).float().mean():.1f} % (n = {len(split)})"


def test_trains_what_is_missing_and_says_how_good_it_is(explorer):
    experiment = Experiment("moons:n=60,seed=3", "mlp", forget="class:1")
    first = explorer(*MOONS)
    assert (first.code, first.err) == (0, "")
    assert re.fullmatch(r"original: trained in \d+\.\d s; test accuracy \S+ % \(n = \d+\)\n", first.out)
    assert accuracy(experiment.original, experiment.data.test) in first.out
    assert experiment.stored("original") and not experiment.stored("retrained")

    original, retrained = explorer(*MOONS, "--forget", "class:B").out.splitlines()
    assert original.startswith("original: already stored; test accuracy ")
    assert re.match(r"retrained without class:1: trained in \d+\.\d s; retained test accuracy ", retrained)
    assert f"retained test accuracy {accuracy(experiment.retrained, experiment.partition.retain_test)};" in retrained
    assert retrained.endswith(
        f"; accuracy on the forget set {accuracy(experiment.retrained, experiment.partition.forget)}"
    )

    again = explorer(*MOONS, "--forget", "class:1").out
    assert again.count("already stored") == 2


def test_the_seed_is_that_of_the_training(explorer, home):
    explorer(*MOONS, "--seed", "5")
    assert Experiment("moons:n=60,seed=3", "mlp", seed=5).stored("original")
    assert not Experiment("moons:n=60,seed=3", "mlp", seed=0).stored("original")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_shows_how_far_the_training_is(explorer, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    answer = explorer(*MOONS)
    shown = [int(share) for share in re.findall(r"(\d+)%", terminal.getvalue())]
    assert "training the original mlp" in terminal.getvalue()
    assert shown[0] == 0 and shown[-1] == 100 and len(set(shown)) > 50 and shown == sorted(shown)
    assert answer.out.startswith("original: trained in") and "%  " not in answer.out


def test_nothing_is_shown_of_what_need_not_be_done(explorer, monkeypatch):
    explorer(*MOONS)
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    assert "already stored" in explorer(*MOONS).out
    assert terminal.getvalue() == ""

"""The history of an experiment is what its store holds: each run once, newest first, and nothing that is not one."""

from __future__ import annotations

import os
import pickle
from dataclasses import replace

import pytest
import torch

from explorer.experiments import Experiment, Request, history, nearest_preset, stored_outcome, unlearn
from explorer.store import Store, address
from explorer.unlearning import METHODS, Rule

NEVER = Rule(target="none", guard=0)


def request_for(experiment, method="jit", noise_seed=0, rule=NEVER, **values):
    found = METHODS[method]
    settings = found.configure(experiment.data.shape, found.presets[0].name, {"passes": 3, **values})
    return Request(experiment, found, settings, rule, noise_seed)


def age(experiment, request, seconds):
    """As if the run had been stored so long ago."""
    path = experiment.store.home / f"{address(request.key())}.safetensors"
    written = path.stat().st_mtime - seconds
    os.utime(path, (written, written))


def test_each_run_comes_back_with_its_outcome_the_newest_first(story):
    requests = [request_for(story), request_for(story, noise_seed=4), request_for(story, "mislabel"),
                request_for(story, sigma=0.3, rule=Rule(accuracy=1, guard=0))]  # fmt: skip
    left = [unlearn(request) for request in requests]
    for turn, request in enumerate(requests):
        age(story, request, 100 * turn)
    found = history(story)
    assert [run.request for run in found] == requests
    for run, outcome in zip(found, left, strict=True):
        assert (run.steps, run.seconds, run.stopped) == (outcome.steps, outcome.seconds, outcome.stopped)
        stored = stored_outcome(run.request)
        pairs = zip(stored.network.parameters(), outcome.network.parameters(), strict=True)
        assert all(torch.equal(a, b) for a, b in pairs)
    assert found[3].stopped == "target"
    assert len({run.code for run in found}) == 4 and all(len(run.code) == 12 for run in found)


def test_another_experiments_runs_are_not_among_them(story):
    others = [
        Experiment("moons:n=40", "mlp", 2, "near:3@4", story.store),
        Experiment("moons:n=40", "mlp", 1, "near:4@4", story.store),
        Experiment("moons:n=42", "mlp", 1, "near:3@4", story.store),
    ]
    for other in others:
        unlearn(request_for(other))
    assert history(story) == []
    assert [run.request.experiment for run in history(others[1])] == [others[1]]


def test_a_run_that_was_shipped_counts_once(story, tmp_path):
    unlearn(request_for(story))
    both = Experiment("moons:n=40", "mlp", 1, "near:3@4", Store(tmp_path / "own", story.store.home))
    assert len(history(both)) == 1
    unlearn(request_for(both))
    unlearn(request_for(both, noise_seed=1))
    assert len(history(both)) == 2


def test_what_is_damaged_or_no_run_is_passed_over_and_nothing_is_unpickled(story, monkeypatch):
    request = request_for(story)
    unlearn(request)
    home = story.store.home
    good = next(home.glob(f"{address(request.key())}*")).read_bytes()
    (home / f"{'0' * 64}.safetensors").write_bytes(good)  # not where its key says
    (home / f"{'1' * 64}.safetensors").write_bytes(good[: len(good) // 2])
    (home / f"{'2' * 64}.safetensors").write_bytes(pickle.dumps(Path_that_must_not_be_made()))
    (home / f"{'3' * 64}.safetensors").mkdir()
    story.store.put({"what": "unlearned", "forget": story.forget}, {}, {})  # a key that lacks the rest
    story.store.put(request.key() | {"method": "amnesia"}, {}, {"steps": 1, "seconds": 1.0, "stopped": None})
    story.store.put(request.key() | {"rule": {"accuracy": 7}}, {}, {"steps": 1, "seconds": 1.0, "stopped": None})
    story.store.put(request.key() | {"noise_seed": 9}, {}, {})  # no notes
    assert [run.request for run in history(story)] == [request]
    assert not Path_that_must_not_be_made.made


class Path_that_must_not_be_made:  # noqa: N801
    made = False

    def __reduce__(self):
        return (setattr, (Path_that_must_not_be_made, "made", True))


def test_a_run_replaced_by_another_is_read_anew(story):
    request = request_for(story)
    unlearn(request)
    age(story, request, 50)
    before = history(story)[0]
    story.store.put(request.key(), stored_outcome(request).network.state_dict(), {"steps": 77, "seconds": 1.0,
                                                                                   "stopped": "guard"})  # fmt: skip
    (after,) = history(story)
    assert (after.steps, after.stopped) == (77, "guard") and after.written > before.written


def test_an_empty_store_has_no_history(story):
    assert history(story) == []


@pytest.mark.parametrize("preset", METHODS["jit"].presets, ids=lambda preset: preset.name)
def test_the_nearest_preset_is_that_of_which_least_differs(preset):
    digits = Experiment("digits", "mlp")  # where no two presets are alike
    jit = METHODS["jit"]
    request = Request(digits, jit, jit.configure(digits.data.shape, preset.name), NEVER)
    assert nearest_preset(request) == (preset.name, {})
    changed = replace(request, settings=jit.configure(digits.data.shape, preset.name, {"sigma": 0.77, "passes": 9}))
    assert nearest_preset(changed) == (preset.name, {"sigma": 0.77, "passes": 9})

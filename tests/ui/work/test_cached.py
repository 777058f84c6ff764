"""Cached values are one object for all experiments that share them, and separate where the forget set decides."""

from __future__ import annotations

import weakref

import numpy as np
import pytest

from explorer.experiments import Experiment, Request, unlearn
from explorer.store.artefact import file_of
from explorer.ui.work import cached
from explorer.unlearning import METHODS, Rule


@pytest.fixture
def experiments(home):
    """Two experiments that differ in the forget set only, trained in this test's store."""
    return tuple(Experiment("moons:n=40", "mlp", forget=code) for code in ("samples:3,5,8", "near:4@2"))


def test_forget_mask(experiments):
    mask = cached.forget_mask(experiments[0])
    assert mask.shape == (28,)
    assert np.flatnonzero(mask).tolist() == [3, 5, 8]


@pytest.mark.parametrize(
    "asked",
    [
        lambda experiment: cached.network_of(experiment, "original"),
        lambda experiment: cached.logits_of(experiment, "original", "test"),
        lambda experiment: cached.slice_of(experiment, "original"),
        cached.entropies_on_test,
        cached.grid_of,
    ],
    ids=["network", "logits", "slice", "entropies", "grid"],
)
def test_values_that_do_not_depend_on_the_forget_set_are_shared(experiments, asked):
    one, other = map(asked, experiments)
    assert one is other


@pytest.mark.parametrize(
    "asked",
    [
        lambda experiment: cached.network_of(experiment, "retrained"),
        lambda experiment: cached.logits_of(experiment, "original", "forget"),
        lambda experiment: cached.logits_of(experiment, "retrained", "test"),
        lambda experiment: cached.slice_of(experiment, "retrained"),
    ],
    ids=["network", "logits of the forget set", "logits of the retrained", "slice"],
)
def test_values_that_depend_on_the_forget_set_are_separate(experiments, asked):
    one, other = map(asked, experiments)
    assert one is not other and asked(experiments[0]) is one


def test_each_experiment_has_its_own_retrained_model(experiments):
    networks = [cached.network_of(experiment, "retrained") for experiment in experiments]
    for experiment, network in zip(experiments, networks, strict=True):
        expected = experiment.retrained.state_dict()
        assert all((tensor == expected[name]).all() for name, tensor in network.state_dict().items())
    answers = [cached.logits_of(experiment, "original", "forget") for experiment in experiments]
    assert [len(each) for each in answers] == [3, 4]


def test_a_run_whose_file_was_damaged_is_found_when_it_has_been_made_again(experiments):
    experiment, jit = experiments[0], METHODS["jit"]
    settings = jit.configure(experiment.data.shape, "default", {"passes": 2})
    request = Request(experiment, jit, settings, Rule(target="none", guard=0), noise_seed=17)
    assert cached.outcome_of(request) is None
    unlearn(request)
    file_of(experiment.store.home, request.key()).write_bytes(b"half a file")
    assert cached.outcome_of(request) is None
    unlearn(request)
    found = cached.outcome_of(request)
    assert found is not None and found.steps == 2 and cached.outcome_of(request) is found


def test_of_values_as_large_as_a_data_set_only_the_last_few_are_cached():
    found = [
        weakref.ref(cached.partition_of(Experiment("moons:n=40", "mlp", forget=f"samples:{at}"))) for at in range(12)
    ]
    assert found[0]() is None and found[-1]() is not None

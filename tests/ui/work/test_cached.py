"""What pages ask of the models: one object for all stories that share it, and another where the forget set decides."""

from __future__ import annotations

import weakref

import numpy as np
import pytest

from explorer.experiments import Experiment, Request, unlearn
from explorer.store.artefact import file_of
from explorer.ui.work import cached
from explorer.unlearning import METHODS, Rule


@pytest.fixture
def stories(home):
    """Two that differ in their forget set alone, trained in the store of this test."""
    return tuple(Experiment("moons:n=40", "mlp", forget=code) for code in ("samples:3,5,8", "near:4@2"))


def test_who_is_to_be_forgotten(stories):
    mask = cached.forget_mask(stories[0])
    assert mask.shape == (28,)
    assert np.flatnonzero(mask).tolist() == [3, 5, 8]


@pytest.mark.parametrize(
    "asked",
    [
        lambda story: cached.network_of(story, "original"),
        lambda story: cached.logits_of(story, "original", "test"),
        lambda story: cached.slice_of(story, "original"),
        cached.entropies_on_test,
        cached.grid_of,
    ],
    ids=["network", "logits", "slice", "entropies", "grid"],
)
def test_what_the_forget_set_does_not_decide_is_kept_once_for_all_of_them(stories, asked):
    one, other = map(asked, stories)
    assert one is other


@pytest.mark.parametrize(
    "asked",
    [
        lambda story: cached.network_of(story, "retrained"),
        lambda story: cached.logits_of(story, "original", "forget"),
        lambda story: cached.logits_of(story, "retrained", "test"),
        lambda story: cached.slice_of(story, "retrained"),
    ],
    ids=["network", "logits of the forget set", "logits of the retrained", "slice"],
)
def test_what_the_forget_set_decides_is_each_ones_own(stories, asked):
    one, other = map(asked, stories)
    assert one is not other and asked(stories[0]) is one


def test_each_story_has_its_own_retrained_model(stories):
    networks = [cached.network_of(story, "retrained") for story in stories]
    for story, network in zip(stories, networks, strict=True):
        expected = story.retrained.state_dict()
        assert all((tensor == expected[name]).all() for name, tensor in network.state_dict().items())
    answers = [cached.logits_of(story, "original", "forget") for story in stories]
    assert [len(each) for each in answers] == [3, 4]


def test_a_run_whose_file_was_damaged_is_found_when_it_has_been_made_again(stories):
    story, jit = stories[0], METHODS["jit"]
    settings = jit.configure(story.data.shape, "default", {"passes": 2})
    request = Request(story, jit, settings, Rule(target="none", guard=0), noise_seed=17)
    assert cached.outcome_of(request) is None
    unlearn(request)
    file_of(story.store.home, request.key()).write_bytes(b"half a file")
    assert cached.outcome_of(request) is None
    unlearn(request)
    found = cached.outcome_of(request)
    assert found is not None and found.steps == 2 and cached.outcome_of(request) is found


def test_of_what_is_as_large_as_a_data_set_only_the_last_few_are_kept():
    found = [
        weakref.ref(cached.partition_of(Experiment("moons:n=40", "mlp", forget=f"samples:{at}"))) for at in range(12)
    ]
    assert found[0]() is None and found[-1]() is not None

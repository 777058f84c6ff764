"""An Experiment is the identity of a story: equal however it is written, trained once, never changed by a run."""

from __future__ import annotations

import copy
from dataclasses import FrozenInstanceError, replace

import pytest
import torch

from explorer.data import load_dataset, partition
from explorer.experiments import Experiment
from explorer.models import FitSettings, build_network, fit
from explorer.settings import InputError
from explorer.store import Store
from explorer.unlearning import METHODS, Rule, until


def weights(network):
    return [tensor.detach().clone() for tensor in network.state_dict().values()]


def equal(first, second):
    return all(torch.equal(a, b) for a, b in zip(weights(first), weights(second), strict=True))


def files(store):
    return {path.name: path.read_bytes() for path in store.home.glob("*.safetensors")}


def steps_of(experiment, **given):
    method = METHODS["jit"]
    settings = method.configure(experiment.data.shape, "default", {"passes": 4})
    return experiment.unlearn(method, settings, **given)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("moons:n=400", "mlp", 0, "class:1"), ("moons", "mlp", 0, "class: B ")),
        (("moons:seed=2,n=60", "mlp", 3, "samples:3,1"), ("moons:n=60,seed=2", "mlp", 3, "samples:1,3,3")),
        (
            ("fashion-mini-coarse", "convnet", 0, "subclass:7"),
            ("fashion-mini-coarse ", "convnet", 0, "subclass:Sneaker"),
        ),
    ],
)
def test_two_ways_of_writing_one_story_are_equal(first, second, tmp_path):
    one, other = Experiment(*first), Experiment(*second, store=Store(tmp_path))
    assert one == other and hash(one) == hash(other) and len({one, other}) == 1
    assert one.key("original") == other.key("original") and one.key("retrained") == other.key("retrained")


def test_each_part_of_the_identity_matters():
    base = {"dataset": "fashion-mini", "model": "mlp", "seed": 0, "forget": "class:1"}
    others = [{"dataset": "digits"}, {"model": "convnet"}, {"seed": 1}, {"forget": "class:2"}]
    stories = [Experiment(**base), *(Experiment(**base | other) for other in others)]
    assert len(set(stories)) == 5
    assert len({str(story.key("retrained")) for story in stories}) == 5
    originals = [str(story.key("original")) for story in stories]
    assert len(set(originals)) == 4 and originals[0] == originals[4]  # what is forgotten does not change the original
    with pytest.raises(FrozenInstanceError):
        stories[0].seed = 3


def test_before_forgetting_stories_differ_in_data_model_and_seed_alone():
    story = Experiment("fashion-mini", "mlp", 0, "class:1")
    before, other = story.ignoring_forget_set, replace(story, forget="near:3@4").ignoring_forget_set
    assert before == other and hash(before) == hash(other)
    for differing in ({"dataset": "digits"}, {"model": "convnet"}, {"seed": 1}):
        assert replace(story, **differing).ignoring_forget_set != before
    assert before.key("original") == story.key("original") and before.store is story.store
    assert Experiment("fashion-mini", "mlp", 0, before.forget) == before, "it is a story that there is"
    assert story.forget == "class:1"


def test_a_schedule_is_part_of_what_addresses_a_network(story, monkeypatch):
    before = story.key("original")
    monkeypatch.setattr("explorer.experiments.experiment.schedule", lambda dataset, model: FitSettings(epochs=7))
    assert story.key("original") != before


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"dataset": "imagenet"}, r"^There is no data set 'imagenet'; .*\.$"),
        ({"model": "vit"}, r"^There is no model 'vit'; .*\.$"),
        ({"model": "convnet"}, r"^convnet takes pictures, and moons contains points; its model is mlp\.$"),
        ({"forget": "class:9"}, r"^moons has no class '9'; .*\.$"),
        ({"forget": "samples:"}, r"^'samples:' forgets nothing; .*\.$"),
        ({"seed": -1}, r"^A seed is a whole number from 0 to 2147483647, not -1\.$"),
        ({"seed": 2**31}, r"^A seed is a whole number from 0 to 2147483647, not 2147483648\.$"),
        ({"seed": 1.5}, r"^A seed is a whole number .*, not 1\.5\.$"),
        ({"seed": "1"}, r"^A seed is a whole number .*, not '1'\.$"),
        ({"seed": True}, r"^A seed is a whole number .*, not True\.$"),
        ({"seed": float("nan")}, r"^A seed is a whole number .*, not nan\.$"),
    ],
)
def test_what_does_not_exist_gives_one_sentence(given, sentence, home):
    with pytest.raises(InputError, match=sentence):
        Experiment(**{"dataset": "moons", "model": "mlp", "forget": "class:1"} | given)
    assert list(home.iterdir()) == []


def test_the_store_is_the_users_own(home, quick):
    story = Experiment("moons:n=40", "mlp")
    assert story.store.home == home.resolve() / "store"
    assert story.forget == "class:0" and story.seed == 0
    story.train("original")
    assert len(files(story.store)) == 1


def test_a_network_is_trained_once_and_then_read(story):
    predictions = []
    assert not story.stored("original")
    first = story.train("original", predictions.append)
    assert [(epoch.index, epoch.total) for epoch in predictions] == [(index, 6) for index in range(1, 7)]
    assert story.stored("original") and not story.stored("retrained")
    again = Experiment("moons:n=40", "mlp", 1, "class:1", Store(story.store.home)).train("original", predictions.append)
    assert len(predictions) == 6 and equal(first, again) and equal(first, story.original)
    assert first is not again and not any(module.training for module in again.modules())
    retrained = story.train("retrained", predictions.append)
    assert len(predictions) == 12 and story.stored("retrained") and not equal(first, retrained)


def test_original_and_retrained_are_what_training_by_hand_gives(story):
    dataset = load_dataset("moons:n=40")
    parts = partition(dataset, story.forget_set)
    assert len(parts.retain) == len(dataset.train) - 3
    for found, split in ((story.original, dataset.train), (story.retrained, parts.retain)):
        network = build_network("mlp", dataset, seed=1)
        settings = FitSettings(epochs=6, batch_size=16, rate=1e-2)
        list(fit(network, split, settings, torch.Generator().manual_seed(1)))
        assert equal(found, network)


def test_a_caller_may_change_its_network(story):
    network = story.original
    kept = copy.deepcopy(network)
    with torch.no_grad():
        network.head.weight.zero_()
    assert equal(story.original, kept)


class GaveUpError(Exception):
    pass


@pytest.mark.parametrize("which", ["original", "retrained"])
def test_training_that_is_interrupted_stores_nothing(story, which):
    def give_up(epoch):
        if epoch.index == 3:
            raise GaveUpError

    with pytest.raises(GaveUpError):
        story.train(which, give_up)
    assert not story.stored(which) and files(story.store) == {}
    predictions = []
    story.train(which, predictions.append)
    assert len(predictions) == 6 and story.stored(which)


def test_unlearning_changes_neither_the_store_nor_the_network_it_was_given(story):
    original = story.original
    kept, stored = copy.deepcopy(original), files(story.store)
    for given in ({}, {"network": original}):
        run = steps_of(story, **given)
        assert isinstance(run, until) and len(list(run)) == 4
        assert run.network is not original and not equal(run.network, original)
        assert equal(original, kept) and equal(story.original, kept) and files(story.store) == stored


def test_unlearning_follows_its_own_seed(story):
    runs = [steps_of(story, noise_seed=seed) for seed in (0, 0, 1)]
    losses = [[step.loss for step in run] for run in runs]
    assert losses[0] == losses[1] != losses[2]
    assert equal(runs[0].network, runs[1].network) and not equal(runs[0].network, runs[2].network)


def test_without_a_rule_a_run_goes_through_and_with_one_it_stops(story):
    run = steps_of(story)
    assert len(list(run)) == 4 and run.stopped is None
    run = steps_of(story, rule=Rule(accuracy=1, guard=0))
    assert len(list(run)) == 1 and run.stopped == "target"


def test_the_method_is_shown_the_forget_set_alone(story):
    seen = []

    def spy(network, forget, settings, generator):
        seen.append(forget)
        yield from METHODS["jit"].run(network, forget, settings, generator)

    method = METHODS["jit"]
    watched = replace(method, run=spy)
    list(story.unlearn(watched, method.configure((2,), "default", {"passes": 1})))
    (forget,) = seen
    assert torch.equal(forget.x, story.data.train.x[story.forget_set.indices]) and len(forget) == 3

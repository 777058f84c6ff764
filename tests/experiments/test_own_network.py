"""An experiment on a network that was brought: it is the original; the retrained one is its architecture, made anew."""

from __future__ import annotations

import io

import pytest
import torch

from explorer.background.progress import ignore_progress
from explorer.data import load_dataset
from explorer.evaluation import accuracy, logits
from explorer.experiments import Experiment, Request, history, unlearn
from explorer.experiments.checkpoints import has_checkpoint
from explorer.experiments.derived.removal import leave_out, without_sample
from explorer.experiments.request import stored_outcome
from explorer.models import build_network
from explorer.models.own import import_network, remove_network
from explorer.settings import InputError
from explorer.unlearning import METHODS, Rule
from tests.models.files import safetensors_file

CODE = "moons:n=60"


def bring(seed=7):
    moons = load_dataset(CODE)
    network = build_network("mlp", moons, seed).eval()
    return network, import_network(safetensors_file(network.state_dict()), "a.safetensors", "mlp", moons, "mine")


def same(one, other):
    one, other = one.state_dict(), other.state_dict()
    return all(torch.equal(one[name], other[name]) for name in one)


def test_the_original_is_what_was_brought_and_is_never_trained():
    network, code = bring()
    story = Experiment(CODE, code, seed=1, forget="near:5@4")
    assert story.stored("original") and not story.stored("retrained")
    assert same(story.original, network) and not story.original.training
    assert Experiment(CODE, bring(seed=8)[1]).key("original") != story.key("original")


def test_retrained_is_the_architecture_made_anew_and_trained(monkeypatch):
    _, code = bring()
    story, plain = (Experiment(CODE, model, seed=1, forget="near:5@4") for model in (code, "mlp"))
    epochs = []
    retrained = story.train("retrained", epochs.append)
    assert len(epochs) == plain.schedule.epochs and story.stored("retrained")
    assert same(retrained, plain.retrained) and not same(retrained, story.original)
    assert accuracy(logits(retrained, story.data.test.x), story.data.test.y) > 0.8


def test_what_leaving_a_sample_out_does_is_told_between_two_that_were_trained_here(quick):
    _, code = bring()
    story, plain = (Experiment(CODE, model, seed=1, forget="near:5@4") for model in (code, "mlp"))
    shares = []
    found = leave_out(story, [7], lambda done, doing: shares.append(done))
    assert shares == sorted(shares) and shares[-1] == 1
    assert plain.stored("original") and without_sample(plain, 7).stored("retrained")
    assert found.information[7] == leave_out(plain, [7], ignore_progress).information[7]


def test_what_is_trained_for_a_network_that_is_removed_meanwhile_is_not_kept(monkeypatch):
    monkeypatch.setattr("explorer.experiments.checkpoints.INTERVAL", 0.0)
    _, code = bring()
    story = Experiment(CODE, code, seed=1, forget="near:5@4")

    def removing(epoch):
        if epoch.index == 3:
            assert story.has_checkpoint("retrained")
            remove_network(code)

    before = story.key("retrained")
    assert story.available
    with pytest.raises(InputError, match=code):
        story.train("retrained", removing)
    assert not story.available and not story.store.has(before) and not has_checkpoint(story.store, before)


def test_it_is_unlearned_stored_and_found_again():
    _, code = bring()
    story, jit = Experiment(CODE, code, forget="near:5@4"), METHODS["jit"]
    settings = jit.configure(story.data.shape, "default", {"passes": 3})
    request = Request(story, jit, settings, Rule(target="none", guard=0.0))
    outcome = unlearn(request)
    assert not same(outcome.network, story.original)
    outcome.save(request)
    assert same(stored_outcome(request).network, outcome.network)
    assert [run.request for run in history(story)] == [request]


def test_an_exported_program_is_an_original_and_cannot_be_retrained():
    moons, written = load_dataset(CODE), io.BytesIO()
    network = build_network("mlp", moons, 7).eval()
    exported = torch.export.export(network, (moons.train.x[:2],), dynamic_shapes={"x": {0: torch.export.Dim("batch")}})
    torch.export.save(exported, written)
    code = import_network(written.getvalue(), "a.pt2", "", moons, "program")
    story, jit = Experiment(CODE, code, forget="near:5@4"), METHODS["jit"]
    torch.testing.assert_close(story.original(moons.test.x), network(moons.test.x))
    steps = story.unlearn(jit, jit.configure(moons.shape, "default", {"passes": 2, "layers": "all"}))
    assert len(list(steps)) == 2 and not same(steps.network, story.original)
    assert not story.stored("retrained")
    with pytest.raises(InputError, match=r"is an exported program: .* cannot be retrained"):
        _ = story.retrained


def test_what_is_not_here_and_other_data_are_one_sentence():
    _, code = bring()
    with pytest.raises(InputError, match="was uploaded for inputs of 2, and those of digits are 1 x 8 x 8"):
        Experiment("digits", code)
    remove_network(code)
    with pytest.raises(InputError, match="There is no network 'own:mine-"):
        Experiment(CODE, code)

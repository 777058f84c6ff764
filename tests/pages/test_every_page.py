"""Every page is drawn, for a plane and for pictures; the first visit trains missing models."""

from __future__ import annotations

import threading

import pytest
import torch

from explorer.experiments import Experiment
from explorer.ui.state.selection import experiment_of
from explorer.ui.work import training
from explorer.ui.work.cached import network_of
from tests.pages.conftest import PICTURES, PLANE, faults, headline, pictures, said

STORIES = pytest.mark.parametrize("story", [PLANE, PICTURES], ids=["plane", "pictures"])
ENTROPIES = [f"entropies {part}" for part in ("forget", "retain", "test")]
MAPS = [f"map {name}" for name in ("original", "unlearned", "retrained")]


@STORIES
def test_information_is_drawn(visit, story):
    app = visit("information", **story)
    assert faults(app) == []
    assert "samples carry little information" in headline(app)
    assert set(pictures(app)) >= {"information map", "information scatter", "alpha profile"}
    assert f"n = {len(Experiment(**story).data.train):,}" in app.caption[0].value


@STORIES
def test_unlearn_is_drawn(visit, story):
    app = visit("unlearn", **story)
    assert [*app.exception, *app.error] == []
    assert all(text.value.startswith("Over-forgotten: ") for text in app.warning)
    size = len(Experiment(**story).forget_set)
    assert headline(app).startswith(f"## Accuracy on the forget set (n = {size:,}) ")  # the run that is stored
    assert "; accuracy on retained samples" in headline(app)
    assert set(pictures(app)) >= {"accuracy progress", "stage entropies", "noisy copies"}
    assert [key for key in pictures(app) if key.startswith("plane")] == [
        f"plane {name}" for name in ("original", "unlearned", "retrained") if story is PLANE
    ]
    assert not app.button("run button").disabled
    assert app.button("stop button").disabled


@STORIES
def test_compare_is_drawn(visit, story):
    app = visit("compare", **story)
    assert faults(app) == []
    beginnings = (
        "## Accuracy on the forget set (n = 8) fell from 100.0 % to 62.5 %, above the target",
        "## Accuracy on the forget set (n = 128) fell from 100.0 % to 0.0 %; retained",
    )
    assert headline(app).startswith(beginnings[story is PICTURES])
    assert set(pictures(app)) >= {*ENTROPIES, *MAPS}
    assert any("| Accuracy on D_f (training)|" in text.value for text in app.markdown)
    assert any(caption.value.startswith("UMAP of ") for caption in app.caption)


@pytest.mark.parametrize("page", ["information", "unlearn", "compare", "data"])
def test_an_unreadable_store_is_reported_on_every_page(visit, tmp_path, monkeypatch, forbid, page):
    app = visit("overview")
    assert faults(app) == []
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    experiment_of.cache_clear()
    forbid(tmp_path)
    app.run()
    assert [*app.exception] == []  # the overview needs nothing that is stored
    app.switch_page(f"pages/{page}.py").run()
    assert [*app.exception] == []
    if page != "data":
        assert "cannot be used (Permission denied)" in app.error[0].value


def test_the_pages_are_one_tab(visit):
    """A selection on one page is shown by the next one."""
    app = visit("information", **PICTURES)
    app.selectbox("forget.class").set_value(7).run()
    before = dict(app.query_params)
    app.switch_page("pages/unlearn.py").run()
    assert dict(app.query_params) == before
    assert app.query_params["forget"] == "class:7"
    assert faults(app) == []


def test_compare_runs_what_was_not_run_yet(visit, settle):
    app = visit("compare", **PLANE, noise_seed="5", sigma="0.3")
    assert [info.value for info in app.info] == ["Nothing has been unlearned with these settings yet."]
    assert pictures(app) == []
    settle(next(button for button in app.button if button.label == "Run it now").click().run())
    assert faults(app) == []
    assert set(pictures(app)) >= {*ENTROPIES, *MAPS}


def test_the_first_visit_trains_and_can_be_stopped(visit, settle, monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    train, began = training._train, threading.Event()

    def endless(experiment, which, job):
        job.report(0.25, "epoch 1 of 4")
        began.set()
        job._stop.wait()
        job.report(0.5)

    monkeypatch.setattr(training, "_train", endless)
    app = visit("unlearn", jobs_done=False, **PLANE)
    assert began.wait(60)
    app.run()
    (bar,) = app.get("progress")
    assert bar.proto.value == 25
    assert bar.proto.text.startswith("epoch 1 of 4")
    assert pictures(app) == []
    settle(next(button for button in app.button if button.label == "Stop").click().run())
    assert said(app.info) == ["Training the original model was stopped. Stored results did not change."]
    monkeypatch.setattr(training, "_train", train)
    settle(next(button for button in app.button if button.label == "Start again").click().run())
    assert faults(app) == []
    assert "stage entropies" in pictures(app)
    assert Experiment(**PLANE).stored("retrained")  # beside it, to compare with


def test_a_run_of_one_user_does_not_change_the_shared_network(visit, settle):
    first, second = (visit("unlearn", **PLANE) for _ in range(2))
    network = network_of(Experiment(**PLANE), "original")
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    before_sentence = headline(second)
    settle(first.button("run button").click().run())
    run = first.session_state["run"]
    assert any(not torch.equal(before[name], tensor) for name, tensor in run.outcome.network.state_dict().items())
    assert network_of(Experiment(**PLANE), "original") is network
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())
    assert "Accuracy on the forget set (n = " in headline(first)
    assert headline(second.run()) == before_sentence

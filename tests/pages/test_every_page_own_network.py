"""An uploaded network on Unlearn and Compare; also an exported program, which cannot be retrained."""

from __future__ import annotations

import csv
import io

import pytest
import torch
from torch import nn

from explorer.data import load_dataset
from explorer.models import build_network
from explorer.models.own import import_network
from tests.models.files import safetensors_file
from tests.pages.conftest import PLANE, faults, headline, pictures

MOONS = load_dataset(PLANE["dataset"])
SENTENCE = "there is no retrained model to compare with"


@pytest.fixture(scope="module")
def program():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2)).eval()
    written = io.BytesIO()
    shapes = ({0: torch.export.Dim("batch")},)
    torch.export.save(torch.export.export(module, (MOONS.train.x[:2],), dynamic_shapes=shapes), written)
    return written.getvalue()


@pytest.fixture
def story(program, visit, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    return {**PLANE, "model": import_network(program, "a.pt2", "", MOONS, "a program")}


def infos(app):
    return [info.value for info in app.info]


def test_a_program_is_unlearned_and_compared_with_the_original_alone(story, visit, settle):
    app = visit("unlearn", **story)
    assert faults(app) == [] and sum(SENTENCE in info for info in infos(app)) == 1
    assert not [button for button in app.button if button.label == "Start again"]

    app = visit("compare", **story)
    assert faults(app) == [] and sum(SENTENCE in info for info in infos(app)) == 1
    settle(next(button for button in app.button if button.label == "Run it now").click().run())
    app.run()
    assert faults(app) == [] and ", retained test accuracy " in headline(app)
    assert {"accuracies", "two entropies"} <= set(pictures(app))
    assert any(text.value.startswith("| | Original | Unlearned |\n") for text in app.markdown)


def test_uploaded_weights_are_compared(visit, tmp_path, monkeypatch, settle):
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    weights = safetensors_file(build_network("mlp", MOONS, 3).state_dict())
    story = {**PLANE, "model": import_network(weights, "a.safetensors", "mlp", MOONS, "mine")}
    app = visit("compare", section="numbers", **story)
    settle(next(button for button in app.button if button.label == "Run it now").click().run())
    app.run()
    assert faults(app) == [] and {"accuracies"} <= set(pictures(app))


def test_the_file_says_uploaded(monkeypatch, tmp_path):
    import dataclasses

    from explorer.experiments import Experiment
    from explorer.ui.compare.files import as_csv
    from tests.ui.compare.conftest import trio

    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    weights = safetensors_file(build_network("mlp", MOONS, 3).state_dict())
    code = import_network(weights, "a.safetensors", "mlp", MOONS, "mine")
    found = dataclasses.replace(trio(dataset=PLANE["dataset"]), experiment=Experiment(PLANE["dataset"], code))
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(as_csv(found, [])))}
    assert [rows["method"][name] for name in ("original", "retrained")] == ["uploaded", "training"]
    assert (rows["epochs"]["original"], rows["epochs"]["retrained"]) == ("", str(found.experiment.schedule.epochs))

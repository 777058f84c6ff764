"""The CSV of `measure` against scikit-learn's radius neighbours and a Jacobian from automatic differentiation."""

from __future__ import annotations

import csv
import io
import os
import stat
import threading

import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestNeighbors

from explorer.experiments import Experiment

MOONS = ("measure", "--dataset", "moons:n=60", "--model", "mlp")


def columns(text):
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == ["index", "label", "alpha", "neighbours", "gradient"]
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


@pytest.mark.parametrize("space", ["inputs", "features"])
@pytest.mark.parametrize("split", ["train", "test"])
def test_balls_are_those_of_scikit_learn(explorer, shared, space, split):
    radius = {"inputs": 0.31, "features": 1.7}[space]
    answer = explorer(*MOONS, "--radius", str(radius), "--space", space, "--split", split)
    assert (answer.code, answer.err) == (0, "")
    found = columns(answer.out)

    experiment = Experiment("moons:n=60", "mlp")
    train, measured = experiment.data.train, getattr(experiment.data, split)
    with torch.no_grad():
        place = experiment.original.features if space == "features" else torch.nn.Identity()
        points, centres = place(train.x).numpy(), place(measured.x).numpy()
    balls = NearestNeighbors(radius=radius).fit(points).radius_neighbors(centres, return_distance=False)
    labels, own = train.y.numpy(), measured.y.numpy()
    alpha = [np.mean(labels[ball] == label) if len(ball) else np.nan for ball, label in zip(balls, own, strict=True)]
    assert len({len(ball) for ball in balls}) > 3
    np.testing.assert_array_equal(found["index"], np.arange(len(measured)))
    np.testing.assert_array_equal(found["label"], own)
    np.testing.assert_array_equal(found["neighbours"], [len(ball) for ball in balls])
    np.testing.assert_array_equal(found["alpha"], alpha)


def test_a_training_sample_counts_itself_and_a_test_sample_may_have_nobody(explorer, shared):
    own = columns(explorer(*MOONS, "--radius", "0").out)
    assert set(own["neighbours"]) == {1} and set(own["alpha"]) == {1}
    other = columns(explorer(*MOONS, "--radius", "0", "--split", "test").out)
    assert set(other["neighbours"]) == {0} and np.isnan(other["alpha"]).all()


def test_projections_estimate_the_gradient_and_say_how_well(explorer, shared):
    exact = columns(explorer(*MOONS, "--radius", "1").out)["gradient"]
    found = list(csv.DictReader(io.StringIO(explorer(*MOONS, "--radius", "1", "--projections", "200").out)))
    assert list(found[0]) == ["index", "label", "alpha", "neighbours", "gradient", "error"]
    estimate, error = (np.array([float(row[name]) for row in found]) for name in ("gradient", "error"))
    assert (np.abs(estimate - exact) <= 4 * error + 1e-6 * exact).mean() > 0.95 and (error < 0.2 * exact).all()
    for wrong in (("--projections", "1"), ("--projections", "5", "--of", "loss")):
        answer = explorer(*MOONS, "--radius", "1", *wrong)
        assert answer.code == 2 and "--projections" in answer.err and answer.err.count("\n") == 1


def test_the_gradient_of_the_loss_is_that_of_the_samples_own_label(explorer, shared):
    found = columns(explorer(*MOONS, "--radius", "1", "--of", "loss").out)["gradient"]
    experiment = Experiment("moons:n=60", "mlp")
    x, y = experiment.data.train.x[7:8].clone().requires_grad_(), experiment.data.train.y[7:8]
    (gradient,) = torch.autograd.grad(torch.nn.functional.cross_entropy(experiment.original(x), y), x)
    assert found[7] == pytest.approx(gradient.norm().item(), rel=1e-4)


@pytest.mark.parametrize("of", ["logits", "probabilities"])
def test_the_gradient_is_the_norm_of_the_input_jacobian(explorer, shared, of):
    found = columns(explorer(*MOONS, "--radius", "1", "--of", of).out)
    experiment = Experiment("moons:n=60", "mlp")
    network = experiment.original
    output = network if of == "logits" else lambda x: network(x).softmax(-1)
    jacobian = torch.func.vmap(torch.func.jacrev(lambda x: output(x[None])[0]))(experiment.data.train.x)
    np.testing.assert_allclose(found["gradient"], jacobian.flatten(1).norm(dim=1).detach(), rtol=1e-5)


def test_a_file_holds_what_standard_output_would(explorer, shared, tmp_path):
    expected = explorer(*MOONS, "--radius", "0.3").out
    path = tmp_path / "table.csv"
    path.write_text("what was there before")
    link = tmp_path / "link.csv"
    link.symlink_to(path)
    answer = explorer(*MOONS, "--radius", "0.3", "--out", str(link))
    assert answer == (0, "", "")
    assert path.read_text() == expected and link.is_symlink()
    assert sorted(tmp_path.iterdir()) == [link, path]
    assert explorer(*MOONS, "--radius", "0.3", "--out", "-").out == expected


def test_a_file_is_whole_or_not_there(explorer, shared, tmp_path, monkeypatch):
    path = tmp_path / "table.csv"
    path.write_text("what was there before")

    def failing(*given, **more):
        assert len(list(tmp_path.iterdir())) == 2
        raise RuntimeError("halfway")

    monkeypatch.setattr("explorer.geometry.jacobian_norms", failing)
    with pytest.raises(RuntimeError, match="halfway"):
        explorer(*MOONS, "--radius", "0.3", "--out", str(path))
    assert path.read_text() == "what was there before" and list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_one_sentence(explorer, shared, tmp_path, monkeypatch):
    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("explorer.command_line.output.os.replace", full)
    answer = explorer(*MOONS, "--radius", "0.3", "--out", str(tmp_path / "table.csv"))
    assert answer.code == 2 and "No space left on device" in answer.err and answer.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_written_to_and_not_replaced(explorer, shared, tmp_path):
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    assert explorer(*MOONS, "--radius", "0.3", "--out", str(pipe)).code == 0
    reader.join()
    assert read == [explorer(*MOONS, "--radius", "0.3").out] and stat.S_ISFIFO(pipe.stat().st_mode)

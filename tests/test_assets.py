from __future__ import annotations

import io
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.arrays import ARRAYS, array_faults, read
from benchmarks.shipped import EXAMPLE_FILE, keys, requests
from benchmarks.verify import Pair, faults, pair
from explorer.evaluation import accuracy, boundary_slice, disagreement, logits, plane_grid
from explorer.experiments import Request, stored_outcome
from explorer.experiments.runs.trajectory import GRID_SIDE
from explorer.models import Network
from explorer.store import SHIPPED, Store
from explorer.ui.overview.example import QUERY, Example, load_example
from explorer.ui.state.selection import DEFAULTS
from explorer.unlearning import METHODS

AGAIN = "; after a change of what decides a run, make them anew: make verify ARGS=--write"


@pytest.fixture
def store(home: Path) -> Store:
    return Store(home / "store", SHIPPED)


def networks(request: Request) -> dict[str, Network]:
    outcome = stored_outcome(request)
    assert outcome is not None, "the outcome of the default run is not shipped" + AGAIN
    return {
        "original": request.experiment.original,
        "unlearned": outcome.network,
        "retrained": request.experiment.retrained,
    }


def test_what_is_declared_is_shipped_sound_and_nothing_else(store: Store) -> None:
    wanted = {name for request in requests(store) for name, key in keys(request).items() if store.get(key) is None}
    assert wanted == set(), "these are not shipped" + AGAIN
    assert len(list(SHIPPED.iterdir())) - (SHIPPED / "locks").exists() == 3 * len(requests(store))
    files = [*(file for file, _ in ARRAYS.values()), *SHIPPED.glob("*.safetensors")]
    assert sum(path.stat().st_size for path in files) < 1_500_000
    assert not any(os.path.islink(path) for path in files)


def test_the_sidebar_starts_with_what_is_shipped(store: Store) -> None:
    experiment = requests(store)[0].experiment
    assert [str(code) for code in load_example().codes] == [DEFAULTS[name] for name in QUERY]
    assert (experiment.dataset, experiment.model, experiment.forget) == (
        DEFAULTS["dataset"], DEFAULTS["model"], DEFAULTS["forget"],
    )  # fmt: skip
    assert METHODS["jit"].presets[0].name == "default"


def test_the_story_is_that_of_the_shipped_networks(store: Store) -> None:
    request, story = requests(store)[0], load_example()
    parts, trio = request.experiment.partition, networks(request)
    for network, right in zip(trio.values(), story.accuracies, strict=True):
        found = [accuracy(logits(network, split.x), split.y) for split in (parts.forget, parts.retain, parts.test)]
        assert right == pytest.approx(found)
        assert int(story.tested) == len(parts.test)
    grid = plane_grid(request.experiment.data.train, GRID_SIDE)
    slices = [boundary_slice(network, grid) for network in trio.values()]
    assert story.moved == pytest.approx([disagreement(each, slices[2]) for each in slices], abs=1e-3)
    coarse = plane_grid(request.experiment.data.train, len(story.xs))
    for name, network in trio.items():
        np.testing.assert_allclose(story.regions(name), boundary_slice(network, coarse), atol=0.002)
    assert (np.flatnonzero(story.forget) == request.experiment.forget_set.indices.numpy()).all()
    assert (story.points == request.experiment.data.train.x.numpy()).all()


def test_the_forget_set_is_what_the_page_says(store: Store) -> None:
    """The correctly classified samples of class B with the lowest alpha, found here by a plain loop."""
    story, request = load_example(), requests(store)[0]
    for index in np.flatnonzero(story.forget):
        near = np.linalg.norm(story.points - story.points[index], axis=1) <= story.radius
        assert story.alpha[index] == pytest.approx((story.labels[near] == story.labels[index]).mean())
    right = logits(request.experiment.original, request.experiment.data.train.x).argmax(1).numpy() == story.labels
    candidates = right & (story.labels == 1)
    rest = candidates & ~story.forget
    assert (candidates | ~story.forget).all()
    assert story.alpha[story.forget].max() <= story.alpha[rest].min()


def test_the_film_runs_from_the_original_to_the_stored_outcome(store: Store) -> None:
    story, outcome = load_example(), stored_outcome(requests(store)[0])
    assert outcome is not None and story.steps[0] == 0 and story.steps[-1] == outcome.steps
    assert (np.diff(story.steps) > 0).all() and len(story.steps) <= 40
    assert len(story.steps) == len(story.snapshots) == len(story.forget_accuracy) == len(story.retain_accuracy)
    assert story.forget_accuracy[[0, -1]] == pytest.approx(story.accuracies[:2, 0])
    assert story.retain_accuracy[[0, -1]] == pytest.approx(story.accuracies[:2, 1])
    assert story.snapshots.min() >= 0 and story.snapshots.max() <= 1


def test_the_story_needs_no_pickle() -> None:
    with np.load(io.BytesIO(EXAMPLE_FILE.read_bytes()), allow_pickle=False) as found:
        assert {found[name].dtype.kind for name in found} <= set("fibuU")
        assert set(found) == set(Example.__dataclass_fields__)


def test_a_network_made_again_is_the_same_alike_or_another(store: Store) -> None:
    request = requests(store)[0]
    state = request.experiment.original.state_dict()
    rounded = {name: tensor + 1e-6 for name, tensor in state.items()}
    moved = {name: tensor + 2e-3 for name, tensor in state.items()}
    noise = torch.Generator().manual_seed(0)
    other = {name: torch.randn(tensor.shape, generator=noise) for name, tensor in state.items()}
    found = [pair("net", request, state, made) for made in (state, rounded, moved, other)]
    assert [(each.same, each.alike) for each in found] == [(True, True), (True, True), (False, True), (False, False)]
    assert found[0].farthest == 0 and found[2].farthest == pytest.approx(2e-3, rel=1e-3)
    assert [len(faults([each], strict=True)) for each in found] == [0, 0, 1, 1]
    assert [len(faults([each], strict=False)) for each in found] == [0, 0, 0, 1]
    counts = found[0].counts["retain"]
    assert counts[0] == counts[1] == round(load_example().accuracies[0, 1] * counts[2])


def test_one_sample_of_few_is_no_difference_and_two_are() -> None:
    one = Pair("net", 0.5, 0.99, {"forget": (1, 2, 8), "retain": (280, 285, 293)})
    assert one.alike and not one.same
    assert not replace(one, counts={"forget": (1, 3, 8)}).alike
    assert not replace(one, agreement=0.9).alike


def test_a_story_that_differs_is_told() -> None:
    shipped = read(EXAMPLE_FILE)
    assert array_faults("example", shipped, shipped | {"made_with": np.array("elsewhere")}) == []
    assert "steps" in array_faults("example", shipped, shipped | {"steps": shipped["steps"] + 1})[0]
    (difference,) = array_faults("example", shipped, shipped | {"moved": shipped["moved"] + 0.1})
    assert "moved of the example differs by 0.1" in difference
    assert "shape" in array_faults("example", shipped, shipped | {"snapshots": shipped["snapshots"][1:]})[0]
    assert array_faults("example", {}, shipped) != []
    assert "nan" in array_faults("example", shipped, shipped | {"alpha": shipped["alpha"] * np.nan})[0]
    bytes_ = {"planes": np.array([0, 255], dtype=np.uint8)}
    assert array_faults("lesson", bytes_, {"planes": np.array([2, 255], dtype=np.uint8)}) == []
    assert "differs by 0.0118" in array_faults("lesson", bytes_, {"planes": np.array([3, 255], dtype=np.uint8)})[0]

"""A story that takes no time, in a store that holds nothing yet."""

from __future__ import annotations

import pytest

from explorer.experiments import Experiment
from explorer.models import FitSettings
from explorer.store import Store


@pytest.fixture
def store(tmp_path):
    """An empty store, without what the project ships."""
    return Store(tmp_path / "store")


@pytest.fixture
def quick(monkeypatch):
    """Every training takes six epochs."""
    monkeypatch.setattr(
        "explorer.experiments.experiment.schedule",
        lambda dataset, model: FitSettings(epochs=6, batch_size=16, rate=1e-2),
    )


@pytest.fixture
def story(store, quick):
    """Forgetting three samples of forty points."""
    return Experiment("moons:n=40", "mlp", seed=1, forget="near:3@4", store=store)


def never(done, doing):
    """The progress of work that is there already."""
    raise AssertionError("it was measured again")


def stop(done, doing):
    """The progress of work that is stopped at its first report."""
    raise KeyboardInterrupt

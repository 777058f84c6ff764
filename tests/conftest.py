"""What every test starts from: a store of its own in a temporary folder, and one thread for PyTorch."""

from __future__ import annotations

import pytest
import torch


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """The networks of the tests are small: several threads would only get in each other's way."""
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch):
    """The EXPLORER_HOME of this test, an empty folder."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("EXPLORER_HOME", str(folder))
    return folder

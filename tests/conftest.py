"""What every test starts from: a store of its own in a temporary folder, and one thread for PyTorch."""

from __future__ import annotations

import errno
import functools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """The networks of the tests are small: several threads would only get in each other's way."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def components_scanned_once() -> Iterator[None]:
    """AppTest makes a Streamlit runtime for every app, and each one reads the metadata of all installed packages."""
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patch:
        scan = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch):
    """The EXPLORER_HOME of this test, an empty folder."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("EXPLORER_HOME", str(folder))
    return folder


@pytest.fixture
def forbid(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """forbid(folder): nobody may look into it any more, not even root, who may look into every folder."""
    barred: list[Path] = []

    def guarded(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(self: Path, *values: Any, **named: Any) -> Any:
            if any(folder == self or folder in self.parents for folder in barred):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))
            return method(self, *values, **named)

        return call

    for name in ("stat", "is_file", "is_dir", "iterdir", "glob", "mkdir", "open"):
        monkeypatch.setattr(Path, name, guarded(getattr(Path, name)))
    return barred.append

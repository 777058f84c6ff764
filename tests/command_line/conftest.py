"""The command line as its tests call it: in this process, with what it wrote, and with one store for all of them."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from explorer.command_line.program import run


class Answer(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def explorer(capsys):
    """Runs a command; what nobody foresaw is raised, not hidden."""

    def call(*words: str) -> Answer:
        code = run(words)
        return Answer(code, *capsys.readouterr())

    return call


@pytest.fixture(scope="session")
def store_of_all(tmp_path_factory):
    return tmp_path_factory.mktemp("shared")


@pytest.fixture
def shared(store_of_all, monkeypatch, home):
    """Networks that another test has trained need not be trained again."""
    monkeypatch.setenv("EXPLORER_HOME", str(store_of_all))

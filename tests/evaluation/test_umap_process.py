"""UMAP in a process of its own: ended at any moment, and what goes wrong there is said here."""

from __future__ import annotations

import subprocess

import numpy as np
import pytest

from explorer.evaluation import umap_process
from explorer.evaluation.umap_process import EpochProgress, umap_maps


class EnoughError(Exception):
    pass


@pytest.fixture
def processes(monkeypatch):
    """Those that are started."""
    found, start = [], subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda *given, **named: found.append(start(*given, **named)) or found[-1])
    return found


def test_what_progress_raises_ends_the_process(processes):
    def stop(share):
        raise EnoughError

    with pytest.raises(EnoughError):
        umap_maps(np.eye(20), [np.eye(20)], 5, 0, stop)
    (process,) = processes
    assert process.returncode is not None and process.returncode != 0


def test_a_process_that_fails_says_why(monkeypatch, tmp_path):
    script = tmp_path / "script.py"
    script.write_text("import sys; sys.exit('there is no umap here')")
    monkeypatch.setattr(umap_process, "__file__", str(script))
    with pytest.raises(RuntimeError, match=r"^there is no umap here$"):
        umap_maps(np.eye(20), [], 5, 0, lambda share: None)


def test_the_bar_of_umap_is_heard_as_the_share_of_all_maps(capsys):
    epochs = EpochProgress(2)
    for text in ("\r0/500", "\r125/500   ", "\n", "\r      \r"):
        epochs.write(text)
    epochs.flush()
    epochs.done += 1
    epochs.write("\r50/100")
    assert [float(text) for text in capsys.readouterr().out.split()] == [0, 0.125, 0.75]

"""The whole app without a browser: `visit` opens a page with a link, `settle` waits for its background work."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, wait
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from streamlit.runtime.caching.cache_resource_api import clear_session_cache
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from explorer.background import Job, Jobs
from explorer.experiments import Experiment, Request, Trajectory, unlearn
from explorer.ui.compare import maps
from explorer.ui.state import selection
from explorer.ui.state.tab import shared_jobs, shared_runs
from explorer.unlearning import METHODS, default_rule

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90  # seconds, for a script run or a job: a busy machine is slow, not broken
PLANE = {"dataset": "moons:n=80", "model": "mlp", "forget": "near:8@4"}
PICTURES = {"dataset": "digits", "model": "mlp", "forget": "class:3"}
Settle = Callable[[AppTest], AppTest]
Visit = Callable[..., AppTest]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, components_scanned_once: None) -> Path:
    """A store with the three models of PLANE and of PICTURES, so that the pages need not wait for them.

    The workers of one test run copy what the first of them has trained.
    """
    own = tmp_path_factory.mktemp("prepared")
    base = tmp_path_factory.getbasetemp()
    trained = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "trained"
    with FileLock(f"{trained}.lock"), pytest.MonkeyPatch.context() as patch:
        if not trained.exists():
            patch.setenv("EXPLORER_HOME", str(own))
            for story in (PLANE, PICTURES):
                request = request_of(story)
                experiment = request.experiment
                experiment.train("retrained")
                unlearn(request, Trajectory(experiment.data, experiment.partition))
            shutil.copytree(own, trained)
        else:
            shutil.copytree(trained, own, dirs_exist_ok=True)
    return own


@pytest.fixture
def futures(monkeypatch: pytest.MonkeyPatch) -> list[Future[None]]:
    """A future of every job that is started."""
    found: list[Future[None]] = []
    start = Jobs.start

    def remembered(queue: Jobs, job: Job) -> Future[None]:
        found.append(start(queue, job))
        return found[-1]

    monkeypatch.setattr(Jobs, "start", remembered)
    return found


@pytest.fixture
def settle(futures: list[Future[None]]) -> Settle:
    """settle(app): wait for started jobs and rerun the page, until it starts no more jobs."""
    seen = 0

    def settled(app: AppTest) -> AppTest:
        nonlocal seen
        while seen < len(futures):
            seen = len(futures)
            assert not wait(futures, PATIENCE).not_done, "a job takes too long"
            app.run()
        return app

    return settled


@pytest.fixture
def visit(prepared: Path, monkeypatch: pytest.MonkeyPatch, settle: Settle) -> Iterator[Visit]:
    """visit("unlearn", dataset="digits", ...) -> the app, opened at that page with this link, its jobs done.

    To Streamlit's caches all apps of a test are one session. A store of its own is set with EXPLORER_HOME.
    """
    monkeypatch.setenv("EXPLORER_HOME", str(prepared))
    place = maps.place  # PCA replaces UMAP, which takes half a minute to compile and has its own tests
    monkeypatch.setattr(maps, "place", lambda trio, method, space, progress=None: place(trio, "pca", space))
    monkeypatch.setattr(PagesManager, "__init__", _navigated(PagesManager.__init__))
    selection.experiment_of.cache_clear()  # experiments remember their store

    def open_page(name: str, jobs_done: bool = True, **link: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
        for parameter, value in link.items():
            app.query_params[parameter] = value
        app.run()
        if name != "overview":
            app.switch_page(f"pages/{name}.py").run()
        return settle(app) if jobs_done else app

    monkeypatch.setattr(shared_jobs(), "grace", 0.0)  # no tab is reopened
    monkeypatch.setattr(shared_runs(), "grace", 0.0)
    yield open_page
    selection.experiment_of.cache_clear()
    clear_session_cache("test session id")  # AppTest's only one: the tab is closed, its jobs are stopped


def _navigated(init: Callable[..., None]) -> Callable[..., None]:
    """AppTest forgets between two runs that app.py declares the pages, and would run those in pages/ directly."""

    def remembering(manager: PagesManager, *values: Any, **named: Any) -> None:
        init(manager, *values, **named)
        PagesManager.uses_pages_directory = False

    return remembering


def request_of(story: dict[str, str]) -> Request:
    """The request of the page with default settings."""
    experiment, method = Experiment(**story), METHODS["jit"]
    settings = method.configure(experiment.data.shape, "default")
    return Request(experiment, method, settings, default_rule(experiment.forget_set))


def said(elements: Iterable[Any]) -> list[str]:
    """Texts of these elements; seconds, which change from run to run, are replaced."""
    return [re.sub(r"\b[\d.,]+ s\b", "some seconds", element.value) for element in elements]


def faults(app: AppTest) -> list[str]:
    """Exceptions, errors and warnings on the page."""
    return said([*app.exception, *app.error, *app.warning])


def headline(app: AppTest) -> str:
    """The headline of the page."""
    return next(text.value for text in app.markdown if text.value.startswith("## "))


def pictures(app: AppTest) -> list[str]:
    """The keys of the pictures on the page."""
    return [element.key for element in app.get("bidi_component")]

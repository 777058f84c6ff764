"""The UMAP of a trio: made once, given up when its page is left or other models are looked at, and begun anew."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from explorer.background import Job
from explorer.ui.compare import maps
from explorer.ui.work import jobs


@pytest.fixture
def started(monkeypatch):
    """The keys of a tab's jobs in their order; they wait for ever, as nobody works."""
    tab, keys = SimpleNamespace(jobs={}), []

    def start(key, title, make, shared, unseen):
        tab.jobs[key] = Job(title, make, unseen=unseen)
        keys.append(key)
        return tab.jobs[key]

    monkeypatch.setattr(jobs, "tab", lambda: tab)
    monkeypatch.setattr(maps, "tab", lambda: tab)
    monkeypatch.setattr(jobs, "job_of", tab.jobs.get)
    monkeypatch.setattr(jobs, "start", start)
    monkeypatch.setattr(jobs, "stop", lambda key: tab.jobs[key].stop())
    return keys


def trio(number):
    return SimpleNamespace(job_key=f"digits {number}")


def test_other_models_end_the_maps_of_these_but_the_other_space_does_not(started):
    first = maps.umap_job(trio(1), "features")
    assert maps.umap_job(trio(1), "features") is first
    second = maps.umap_job(trio(1), "logits")
    assert first.active and second.active
    third = maps.umap_job(trio(11), "logits")
    assert not first.active and not second.active and third.active
    assert maps.umap_job(trio(1), "features").active, "it begins anew when its models come back"
    assert not third.active and len(started) == 4


def test_one_that_was_left_begins_anew_and_one_that_was_stopped_does_not(started):
    job = maps.umap_job(trio(1), "features")
    job._seen -= 2 * jobs.UNSEEN
    job.run()
    assert job.state == "stopped"
    again = maps.umap_job(trio(1), "features")
    assert again is not job and again.active
    again.stop()
    assert maps.umap_job(trio(1), "features") is again
    assert maps.start_umap(trio(1), "features").active


def test_it_tells_how_far_it_is_and_hears_a_stop(started, monkeypatch):
    halfway, go_on = threading.Event(), threading.Event()

    def place(trio, method, space, progress):
        progress(0.5)
        halfway.set()
        assert go_on.wait(60)
        progress(0.75)

    monkeypatch.setattr(maps, "place", place)
    job = maps.umap_job(trio(1), "logits")
    thread = threading.Thread(target=job.run)
    thread.start()
    assert halfway.wait(60)
    assert (job.progress, job.doing) == (0.5, "UMAP of the three models' logits")
    job.stop()
    go_on.set()
    thread.join(60)
    assert job.state == "stopped"

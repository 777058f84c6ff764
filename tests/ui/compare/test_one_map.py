"""The UMAP of a trio: made once, given up when its page is left or other models are looked at, and begun anew."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from explorer.experiments import Job
from explorer.ui import work
from explorer.ui.compare import one_map


@pytest.fixture
def started(monkeypatch):
    """The keys of a tab's jobs in their order; they wait for ever, as nobody works."""
    tab, keys = SimpleNamespace(jobs={}), []

    def start(key, title, make, together, unseen):
        tab.jobs[key] = Job(title, make, unseen=unseen)
        keys.append(key)
        return tab.jobs[key]

    monkeypatch.setattr(work, "tab", lambda: tab)
    monkeypatch.setattr(work, "job_of", tab.jobs.get)
    monkeypatch.setattr(work, "start", start)
    monkeypatch.setattr(work, "stop", lambda key: tab.jobs[key].stop())
    return keys


def trio(number):
    return SimpleNamespace(request_key=f"digits {number}")


def test_other_models_end_the_maps_of_these_but_the_other_space_does_not(started):
    first = one_map.umap_job(trio(1), "features")
    assert one_map.umap_job(trio(1), "features") is first
    second = one_map.umap_job(trio(1), "logits")
    assert first.active and second.active
    third = one_map.umap_job(trio(11), "logits")
    assert not first.active and not second.active and third.active
    assert one_map.umap_job(trio(1), "features").active, "it begins anew when its models come back"
    assert not third.active and len(started) == 4


def test_one_that_was_left_begins_anew_and_one_that_was_stopped_does_not(started):
    job = one_map.umap_job(trio(1), "features")
    job._seen -= 2 * work.UNSEEN
    job.run()
    assert job.state == "stopped"
    again = one_map.umap_job(trio(1), "features")
    assert again is not job and again.active
    again.stop()
    assert one_map.umap_job(trio(1), "features") is again
    assert one_map.start_umap(trio(1), "features").active


def test_it_tells_how_far_it_is_and_hears_a_stop(started, monkeypatch):
    halfway, go_on = threading.Event(), threading.Event()

    def place(trio, method, space, progress):
        progress(0.5)
        halfway.set()
        assert go_on.wait(60)
        progress(0.75)

    monkeypatch.setattr(one_map, "place", place)
    job = one_map.umap_job(trio(1), "logits")
    thread = threading.Thread(target=job.run)
    thread.start()
    assert halfway.wait(60)
    assert (job.progress, job.doing) == (0.5, "UMAP of the three models' logits")
    job.stop()
    go_on.set()
    thread.join(60)
    assert job.state == "stopped"

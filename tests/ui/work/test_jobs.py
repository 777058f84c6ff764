"""Background jobs of a page: started once, stopped when another experiment is selected, described in words."""

from __future__ import annotations

import shutil
import threading
import time
from concurrent.futures import wait

import pytest
from streamlit.runtime.caching.cache_resource_api import clear_session_cache
from streamlit.testing.v1 import AppTest

from explorer.background import Job, Jobs
from explorer.ui.state.tab import Tab, shared_jobs
from explorer.ui.work import jobs, training

SESSION = "test session id"  # AppTest's only one


@pytest.fixture(autouse=True)
def closed_afterwards(monkeypatch):
    """No grace period, so that jobs end with their test."""
    monkeypatch.setattr(shared_jobs(), "grace", 0.0)
    yield
    clear_session_cache(SESSION)


@pytest.fixture
def futures(monkeypatch):
    """Of every job that is started: something to wait on."""
    found, start = [], Jobs.start
    monkeypatch.setattr(Jobs, "start", lambda queue, job: found.append(start(queue, job)) or found[-1])
    return found


@pytest.fixture
def endless(monkeypatch):
    """Training that goes on until it is stopped; the list of its jobs."""
    jobs = []

    def train(experiment, which, job):
        jobs.append(job)
        job._stop.wait()
        job.report(1.0)

    monkeypatch.setattr(training, "_train", train)
    return jobs


def page():
    import streamlit as st

    from explorer.experiments import Experiment
    from explorer.ui.state.tab import tab
    from explorer.ui.work.training import ensure_trained

    experiment = Experiment(**st.session_state["story"])
    st.session_state["there"] = ensure_trained(experiment, "original", "retrained")
    st.session_state["held"] = dict(tab().jobs)


def opened(**story):
    app = AppTest.from_function(page, default_timeout=60)
    app.session_state["story"] = {"dataset": "moons:n=40", "model": "mlp", "forget": "class:0"} | story
    return app.run()


def test_missing_models_are_trained_one_after_the_other(futures):
    app = opened()
    for _ in range(2):
        assert not app.session_state["there"]
        wait(futures, 60)
        app.run()
    assert app.session_state["there"]
    assert len(futures) == 2
    assert app.get("progress") == []


def test_a_deleted_model_is_trained_again(futures, home):
    app = opened()
    for turn in range(4):
        assert not app.session_state["there"] and len(futures) == turn + 1
        assert not wait(futures, 60).not_done
        app.run()
        if turn == 1:
            assert app.session_state["there"]
            shutil.rmtree(home / "store")
            app.run()
    assert app.session_state["there"] and len(futures) == 4


def test_a_long_training_asks_again_after_its_model_was_deleted(monkeypatch, futures, home):
    app = opened()
    for _ in ("original", "retrained"):
        assert not wait(futures, 60).not_done
        app.run()
    shutil.rmtree(home / "store")
    monkeypatch.setattr(training, "minutes", lambda data, model: 9.0)
    app.run()
    assert app.button(key="train original").label == "Train the original model"


def test_a_deleted_measurement_is_made_again(futures, home):
    def script():
        import streamlit as st

        from explorer.experiments import Experiment
        from explorer.ui.information.evidence import information

        st.session_state["there"] = information(Experiment("moons:n=40", "mlp"), "inputs") is not None

    app = AppTest.from_function(script, default_timeout=60)
    for turn in range(2):
        assert not app.run().session_state["there"] and len(futures) == turn + 1
        assert not wait(futures, 60).not_done
        assert app.run().session_state["there"]
        shutil.rmtree(home / "store")


@pytest.mark.parametrize(
    ("state", "awaited", "needed"),
    [
        ("waiting", True, False),
        ("running", True, False),
        ("done", True, False),
        ("done", False, True),
        ("stopped", False, False),
        ("failed", False, False),
    ],
)
def test_a_job_is_needed_without_a_job_or_after_its_result_was_deleted(monkeypatch, state, awaited, needed):
    tab, job = Tab(), Job("Counting", lambda job: None)
    monkeypatch.setattr(jobs, "tab", lambda: tab)
    assert jobs.needed("counting")
    job.state = state
    tab.jobs["counting"] = job
    tab.awaited |= {"counting"} if awaited else set()
    assert jobs.needed("counting") == needed


def test_a_training_is_started_once(endless, futures):
    app = opened()
    (job,) = app.session_state["held"].values()
    (same,) = app.run().session_state["held"].values()
    assert same is job
    assert len(futures) == 1


def test_the_original_is_trained_once_for_every_forget_set(endless, futures):
    app = opened()
    app.session_state["story"] |= {"forget": "near:4@2"}
    app.run()
    assert len(futures) == 1


def test_a_training_for_an_earlier_selection_is_stopped(endless, futures):
    app = opened()
    (first,) = app.session_state["held"].values()
    app.session_state["story"] = app.session_state["story"] | {"seed": 1}
    (second,) = app.run().session_state["held"].values()
    assert (first.stopping, second.stopping) == (True, False)
    app.session_state["story"] = app.session_state["story"] | {"seed": 0}
    (third,) = app.run().session_state["held"].values()
    assert second.stopping
    assert third is not first and third.active  # it starts again without a press of a button


def test_a_training_ends_with_the_tab(endless, futures):
    app = opened()
    (job,) = app.session_state["held"].values()
    clear_session_cache(SESSION)
    assert not wait(futures, 60).not_done
    assert job.state == "stopped"


def test_a_reload_finds_its_training_again(endless, futures, monkeypatch):
    monkeypatch.setattr(shared_jobs(), "grace", 3600.0)
    app = opened()
    (job,) = app.session_state["held"].values()
    clear_session_cache(SESSION)  # the old session's end, which the reload brings about
    (again,) = opened().session_state["held"].values()
    assert again is job and job.active and len(futures) == 1
    monkeypatch.setattr(shared_jobs(), "grace", 0.0)


def test_two_tabs_share_a_training_and_one_may_leave_it(endless, futures):
    app = opened()
    (job,) = app.session_state["held"].values()
    (address,) = [key for key, held in shared_jobs()._entries.items() if held.work is job]
    assert shared_jobs().find(address, "another tab") is job
    next(button for button in app.button if button.label == "Stop").click().run()
    assert job.active and not job.stopping
    assert [button.label for button in app.button] == ["Start again"]
    next(button for button in app.button if button.label == "Start again").click().run()
    assert len(futures) == 1, "it takes part in the other's again"
    shared_jobs().leave("another tab")
    assert job.active


def test_a_failure_is_shown(monkeypatch, futures):
    def fail(experiment, which, job):
        raise OSError("the disk is full")

    monkeypatch.setattr(training, "_train", fail)
    app = opened()
    wait(futures, 60)
    app.run()
    assert app.exception == []
    (error,) = app.error
    assert error.value == "Training the original model failed: OSError: the disk is full."
    assert [button.label for button in app.button] == ["Start again"]


def test_progress_in_words():
    job = Job("Training the original model", lambda job: None)
    job.state = "running"
    job.set_progress(0.5, "epoch 5 of 10")
    assert jobs.progress_text(job) == "epoch 5 of 10"  # its speed is not known yet
    job._began = time.monotonic() - 42
    assert jobs.progress_text(job) == "epoch 5 of 10, about 42 s left"
    job._began = time.monotonic() - 600
    assert jobs.progress_text(job) == "epoch 5 of 10, about 10 min left"


def many():
    import time

    import streamlit as st

    from explorer.ui.state.tab import tab
    from explorer.ui.work import jobs

    for number in range(st.session_state["last"]):
        jobs.job_of("kept") or jobs.start("kept", "Kept", lambda job: "kept")
        jobs.start(f"job {number}", "Counting", lambda job, number=number: number)
        while tab().jobs[f"job {number}"].active or tab().jobs["kept"].active:
            time.sleep(0.001)
    st.session_state["held"] = dict(tab().jobs)


def test_a_tab_keeps_the_results_of_its_last_jobs_only():
    app = AppTest.from_function(many, default_timeout=60)
    app.session_state["last"] = 3 * jobs.ENDED
    held = app.run().session_state["held"]
    assert len(held) == jobs.ENDED + 1
    assert "kept" in held, "a job that is used again and again stays"
    assert held[f"job {3 * jobs.ENDED - 1}"].result == 3 * jobs.ENDED - 1 and "job 0" not in held

    def ours():
        return [each.work for each in shared_jobs()._entries.values() if each.work.title in ("Kept", "Counting")]

    assert len(ours()) == len(held)
    clear_session_cache(SESSION)
    assert ours() == []


def test_a_long_training_asks_first(monkeypatch, endless):
    monkeypatch.setattr(training, "minutes", lambda data, model: 9.0)
    app = opened()
    assert not app.exception and not app.session_state["there"] and endless == []
    assert "The original mlp is not trained yet on Moons: 120 epochs of" in app.info[0].value
    app.button(key="train original").click().run()
    assert len(app.session_state["held"]) == 1 and app.info == []


def test_an_abandoned_job_starts_again_when_a_page_asks_for_it(futures, monkeypatch):
    key, began, halfway, tab = "one picture", [], threading.Event(), Tab()
    monkeypatch.setattr(jobs, "tab", lambda: tab)
    monkeypatch.setattr(jobs, "watch", lambda key, retry: None)

    def made(job):
        began.append(job)
        while len(began) == 1:  # no page asks for it any more
            halfway.set()
            job.report(0.5)
        return "made"

    assert jobs.quick_result(key, "Making it", made) is None and halfway.wait(60)
    tab.jobs[key]._seen -= 2 * jobs.UNSEEN
    assert not wait(futures, 60).not_done and jobs.was_abandoned(began[0])
    assert jobs.quick_result(key, "Making it", made) == "made" and len(began) == 2


def test_a_job_that_ends_while_the_page_is_built_reruns_the_page():
    """Between the page's look at it and its bar: what was there would else be shown only after the next click."""

    def script():
        import streamlit as st

        from explorer.ui.work import jobs

        st.session_state["made"] = st.session_state.get("made", 0) + 1
        job = jobs.job_of("quick") or jobs.start("quick", "Quick work", lambda job: "left")
        seen = job.state == "done" and st.session_state["made"] > 1
        if not seen:
            while job.active:
                pass
            jobs.watch("quick")
        st.write(f"{seen} {st.session_state['made']}")

    app = AppTest.from_function(script).run()
    assert [text.value for text in app.markdown] == ["True 2"]
    assert [text.value for text in app.run().markdown] == ["True 3"]


def test_another_tabs_job_that_ends_as_it_is_found_is_still_awaited(monkeypatch):
    class Ending(Job):
        looks = 0

        @property
        def active(self):
            self.looks += 1
            return self.looks == 1

    tab, job = Tab(), Ending("Counting", lambda job: None)
    monkeypatch.setattr(jobs, "tab", lambda: tab)
    monkeypatch.setattr(shared_jobs(), "find", lambda key, tab: job)
    assert jobs.job_of("theirs") is job and "theirs" in tab.awaited

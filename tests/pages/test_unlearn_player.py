"""Player on the page: the buttons control the run, and the pictures show the selected snapshot."""

from __future__ import annotations

from concurrent.futures import wait

import pytest
from streamlit.runtime.caching.cache_resource_api import clear_session_cache

from explorer.ui.state.tab import shared_runs
from explorer.unlearning import METHODS
from tests.pages.conftest import PATIENCE, PICTURES, PLANE, headline, pictures

ENDLESS = {"passes": "40", "stop_at": "never", "noise_seed": "3"}


def said(app):
    return " ".join(text.value for text in app.markdown)


def run_of(app):
    return app.session_state["run"]


def slider_of(app):
    (found,) = [slider for slider in app.select_slider if slider.key.startswith("moment")]
    return found


@pytest.fixture
def stepped(visit, settle):
    """A run on the plane after three single steps."""
    app = visit("unlearn", **PLANE, **ENDLESS)
    for _ in range(3):
        settle(app.button("step button").click().run())
    return app


def test_one_step_at_a_time(stepped, settle):
    assert "Paused after step 3." in said(stepped)
    assert stepped.button("play button") and not stepped.button("stop button").disabled
    assert stepped.select_slider("jit.sigma").disabled, "the settings of a run are locked while it lasts"
    settle(stepped.button("stop button").click().run())
    assert "Stopped by the user after 3 steps" in said(stepped)
    assert not stepped.select_slider("jit.sigma").disabled
    assert run_of(stepped).outcome.steps == 3


def test_play_goes_on_from_a_pause_to_the_end(stepped, settle):
    settle(stepped.button("play button").click().run())
    assert "Completed all passes after 40 steps" in said(stepped)
    assert stepped.button("run button") and not stepped.exception and not stepped.error


def test_the_slider_shows_a_snapshot_and_rewind_takes_the_run_there(stepped, settle):
    slider_of(stepped).set_value(1).run()
    assert "At step 1, accuracy on the forget set (n = " in headline(stepped)
    settle(stepped.button("back button").click().run())
    assert "Paused after step 1." in said(stepped) and run_of(stepped).live.position == 1
    settle(stepped.button("step button").click().run())
    assert [snapshot.step for snapshot in run_of(stepped).snapshots] == [0, 1, 2]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("story", [PLANE, PICTURES], ids=["plane", "pictures"])
def test_every_method_plays_on_the_same_stage(visit, settle, story, method):
    app = visit("unlearn", **story, method=method, noise_seed="5")
    settle(app.button("step button").click().run())
    assert [*app.exception, *app.error] == [] and run_of(app).live.position == 1
    app.session_state["stage tabs"] = "One step"
    app.run()
    assert ("inside slopes" in pictures(app)) == (method == "jit")
    for tab in ("Side effects", "Predictions"):
        app.session_state["stage tabs"] = tab
        app.run()
        assert [*app.exception, *app.error] == []
    assert "forget calls" in pictures(app)


def test_a_reload_finds_its_run_again(stepped, visit):
    link = dict(stepped.query_params)
    again = visit("unlearn", **link)
    assert run_of(again) is run_of(stepped) and "Paused after step 3." in said(again)


def test_a_link_to_a_lost_run_is_reported_and_the_rest_is_used(visit):
    app = visit("unlearn", **PLANE, live="0badf00d", sigma="0.3")
    (warning,) = [text.value for text in app.warning if "the run of this link is no longer available" in text.value]
    assert "the same settings give the same numbers" in warning
    assert app.select_slider("jit.sigma").value == 0.3


def test_the_forget_set_may_change_while_a_run_goes_on(stepped, settle):
    first = run_of(stepped)
    stepped.number_input("forget.sample").set_value(9).run()
    assert [*stepped.exception, *stepped.error] == []
    assert "are to be forgotten" in headline(stepped)
    stepped.number_input("forget.sample").set_value(4).run()
    assert run_of(stepped) is first and "Paused after step 3." in said(stepped)


def test_a_second_run_of_a_tab_takes_the_place_of_its_first(stepped, settle):
    first = run_of(stepped)
    stepped.button("stop button").click().run()
    settle(stepped.button("run button").click().run())
    assert run_of(stepped) is not first and first.outcome.stopped == "user"
    assert shared_runs().find(first.token, "another tab") is first, "its link still leads to it"


def test_a_run_ends_with_its_last_tab(visit, futures):
    app = visit("unlearn", **(PICTURES | ENDLESS | {"passes": "10000"}))
    app.button("run button").click().run()
    run = run_of(app)
    assert run.active
    clear_session_cache("test session id")  # the tab is closed; the fixture has set the grace to nothing
    assert not wait(futures, PATIENCE).not_done
    assert run.outcome is None or run.outcome.stopped == "user"


def test_another_forget_set_with_a_stored_run_does_not_replace_this_tabs_run(visit, settle):
    app = visit("unlearn", **(PICTURES | {"forget": "class:7"}))
    settle(app.button("step button").click().run())
    mine = run_of(app)
    app.selectbox("forget.class").set_value(3).run()
    assert "Target reached after" in said(app)
    app.selectbox("forget.class").set_value(7).run()
    assert run_of(app) is mine and "Paused after step 1." in said(app)


def test_a_stored_run_that_is_rewound_becomes_this_tabs_run(visit, settle):
    app = visit("unlearn", **PLANE)
    assert "live" not in app.query_params
    slider_of(app).set_value(0).run()
    settle(app.button("back button").click().run())
    assert app.query_params["live"] == run_of(app).token
    assert "Paused after step 0." in said(app)


def test_a_stored_run_is_shown_with_its_own_settings_alone(visit, settle):
    app = visit("unlearn", **PLANE)
    assert "of unlearning" in said(app)
    sigma = app.select_slider("jit.sigma").value
    app.select_slider("jit.sigma").set_value(0.3).run()
    assert "No run yet" in said(app), "the link has another sigma, so its run is another one"
    app.select_slider("jit.sigma").set_value(sigma).run()
    assert "of unlearning" in said(app)


def test_settings_that_do_not_go_together_start_nothing(visit):
    app = visit("unlearn", **(PLANE | {"forget": "samples:4,5,6"}))
    app.selectbox("jit.noise").set_value("smooth").run()
    app.session_state["selected " + app.session_state["experiment"].dataset] = [1, 2, 3]
    app.run()
    app.button("forget and run").click().run()
    assert [*app.exception] == []
    assert "run" not in app.session_state


def test_the_run_can_be_rewound_to_any_step(stepped, settle):
    """Also to one without a snapshot."""
    run = run_of(stepped)
    run.live.trajectory.fill([snapshot for snapshot in run.snapshots if snapshot.step != 2])
    stepped.run()
    (number,) = [field for field in stepped.number_input if field.key.startswith("back to")]
    assert number.value == 3 == number.max and number.min == 0
    assert stepped.button("back button").disabled
    number.set_value(2).run()
    settle(stepped.button("back button").click().run())
    assert "Paused after step 2." in said(stepped) and run.live.position == 2


def test_a_run_with_other_settings_is_reported_and_its_settings_are_restored(stepped, settle):
    settle(stepped.button("stop button").click().run())
    assert not [text for text in stepped.info if "This tab's run was" in text.value]
    before = stepped.select_slider("jit.sigma").value
    other = next(value for value in stepped.select_slider("jit.sigma").options if float(value) != before)
    stepped.select_slider("jit.sigma").set_value(float(other)).run()
    (told,) = [text.value for text in stepped.info if "This tab's run was" in text.value]
    assert "JiT, default with passes 40, no stopping rule, noise seed 3. The current settings differ." in told
    stepped.switch_page("pages/compare.py").run()
    assert [text.value for text in stepped.info] == ["Nothing has been unlearned with these settings yet.", told]
    assert "Stopped by the user" not in said(stepped), "how another run ended"
    settle(stepped.button("settings of the run").click().run())
    assert headline(stepped).startswith("## Accuracy on the forget set (n = ")
    stepped.switch_page("pages/unlearn.py").run()
    assert stepped.select_slider("jit.sigma").value == before
    assert not [text for text in stepped.info if "This tab's run was" in text.value]


def test_a_requested_pause_is_shown(stepped, monkeypatch):
    run = run_of(stepped)
    run.pause()
    assert run.pausing
    monkeypatch.setattr(type(run), "active", True)  # the step takes longer than the page waits for
    assert [bar.proto.text for bar in stepped.run().get("progress")] == ["Pausing after the current step"]
    monkeypatch.undo()
    run.rewind(1)
    assert not run.pausing, "the rewind clears the requested pause"

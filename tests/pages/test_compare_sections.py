"""The tabs of Compare in the whole app: each opens, draws its own pictures, and leaves the others uncomputed."""

from __future__ import annotations

import threading

import pytest

from explorer.ui.compare import outputs, trio
from tests.pages.conftest import PICTURES, PLANE, faults, pictures

TABS = {
    "Selectivity": "selectivity",
    "Classes": "class gaps",
    "Membership": "membership",
    "Calibration": "reliability",
}


@pytest.mark.parametrize("story", [PLANE, PICTURES], ids=["plane", "pictures"])
def test_every_tab_opens_and_only_the_open_one_is_computed(visit, story):
    app = visit("compare", **story)
    assert "entropies forget" in pictures(app) and not set(TABS.values()) & set(pictures(app))
    for tab, picture in TABS.items():
        app.session_state["compare tabs"] = tab
        app.run()
        assert faults(app) == []
        assert set(TABS.values()) & set(pictures(app)) == {picture} and "entropies forget" not in pictures(app)
    app.session_state["compare tabs"] = "All numbers"
    app.run()
    assert faults(app) == []
    table = app.dataframe[-1].value
    assert "Wasserstein distance" in table["Measure"].tolist() and set(table.columns) >= {"Original", "Retrained"}


def test_noise_is_added_in_the_background(visit, settle):
    app = visit("compare", **PLANE)
    settle(next(button for button in app.button if button.label.startswith("Add noise")).click().run())
    assert faults(app) == []
    assert "entropy under noise" in pictures(app)
    assert any("5 draws with seed 0" in caption.value for caption in app.caption)


def test_slow_models_are_asked_in_the_background(visit, settle, monkeypatch):
    ask, answered = outputs._evaluate, threading.Event()

    def slowly(models, job):
        job.report(0.4)
        assert answered.wait(60)
        return ask(models, job)

    monkeypatch.setattr(outputs, "_evaluate", slowly)
    monkeypatch.setattr(trio, "_SHARED", {})  # nobody has compared these before
    app = visit("compare", jobs_done=False, **PLANE, noise_seed="0")
    assert any(bar.proto.text.startswith("Evaluating the three models") for bar in app.get("progress"))
    assert "entropies forget" not in pictures(app)
    answered.set()
    settle(app)
    assert faults(app) == [] and "entropies forget" in pictures(app)

"""Work is shared by key, survives the reload of its only watcher, and ends when nobody came back."""

from __future__ import annotations

import threading

import pytest

from explorer.background.shared_work import SharedWork

PATIENCE = 60


class Endless:
    def __init__(self):
        self.stopped = threading.Event()

    @property
    def active(self):
        return not self.stopped.is_set()

    def stop(self):
        self.stopped.set()


def test_a_reload_finds_its_work_again():
    held, work = SharedWork(grace=0.2), Endless()
    held.put("run", work, "tab")
    held.leave("tab")
    assert held.find("run", "tab reloaded") is work
    assert not work.stopped.wait(0.5), "it has an observer"
    held.leave("tab reloaded")
    assert work.stopped.wait(PATIENCE)


def test_what_nobody_watches_is_stopped_after_the_grace():
    held, work = SharedWork(grace=0.01), Endless()
    held.put("run", work, "tab")
    held.leave("another tab")
    assert work.active
    held.leave("tab")
    assert work.stopped.wait(PATIENCE)


def test_one_watchers_stop_is_not_anothers():
    held, work = SharedWork(), Endless()
    held.put("training", work, "one")
    assert held.find("training", "other") is work
    assert held.release("training", "one") and work.active
    assert not held.release("training", "other") and not work.active
    assert not held.release("nothing", "one")


def test_a_second_tab_keeps_it_going():
    held, work = SharedWork(grace=0.01), Endless()
    held.put("run", work, "one")
    held.find("run", "other")
    held.leave("one")
    assert not work.stopped.wait(0.2)


def test_it_holds_a_bounded_number_and_never_loses_what_is_active_or_watched():
    held = SharedWork(capacity=5)
    active, seen = Endless(), Endless()
    held.put("active", active, "gone")
    held._entries["active"].observers.clear()
    held.put("seen", seen, "here")
    seen.stop()
    for number in range(20):
        ended = Endless()
        ended.stop()
        held.put(str(number), ended, "gone")
        held.leave("gone")
    assert len(held._entries) <= 6
    assert held.find("active", "x") is active and held.find("seen", "x") is seen
    assert held.find("19", "x") is not None and held.find("0", "x") is None


@pytest.mark.parametrize("key", ["", "unknown"])
def test_what_is_not_there_is_none(key):
    assert SharedWork().find(key, "tab") is None


class Ended:
    active = False

    def stop(self):
        raise AssertionError("it has ended")


def test_what_nobody_else_can_find_is_not_kept_for_them():
    held, private, shared = SharedWork(capacity=48), Ended(), Ended()
    held.put("private", private, "tab", private=True)
    held.put("shared", shared, "tab")
    assert held.find("private", "tab") is private
    held.leave("tab")
    assert held.find("private", "another") is None and held.find("shared", "another") is shared


def test_what_has_ended_is_forgotten_with_its_last_watcher():
    held, work = SharedWork(), Ended()
    held.put("run", work, "one")
    held.find("run", "other")
    held.forget(work, "one")
    assert held.find("run", "other") is work
    held.forget(Ended(), "other")
    held.forget(work, "other")
    assert held.find("run", "one") is None

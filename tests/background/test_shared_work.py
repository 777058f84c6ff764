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
    watched, work = SharedWork(grace=0.2), Endless()
    watched.put("run", work, "tab")
    watched.leave("tab")
    assert watched.find("run", "tab reloaded") is work
    assert not work.stopped.wait(0.5), "somebody watches it"
    watched.leave("tab reloaded")
    assert work.stopped.wait(PATIENCE)


def test_what_nobody_watches_is_stopped_after_the_grace():
    watched, work = SharedWork(grace=0.01), Endless()
    watched.put("run", work, "tab")
    watched.leave("another tab")
    assert work.active
    watched.leave("tab")
    assert work.stopped.wait(PATIENCE)


def test_one_watchers_stop_is_not_anothers():
    watched, work = SharedWork(), Endless()
    watched.put("training", work, "one")
    assert watched.find("training", "other") is work
    assert watched.release("training", "one") and work.active
    assert not watched.release("training", "other") and not work.active
    assert not watched.release("nothing", "one")


def test_a_second_tab_keeps_it_going():
    watched, work = SharedWork(grace=0.01), Endless()
    watched.put("run", work, "one")
    watched.find("run", "other")
    watched.leave("one")
    assert not work.stopped.wait(0.2)


def test_it_holds_a_bounded_number_and_never_loses_what_is_active_or_watched():
    watched = SharedWork(most=5)
    active, seen = Endless(), Endless()
    watched.put("active", active, "gone")
    watched._held["active"].watchers.clear()
    watched.put("seen", seen, "here")
    seen.stop()
    for number in range(20):
        ended = Endless()
        ended.stop()
        watched.put(str(number), ended, "gone")
        watched.leave("gone")
    assert len(watched._held) <= 6
    assert watched.find("active", "x") is active and watched.find("seen", "x") is seen
    assert watched.find("19", "x") is not None and watched.find("0", "x") is None


@pytest.mark.parametrize("key", ["", "unknown"])
def test_what_is_not_there_is_none(key):
    assert SharedWork().find(key, "tab") is None


class Ended:
    active = False

    def stop(self):
        raise AssertionError("it has ended")


def test_what_nobody_else_can_find_is_not_kept_for_them():
    watched, alone, shared = SharedWork(most=48), Ended(), Ended()
    watched.put("alone", alone, "tab", alone=True)
    watched.put("shared", shared, "tab")
    assert watched.find("alone", "tab") is alone
    watched.leave("tab")
    assert watched.find("alone", "another") is None and watched.find("shared", "another") is shared


def test_what_has_ended_is_forgotten_with_its_last_watcher():
    watched, work = SharedWork(), Ended()
    watched.put("run", work, "one")
    watched.find("run", "other")
    watched.forget(work, "one")
    assert watched.find("run", "other") is work
    watched.forget(Ended(), "other")
    watched.forget(work, "other")
    assert watched.find("run", "one") is None

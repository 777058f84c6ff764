"""The parts of some work tell one progress, which rises from 0 to 1."""

from __future__ import annotations

import pytest

from explorer.background.progress import parts


def test_parts_follow_each_other():
    said = []
    first, second = parts(lambda done, doing: said.append((done, doing)), (0.25, 0.75))
    for done in (0.0, 1.0):
        first(done, "one")
    second(0.5, "two")
    second(1.0, "two")
    assert [done for done, _ in said] == pytest.approx([0.0, 0.25, 0.625, 1.0])
    assert [doing for _, doing in said] == ["one", "one", "two", "two"]

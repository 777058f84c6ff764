"""The two plotly bundles."""

from pathlib import Path

import pytest

from explorer.ui.show.plot import SMALL, WHOLE, version


def test_the_shipped_library_is_of_the_version_of_the_wheel() -> None:
    assert version(SMALL) == version(WHOLE) != ""
    assert SMALL.stat().st_size < WHOLE.stat().st_size / 3
    assert "MIT License" in (SMALL.parent / "LICENSE").read_text()


@pytest.mark.parametrize(("head", "expected"), [("/**\n* plotly.js v4.1.1\n*", "4.1.1"), ("var v = 4", "")])
def test_version_is_read_from_the_header(head: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "library.js").write_text(head)
    assert version(tmp_path / "library.js") == expected

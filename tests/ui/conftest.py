"""Parts of the pages, mostly run by AppTest."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True, scope="session")
def _quick_apps(components_scanned_once: None) -> None:
    """AppTest starts without a scan of all installed packages."""

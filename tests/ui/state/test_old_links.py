"""Links made by earlier versions open as before: the same state, written back as the same link.

old_links.txt was recorded with the version before link parts were declared in one registry (git revision e37de6a): a
link, the link that the app wrote back, and how many of its values could not be used.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

LINES = Path(__file__).with_name("old_links.txt").read_text(encoding="utf-8").splitlines()
LINKS = list(zip(LINES[::3], LINES[1::3], LINES[2::3], strict=True))


def sidebar() -> None:
    import streamlit as st

    from explorer.ui.sidebar.sidebar import show_sidebar
    from explorer.ui.state import link

    link.receive()
    show_sidebar()
    st.session_state["published"] = "&".join(f"{name}={value}" for name, value in st.query_params.items())


def test_there_are_twenty() -> None:
    assert len(LINKS) == 20


@pytest.mark.parametrize(("opened", "published", "unusable"), LINKS)
def test_a_link_of_an_earlier_version_opens_the_same_state(opened: str, published: str, unusable: str) -> None:
    app = AppTest.from_function(sidebar, default_timeout=60)
    for parameter in filter(None, opened.removeprefix("?").split("&")):
        name, _, value = parameter.partition("=")
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert app.session_state["published"] == published.strip()
    assert f"{len(app.warning)} unusable" == unusable.strip()

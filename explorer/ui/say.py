"""Messages that may contain untrusted text (from a link, a file or a library); Markdown in it is escaped."""

from __future__ import annotations

import re
from typing import Any

import streamlit as st

_MARKS = re.compile(r"([\\`*\[\]<$~&]|(?<![^\W_])_|_(?![^\W_]))")  # an underscore within a word marks nothing


def escaped(sentence: str) -> str:
    """Markdown that displays this text unchanged: no links, images, colours, formulas or entities are made of it.

    Shortcodes of emojis and icons, such as :bug:, are still replaced: Streamlit replaces them in escaped text too.
    """
    return _MARKS.sub(r"\\\1", sentence)


def error(sentence: object) -> None:
    """Show an error message."""
    st.error(escaped(str(sentence)), icon=":material/error:")


def warning(sentence: object, icon: str = ":material/warning:") -> None:
    """Show a warning."""
    st.warning(escaped(str(sentence)), icon=icon)


def info(sentence: object, icon: str = ":material/info:") -> None:
    """Show an information message."""
    st.info(escaped(str(sentence)), icon=icon)


def show_page(page: Any) -> None:
    """Run a page of `st.navigation`; an InputError, such as a store that cannot be read, becomes a message."""
    from explorer.settings import InputError  # imports pydantic, which the first paint of Overview does without

    try:
        page.run()
    except InputError as problem:
        error(problem)

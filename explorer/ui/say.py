"""Sentences for the reader in which words of somebody else's may stand: a link's, a file's, a library's."""

from __future__ import annotations

import re
from typing import Any

import streamlit as st

_MARKS = re.compile(r"([\\`*\[\]<$~&]|(?<![^\W_])_|_(?![^\W_]))")  # within a word _ marks nothing


def literally(sentence: str) -> str:
    """As Markdown that shows these very characters: no named link, picture, colour, formula or entity is made of them.

    A shortcode of an emoji or icon, as in :bug:, still becomes one: Streamlit looks for these in escaped text too.
    """
    return _MARKS.sub(r"\\\1", sentence)


def error(sentence: object) -> None:
    """What went wrong."""
    st.error(literally(str(sentence)), icon=":material/error:")


def warning(sentence: object, icon: str = ":material/warning:") -> None:
    """What the reader should know."""
    st.warning(literally(str(sentence)), icon=icon)


def info(sentence: object, icon: str = ":material/info:") -> None:
    """What there is to know."""
    st.info(literally(str(sentence)), icon=icon)


def show_page(page: Any) -> None:
    """Run a page of `st.navigation`; an InputError, such as a store that cannot be read, becomes a message."""
    from explorer.settings import InputError  # only now: the first paint does without pydantic

    try:
        page.run()
    except InputError as problem:
        error(problem)

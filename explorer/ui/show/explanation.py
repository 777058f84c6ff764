"""Explanation at the end of each page, from the Markdown files in assets/texts."""

from functools import cache
from string import Template

import streamlit as st

from explorer.ui.state.navigation import ASSETS

TEXTS = ASSETS / "texts"


@cache
def load_text(page: str) -> Template:
    """The text of a page; `$name` is a field, and a literal dollar, as around a formula, is `$$`."""
    return Template((TEXTS / f"{page}.md").read_text(encoding="utf-8"))


def show_explanation(page: str, **values: object) -> None:
    """Draw the expander "What am I looking at?".

    Args:
        page: name of the page; the text is assets/texts/<page>.md.
        values: a value for every field of the text.

    Raises:
        KeyError: if a field has no value.
    """
    with st.expander("What am I looking at?"):
        st.markdown(load_text(page).substitute(values))

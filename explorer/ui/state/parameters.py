"""How a page is set: parameters declared once as `Settings`, each under its widget's key, and their part of a link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import streamlit as st

from explorer.settings import InputError, Settings
from explorer.ui.state import link

Declared = TypeVar("Declared", bound=Settings)

PERSISTENT: dict[str, Any] = {"persist_state": "session"}
"""Options of a widget that keeps its value while it is not drawn, and over page switches."""


class Parameters(Generic[Declared]):
    """The values of one `Settings` model in the session of whoever looks at the page.

    prefix: how the keys begin, so that two pages may name a parameter alike.
    """

    def __init__(self, model: type[Declared], prefix: str) -> None:
        self.model, self.prefix, self.usual = model, prefix, dict(model())

    def key(self, name: str) -> str:
        """The session's key of a parameter, which is its widget's; it gets its default where nobody has set it."""
        key = f"{self.prefix}.{name}"
        st.session_state.setdefault(key, self.usual[name])
        return key

    def value(self, name: str) -> Any:
        """What it is set to now."""
        return st.session_state[self.key(name)]

    def put(self, name: str, value: object) -> None:
        """Give it another value: before its widget is drawn, or in a callback."""
        st.session_state[self.key(name)] = value

    def current(self) -> Declared:
        """All of them."""
        return self.model(**{name: self.value(name) for name in self.usual})

    def adopt(self, arrived: Mapping[str, str]) -> set[str]:
        """Take them from a link, by their names; returns the parameters that were understood."""
        for name, usual in self.usual.items():
            value = usual
            if name in arrived:
                given: dict[str, Any] = {name: arrived[name]}
                try:
                    value = getattr(self.model(**given), name)
                except InputError as error:
                    link.drop(str(error))
            self.put(name, value)
        return set(self.usual)

    def as_link(self, chosen_by_page: Mapping[str, object] | None = None) -> dict[str, object]:
        """What differs from the default, as parameters of the link.

        chosen_by_page: values that stand for the default, of parameters whose default leaves the choice to the page.
        """
        said, now = {}, dict(self.current())
        for name, value in now.items():
            if value not in (self.usual[name], (chosen_by_page or {}).get(name)):
                said[name] = f"{value:.6g}" if isinstance(value, float) else value
        return said

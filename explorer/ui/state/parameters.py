"""Parameters of a page: declared once as `Settings`, stored under their widgets' keys, and written into a link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import streamlit as st

from explorer.settings import InputError, Settings
from explorer.ui.state import link

Declared = TypeVar("Declared", bound=Settings)


class Parameters(Generic[Declared]):
    """The values of one `Settings` model in the current session.

    Attributes:
        model: the declarations.
        prefix: start of the session keys, so that two pages may use the same parameter name.
        defaults: the model's default values by name.
    """

    def __init__(self, model: type[Declared], prefix: str) -> None:
        self.model, self.prefix, self.defaults = model, prefix, dict(model())

    def key(self, name: str) -> str:
        """Session key of a parameter, also its widget's key; sets the default if the key has no value."""
        key = f"{self.prefix}.{name}"
        st.session_state.setdefault(key, self.defaults[name])
        return key

    def value(self, name: str) -> Any:
        """Current value of a parameter."""
        return st.session_state[self.key(name)]

    def put(self, name: str, value: object) -> None:
        """Set a parameter; call it before its widget is drawn, or in a callback."""
        st.session_state[self.key(name)] = value

    def current(self) -> Declared:
        """Current values of all parameters."""
        return self.model(**{name: self.value(name) for name in self.defaults})

    def adopt(self, arrived: Mapping[str, str]) -> set[str]:
        """Set all parameters from a link; missing or unusable ones get their defaults. Returns their names."""
        for name, default in self.defaults.items():
            value = default
            if name in arrived:
                given: dict[str, Any] = {name: arrived[name]}
                try:
                    value = dict(self.model(**given))[name]
                except InputError as error:
                    link.drop(str(error))
            self.put(name, value)
        return set(self.defaults)

    def as_link(self, page_defaults: Mapping[str, object] | None = None) -> dict[str, object]:
        """Parameters of the link that differ from their defaults.

        Args:
            page_defaults: defaults that the page computes from its data, by name; they count as defaults too.
        """
        computed = page_defaults or {}
        parameters: dict[str, object] = {}
        for name, value in dict(self.current()).items():
            if value not in (self.defaults[name], computed.get(name)):
                parameters[name] = f"{value:.6g}" if isinstance(value, float) else value
        return parameters

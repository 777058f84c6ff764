"""Widgets that keep their values; imports little, as the Overview is drawn before the engine and pydantic."""

from typing import Any

PERSISTENT: dict[str, Any] = {"persist_state": "session"}
"""Options of a widget that keeps its value while it is not drawn, and over page switches."""

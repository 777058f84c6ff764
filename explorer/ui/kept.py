"""What makes a widget keep its value when it is not drawn, and when a page switch interrupts the run that drew it."""

from __future__ import annotations

from typing import Any

KEPT: dict[str, Any] = {"persist_state": "session"}

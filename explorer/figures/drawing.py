"""A figure in plain dicts, for pictures that move: plotly itself checks each value several times whenever it draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plotly.io import to_json


@dataclass(frozen=True, eq=False)
class Drawing:
    """Traces and layout in plotly's own terms; its layout says its height."""

    data: list[dict[str, Any]]
    layout: dict[str, Any]

    @property
    def height(self) -> int:
        """In px."""
        return int(self.layout["height"])

    def to_json(self) -> str:
        """What the browser is given, unchecked."""
        return to_json({"data": self.data, "layout": self.layout}, validate=False)

"""A figure as plain dicts, for figures that are updated often: plotly's own classes validate each value repeatedly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plotly.io import to_json


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure as dicts in plotly's format.

    Attributes:
        data: traces.
        layout: layout, with "height" in px.
    """

    data: list[dict[str, Any]]
    layout: dict[str, Any]

    @property
    def height(self) -> int:
        """Height of the figure in px."""
        return int(self.layout["height"])

    def to_json(self) -> str:
        """The figure as JSON for the browser, without validation."""
        return to_json({"data": self.data, "layout": self.layout}, validate=False)

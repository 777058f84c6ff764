"""The three models as marks: a symbol each beside its colour, and the name written out on the mark."""

from typing import Any

from explorer.figures.theme import Theme

SYMBOLS = {"original": "circle", "unlearned": "square", "retrained": "diamond"}
"""Marker symbols of the three models: never colour alone."""


def named(identity: str, theme: Theme, note: str = "") -> str:
    """The model's name behind a stroke in its colour, as plotly's text; a note follows after a comma."""
    words = f"{identity.capitalize()}, {note}" if note else identity.capitalize()
    return f'<span style="color:{theme.identity(identity)}"><b>━━</b></span> {words}'


def heading(text: str) -> dict[str, Any]:
    """The annotation on the upper left corner of a figure with one pair of axes."""
    place = {"xref": "x domain", "x": 0, "xanchor": "left", "yref": "paper", "y": 1, "yanchor": "bottom"}
    return {"text": text, "showarrow": False} | place

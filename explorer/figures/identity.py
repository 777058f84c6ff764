"""Symbols, labels and headings of the three models."""

from typing import Any

from explorer.figures.theme import Theme

SYMBOLS = {"original": "circle", "unlearned": "square", "retrained": "diamond"}
"""Marker symbols of the three models, so that they do not differ in colour only."""


def model_label(identity: str, theme: Theme, note: str = "") -> str:
    """Plotly text: a bar in the model's colour, the model's name, and the note after a comma."""
    label = f"{identity.capitalize()}, {note}" if note else identity.capitalize()
    return f'<span style="color:{theme.identity(identity)}"><b>━━</b></span> {label}'


def heading(text: str) -> dict[str, Any]:
    """Annotation above the upper left corner of a figure with one pair of axes."""
    place = {"xref": "x domain", "x": 0, "xanchor": "left", "yref": "paper", "y": 1, "yanchor": "bottom"}
    return {"text": text, "showarrow": False} | place

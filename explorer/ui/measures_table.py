"""The table of M: what is measured of original, unlearned and retrained, one row a measure."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from explorer.evaluation import Measures
from explorer.figures.theme import IDENTITIES


def show_measures(measures: Mapping[str, Measures]) -> None:
    """Draw the nine measures of the three models; a measure that has no meaning here is a dash."""
    rows = []
    for found in Measures.descriptions():
        values = [shown(getattr(measures[name], found.name), found.name, found.unit) for name in IDENTITIES]
        rows.append(f"| {found.label} | {' | '.join(values)} | {found.help} |")
    head = "| | Original | Unlearned | Retrained | |\n|:--|--:|--:|--:|:--|"
    st.markdown("\n".join([head, *rows]))


def shown(value: float | None, name: str, unit: str) -> str:
    """A measure for people: shares as percent with one decimal, nats and AUC with two."""
    if value is None:
        return "-"
    if unit == "nats" or name.endswith("auc"):
        return f"{value:.2f}" + (" nats" if unit == "nats" else "")
    return f"{100 * value:.1f} %"

"""What is measured of original, unlearned and retrained: the table of M, and its shares as a picture."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from explorer.evaluation import Measures
from explorer.evaluation.measures import Description
from explorer.figures.measures import describe_measures, measures
from explorer.figures.theme import IDENTITIES
from explorer.ui.show.plot import current_theme, plot
from explorer.words import percent, unbroken


def show_measures(found: Mapping[str, Measures]) -> None:
    """Draw the nine measures of the models that there are; one that has no meaning here is a dash."""
    described, present = Measures.descriptions(), [name for name in IDENTITIES if name in found]
    table, picture = st.columns([5, 4])
    with table:
        rows = [
            "| ".join(["", _named(each), *(shown(getattr(found[name], each.name), each) for name in present), ""])
            for each in described
        ]
        heads = [f"| | {' | '.join(map(str.capitalize, present))} |", f"|:--|{'--:|' * len(present)}"]
        st.markdown("\n".join([*heads, *rows]))
    with picture:
        accuracies = [each for each in described if each.name.endswith("accuracy")]
        accuracies = [each for each in accuracies if getattr(found["original"], each.name) is not None]
        names = [each.label for each in accuracies]
        values = {name: [getattr(found[name], each.name) for each in accuracies] for name in present}
        plot(measures(names, values, current_theme()), alt=describe_measures(names, values), key="accuracies")
    with st.expander("What each row means"):
        st.markdown("\n".join(f"- **{each.label}** {each.help}" for each in described))


def shown(value: float | None, described: Description) -> str:
    """A measure for people: shares as percent with one decimal, nats and AUC with two."""
    if value is None:
        return "-"
    in_hundreds = described.unit == "share" and not described.name.endswith("auc")
    return unbroken(percent(value)) if in_hundreds else f"{value:.2f}"


def _named(described: Description) -> str:
    return f"{described.label} ({described.unit})" if described.unit == "nats" else described.label

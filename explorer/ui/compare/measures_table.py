"""Table of the nine measures of original, unlearned and retrained, with a figure of the accuracies."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from explorer.evaluation import Measures
from explorer.evaluation.measures import Description
from explorer.figures.measures import describe_measures, measures
from explorer.figures.theme import IDENTITIES
from explorer.ui.show.plot import current_theme, plot
from explorer.words import percent, unbroken


def show_measures(by_model: Mapping[str, Measures]) -> None:
    """Draw the nine measures of the given models; a measure that is undefined here is shown as a dash.

    Args:
        by_model: measures by model name: "original" and one or both of "unlearned" and "retrained".
    """
    described, present = Measures.descriptions(), [name for name in IDENTITIES if name in by_model]
    table, picture = st.columns([5, 4])
    with table:
        rows = [
            "| ".join(["", _label(each), *(shown(getattr(by_model[name], each.name), each) for name in present), ""])
            for each in described
        ]
        heads = [f"| | {' | '.join(map(str.capitalize, present))} |", f"|:--|{'--:|' * len(present)}"]
        st.markdown("\n".join([*heads, *rows]))
    with picture:
        accuracies = [each for each in described if each.name.endswith("accuracy")]
        accuracies = [each for each in accuracies if getattr(by_model["original"], each.name) is not None]
        names = [each.label for each in accuracies]
        values = {name: [getattr(by_model[name], each.name) for each in accuracies] for name in present}
        plot(measures(names, values, current_theme()), alt=describe_measures(names, values), key="accuracies")
    with st.expander("Definitions"):
        st.markdown("\n".join(f"- **{each.label}** {each.help}" for each in described))


def shown(value: float | None, described: Description) -> str:
    """A measure as the table shows it: shares in percent with one decimal, nats and AUC with two decimals."""
    if value is None:
        return "-"
    in_hundreds = described.unit == "share" and not described.name.endswith("auc")
    return unbroken(percent(value)) if in_hundreds else f"{value:.2f}"


def _label(described: Description) -> str:
    return f"{described.label} ({described.unit})" if described.unit == "nats" else described.label

"""Tab "All numbers": one table of every number on the page, to read, copy and download."""

from __future__ import annotations

import streamlit as st

from explorer.figures.theme import IDENTITIES
from explorer.ui.compare.entropies import noise_of
from explorer.ui.compare.files import as_csv, as_json, experiment_fields, provenance_rows
from explorer.ui.compare.membership import threshold_of
from explorer.ui.compare.numbers import Row, Value, rows_of
from explorer.ui.compare.trio import Trio
from explorer.ui.state import compare_view
from explorer.words import nats, percent


def show_numbers(trio: Trio) -> None:
    """Draw the table, its downloads as CSV and JSON, and the settings that produced each model."""
    noise, experiment = noise_of(trio), experiment_fields(trio)
    rows = rows_of(trio, compare_view.value("margin"), threshold_of(trio), noise)
    csv_text, json_text = as_csv(trio, rows), as_json(trio, rows)
    name = "-".join(["comparison", *(str(experiment[key]) for key in ("dataset", "model", "forget"))])
    file = "".join(letter if letter.isalnum() or letter in "-=." else "-" for letter in name)[:80]
    st.markdown(
        f"**All numbers of this page**, {len(rows)} rows. The files also contain the settings that produced each "
        "model. Margin and threshold are those of the tabs Entropy and Membership."
    )
    with st.container(horizontal=True):
        for kind, text, media in (("CSV", csv_text, "text/csv"), ("JSON", json_text, "application/json")):
            st.download_button(
                kind, text, f"{file}.{kind.lower()}", media, icon=":material/download:", on_click="ignore"
            )
    st.dataframe(
        {
            "Set": [row.part for row in rows],
            "Measure": [row.name for row in rows],
            **{name.capitalize(): [shown(getattr(row, name), row) for row in rows] for name in IDENTITIES},
        },
        hide_index=True, height=520, width="stretch",
        column_config={"Set": st.column_config.Column(width=190), "Measure": st.column_config.Column(width=270)},
    )  # fmt: skip
    if noise is None:
        st.caption("Entropies under input noise appear in this table after you measure them in the tab Entropy.")
    with st.expander("Settings of each model"):
        settings = (f"| {name} | {' | '.join(map(_plain, values))} |" for name, values in provenance_rows(trio))
        st.markdown("\n".join(["| | Original | Unlearned | Retrained |", "|:--|--:|--:|--:|", *settings]))
    with st.expander("CSV as text"):
        st.code(csv_text, language=None, height=300)


def shown(value: Value, row: Row) -> str:
    """A number as the table shows it: shares in percent with one decimal, nats and areas with two, p with three."""
    if value is None:
        return "-"
    if row.unit == "p":
        return "< .001" if value < 0.001 else f"{value:.3f}"
    if row.unit == "count":
        return f"{value:,.0f}"
    if row.unit == "share":
        return percent(value)
    return nats(value) if row.unit == "nats" else f"{value:.2f}"


def _plain(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.6g}" if isinstance(value, float) else str(value)

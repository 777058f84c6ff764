"""All numbers: one table of every measure on the page, to read, copy and download."""

from __future__ import annotations

import streamlit as st

from explorer.figures.theme import IDENTITIES
from explorer.ui.compare.entropies import noise_of
from explorer.ui.compare.files import as_csv, as_json, story_of, story_rows
from explorer.ui.compare.membership import threshold_of
from explorer.ui.compare.numbers import Row, Value, rows_of
from explorer.ui.compare.trio import Trio
from explorer.ui.state import compare_view
from explorer.words import nats, percent


def show_numbers(trio: Trio) -> None:
    """The table, and the same as files, with the exact settings of whatever made each model."""
    noise, story = noise_of(trio), story_of(trio)
    rows = rows_of(trio, compare_view.value("margin"), threshold_of(trio), noise)
    table, said = as_csv(trio, rows), as_json(trio, rows)
    name = "-".join(["comparison", *(str(story[key]) for key in ("dataset", "model", "forget"))])
    file = "".join(letter if letter.isalnum() or letter in "-=." else "-" for letter in name)[:80]
    st.markdown(
        f"**Everything that this page measures**, {len(rows)} rows, and in the files the settings that made it. Margin "
        "and threshold are as they are set in the other tabs."
    )
    with st.container(horizontal=True):
        for kind, text, media in (("CSV", table, "text/csv"), ("JSON", said, "application/json")):
            st.download_button(
                kind, text, f"{file}.{kind.lower()}", media, icon=":material/download:", on_click="ignore"
            )
    st.dataframe(
        {
            "of": [row.part for row in rows],
            "number": [row.name for row in rows],
            **{name.capitalize(): [shown(getattr(row, name), row) for row in rows] for name in IDENTITIES},
        },
        hide_index=True, height=520, width="stretch",
        column_config={"of": st.column_config.Column(width=190), "number": st.column_config.Column(width=270)},
    )  # fmt: skip
    if noise is None:
        st.caption("Entropies under input noise join the table once they are measured, under How sure.")
    with st.expander("What made them"):
        said_of = (f"| {name} | {' | '.join(map(_plain, values))} |" for name, values in story_rows(trio))
        st.markdown("\n".join(["| | Original | Unlearned | Retrained |", "|:--|--:|--:|--:|", *said_of]))
    with st.expander("Copy all of it as text"):
        st.code(table, language=None, height=300)


def shown(value: Value, row: Row) -> str:
    """A number for people: shares as percent with one decimal, nats and areas with two, p with three."""
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

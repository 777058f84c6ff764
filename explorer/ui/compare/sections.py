"""Tabs of Compare; only the open tab is computed."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explorer.ui.compare.all_numbers import show_numbers
from explorer.ui.compare.calibration import show_calibration
from explorer.ui.compare.classes import show_classes
from explorer.ui.compare.entropies import show_entropies
from explorer.ui.compare.membership import show_membership
from explorer.ui.compare.outputs import ensure_outputs
from explorer.ui.compare.selectivity import show_selectivity
from explorer.ui.compare.trio import Trio
from explorer.ui.state import compare_view
from explorer.ui.state.compare_view import Section
from explorer.ui.state.parts import publish
from explorer.ui.state.selection import rerun_if_removed

TITLES: dict[Section, str] = {
    "entropies": "Entropy",
    "selectivity": "Selectivity",
    "classes": "Classes",
    "membership": "Membership",
    "calibration": "Calibration",
    "numbers": "All numbers",
}
SHOWN: dict[Section, Callable[[Trio], None]] = {
    "entropies": show_entropies,
    "selectivity": show_selectivity,
    "classes": show_classes,
    "membership": show_membership,
    "calibration": show_calibration,
    "numbers": show_numbers,
}


@st.fragment
def show_sections(trio: Trio) -> None:
    """Draw the tabs and the contents of the open tab, which is a parameter of the link."""
    rerun_if_removed(trio.experiment)
    st.session_state.setdefault(compare_view.TABS, TITLES[compare_view.value("section")])
    for name, tab in zip(TITLES, st.tabs(list(TITLES.values()), on_change="rerun", key=compare_view.TABS), strict=True):
        if tab.open:
            compare_view.put("section", name)
            with tab:
                if ensure_outputs(trio):
                    SHOWN[name](trio)
    publish(trio.experiment)

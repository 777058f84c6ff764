"""The tabs of Compare: one open at a time, and only that one computed."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explorer.ui.choice import publish, rerun_if_gone
from explorer.ui.compare import view
from explorer.ui.compare.all_numbers import show_numbers
from explorer.ui.compare.calibration import show_calibration
from explorer.ui.compare.classes import show_classes
from explorer.ui.compare.entropies import show_entropies
from explorer.ui.compare.membership import show_membership
from explorer.ui.compare.outputs import asked
from explorer.ui.compare.selectivity import show_selectivity
from explorer.ui.compare.trio import Trio
from explorer.ui.compare.view import Section

TITLES: dict[Section, str] = {
    "entropies": "How sure",
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
    """The open one, which the link names."""
    rerun_if_gone(trio.experiment)
    st.session_state.setdefault(view.TABS, TITLES[view.value("section")])
    for name, tab in zip(TITLES, st.tabs(list(TITLES.values()), on_change="rerun", key=view.TABS), strict=True):
        if tab.open:
            view.put("section", name)
            with tab:
                if asked(trio):
                    SHOWN[name](trio)
    publish(trio.experiment)

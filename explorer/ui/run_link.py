"""The run that a tab watches as a parameter of the link: its token, for as long as this server holds it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from explorer.experiments import Experiment
from explorer.experiments.watched import GRACE
from explorer.ui import link
from explorer.ui.run import PACES
from explorer.ui.runs import current, join

TOKEN = "live"  # its name in the link


def adopt(arrived: Mapping[str, str]) -> set[str]:
    """Find the run that a link names; returns the parameters that were understood."""
    token = arrived.get(TOKEN)
    if token is not None:
        run = join(token)
        if run is not None:
            st.session_state["pace"] = next(name for name, pace in PACES.items() if pace == run.live.pace)
        else:
            link.drop(
                f"its run is not here any more (one ends {GRACE:.0f} seconds after its last tab was closed); "
                "the same settings give the same numbers again."
            )
    return {TOKEN}


def as_link(experiment: Experiment) -> dict[str, object]:
    """The token of this experiment's run."""
    run = current(experiment)
    return {TOKEN: run.token} if run is not None and run.token else {}

"""Forgotten too loudly: a model that is less sure of the forget set than one that never saw it leaks in its own way."""

from __future__ import annotations

import streamlit as st

from explorer.experiments import Experiment, Snapshot
from explorer.ui.models import entropies_on_test, forget_entropies

AS_SURE = 0.05  # nats; models whose mean entropies differ by less are called as sure as each other


def warn_if_loud(experiment: Experiment, moment: Snapshot | None) -> None:
    """A warning where the forget set is forgotten too loudly: less sure of it than a model that never saw it."""
    if moment is None or moment.step == 0:
        return
    mean = float(moment.forget_entropies.mean())
    if experiment.stored("retrained"):
        limit, whose = float(forget_entropies(experiment, "retrained").mean()), "the retrained model's"
    else:
        limit, whose = float(entropies_on_test(experiment).mean()), "the original's on test samples"
    if mean > max(limit, float(forget_entropies(experiment, "original").mean())) + AS_SURE:
        st.warning(
            f"Forgotten too loudly: the mean entropy of the forget set is {mean:.2f} nats, above {whose} "
            f"({limit:.2f}). A model less sure of them than one that never saw them can give away which they were.",
            icon=":material/volume_up:",
        )

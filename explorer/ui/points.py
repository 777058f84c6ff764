"""The points of a plane in the sidebar: how many, how noisy, and which draw."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.data import Dataset, ForgetSet, load_dataset
from explorer.data.planes import PLANES
from explorer.settings import InputError
from explorer.ui import link
from explorer.ui.forget_choice import first_forget, fit_counts, picked_forget, seed_forget
from explorer.ui.kept import KEPT
from explorer.ui.setting_widget import bounds


def pick_points() -> None:
    """The number of points, their noise and their seed: the options of a data set that is made, not read."""
    family = st.session_state["family"]
    declared = PLANES[family][1].declarations()
    for name, label in (("n", "Points"), ("noise", "Noise"), ("seed", "Seed of the points")):
        found = declared[name]
        step = 1 if found.kind == "int" else 0.05
        st.number_input(
            label, *bounds(found), step=step, key=f"points.{name}", help=found.help, on_change=_points_changed, **KEPT
        )


def _points_changed() -> None:
    family = st.session_state["family"]
    given = ",".join(f"{name}={st.session_state[f'points.{name}']}" for name in ("n", "noise", "seed"))
    dataset = load_dataset(f"{family}:{given}")
    st.session_state["dataset"] = dataset.code
    try:
        ForgetSet.parse(picked_forget(), dataset)
    except InputError as error:  # fewer points than it needs
        link.miss(f"{error} Another forget set is chosen.")
        seed_forget(ForgetSet.parse(first_forget(dataset), dataset), dataset)
    for sentence in fit_counts(dataset):
        link.miss(sentence)


def seed_points(dataset: Dataset) -> None:
    """Set the pickers to the options that a data set was made with."""
    family, _, text = dataset.code.partition(":")
    if family not in PLANES:
        return
    given: dict[str, Any] = dict(part.split("=") for part in text.split(",") if part)
    options = PLANES[family][1](**given)
    for name, value in options:
        st.session_state[f"points.{name}"] = value

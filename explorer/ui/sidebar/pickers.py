"""Sidebar pickers of the forget set and of a plane's points."""

from __future__ import annotations

import streamlit as st

from explorer.data import Dataset, ForgetSet, load_dataset
from explorer.data.planes import PLANES
from explorer.settings import LARGEST_SEED, InputError
from explorer.ui.state import link
from explorer.ui.state.persistence import PERSISTENT
from explorer.ui.state.pickers import KINDS, MANY, current_forget, default_forget, fit_counts, set_forget
from explorer.words import counted


def pick_forget(dataset: Dataset) -> str:
    """Draw the pickers of the forget set. Returns its code."""
    kinds = [kind for kind in KINDS if kind != "subclass" or dataset.subclasses]
    kind = st.selectbox("Forget set", kinds, key="forget.kind", format_func=KINDS.__getitem__, **PERSISTENT)
    last = len(dataset.train) - 1
    if kind == "class":
        options = range(len(dataset.classes))
        st.selectbox("Class", options, key="forget.class", format_func=dataset.classes.__getitem__, **PERSISTENT)
    elif kind == "subclass":
        st.selectbox("Sub-class", dataset.subclasses, key="forget.subclass", **PERSISTENT)
    elif kind == "samples":
        _pick_samples()
    else:
        st.number_input("Number of samples", 1, last, step=1, key="forget.count", **PERSISTENT)
        if kind == "random":
            st.number_input("Sampling seed", 0, LARGEST_SEED, step=1, key="forget.draw", **PERSISTENT)
        else:
            st.number_input("Centre sample", 0, last, step=1, key="forget.sample", **PERSISTENT)
    return current_forget()


def pick_points() -> None:
    """Draw the number of points, their noise and their seed: the options of a generated data set."""
    family = st.session_state["family"]
    declared = PLANES[family].options.declarations()
    for name, label in (("n", "Points"), ("noise", "Noise"), ("seed", "Seed of the points")):
        declaration = declared[name]
        step = 1 if declaration.kind == "int" else 0.05
        st.number_input(
            label, *declaration.bounds, step=step, key=f"points.{name}", help=declaration.help,
            on_change=_points_changed, **PERSISTENT,
        )  # fmt: skip


def _pick_samples() -> None:
    """Draw the text field for sample numbers; if too many are selected to list, a caption with their number."""
    many: ForgetSet | None = st.session_state[MANY]
    placeholder = "Type other numbers, such as 4, 17, 90" if many is not None else None
    st.text_input(
        "Sample numbers", key="forget.listed", **PERSISTENT, placeholder=placeholder, on_change=_clear_many,
        help="Training samples, such as 4, 17, 90.",
    )  # fmt: skip
    if many is not None:
        st.caption(f"{counted(len(many))} are selected, too many to list here. The link names each of them.")


def _clear_many() -> None:
    st.session_state[MANY] = None


def _points_changed() -> None:
    family = st.session_state["family"]
    options = ",".join(f"{name}={st.session_state[f'points.{name}']}" for name in ("n", "noise", "seed"))
    dataset = load_dataset(f"{family}:{options}")
    st.session_state["dataset"] = dataset.code
    try:
        ForgetSet.parse(current_forget(), dataset)
    except InputError as error:  # the forget set needs more points than the data set has
        link.notify(f"{error} Another forget set is selected.")
        set_forget(ForgetSet.parse(default_forget(dataset), dataset), dataset)
    for sentence in fit_counts(dataset):
        link.notify(sentence)

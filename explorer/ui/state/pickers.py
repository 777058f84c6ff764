"""Values of the sidebar's pickers in the session: the forget set, and the points of a plane."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.data import Dataset, ForgetSet
from explorer.data.forget_set import LONGEST_LIST
from explorer.data.planes import PLANES
from explorer.settings import LARGEST_SEED, InputError

MANY = "forget.many"  # the selected samples, if there are more than the text field lists
KINDS = {
    "class": "Class",
    "subclass": "Sub-class",
    "random": "Random samples",
    "near": "Neighbourhood",
    "samples": "Selected samples",
}
FEW, AROUND = 8, 4  # defaults: number of forget samples, and the sample that a neighbourhood is around


def default_forget(dataset: Dataset) -> str:
    """Code of the default forget set of a data set."""
    last = len(dataset.train) - 1
    return "class:3" if len(dataset.classes) > 3 else f"near:{min(FEW, last)}@{min(AROUND, last)}"


def current_forget(kind: str = "") -> str:
    """Code of the forget set in the pickers; with `kind`, the code of their values for that kind."""
    state, kind = st.session_state, kind or st.session_state["forget.kind"]
    if kind == "random":
        return f"random:{state['forget.count']}@{state['forget.draw']}"
    if kind == "near":
        return f"near:{state['forget.count']}@{state['forget.sample']}"
    if kind == "samples":
        many: ForgetSet | None = state[MANY]
        numbers = state["forget.listed"].replace(" ", "").removeprefix("samples:")
        return many.code if many is not None else f"samples:{numbers}"
    return f"{kind}:{state[f'forget.{kind}']}"


def set_forget(forget: ForgetSet, dataset: Dataset) -> None:
    """Set the forget pickers to this forget set, and the pickers of other kinds to valid defaults."""
    first, _, second = forget.code.partition(":")[2].partition("@")
    state, last = st.session_state, len(dataset.train) - 1
    state["forget.kind"] = forget.kind
    state["forget.class"] = forget.whole_class if forget.whole_class is not None else 0
    if dataset.subclasses:
        state["forget.subclass"] = first if forget.kind == "subclass" else dataset.subclasses[0]
    has_count = forget.kind in ("random", "near")
    state["forget.count"] = int(first) if has_count else min(FEW, last)
    state["forget.draw"] = int(second) % (LARGEST_SEED + 1) if forget.kind == "random" else 0
    state["forget.sample"] = int(second) if forget.kind == "near" else min(AROUND, last)
    many = forget.kind == "samples" and len(forget) > LONGEST_LIST
    state[MANY] = forget if many else None
    numbers = first if forget.kind == "samples" else "4,17" if last >= 17 else "0"
    state["forget.listed"] = "" if many else numbers


def fit_counts(dataset: Dataset) -> list[str]:
    """Replace numbers in the forget pickers that are too large for this data set. Returns one sentence for each."""
    sentences, last = [], len(dataset.train) - 1
    for kind, picker, default in (("random", "forget.count", FEW), ("near", "forget.sample", AROUND)):
        try:
            ForgetSet.parse(current_forget(kind), dataset)
        except InputError as error:
            st.session_state[picker] = min(default, last)
            sentences.append(f"{error} Another number is used for the kind {KINDS[kind]}.")
    return sentences


def set_points(dataset: Dataset) -> None:
    """Set the pickers of a plane's points to the options in the data set's code."""
    family, _, text = dataset.code.partition(":")
    if family not in PLANES:
        return
    given: dict[str, Any] = dict(part.split("=") for part in text.split(",") if part)
    options = PLANES[family].options(**given)
    for name, value in options:
        st.session_state[f"points.{name}"] = value

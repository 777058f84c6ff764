"""What to forget, in the sidebar: a class, a sub-class, random samples, a neighbourhood, or chosen ones."""

from __future__ import annotations

import streamlit as st

from explorer.data import Dataset, ForgetSet
from explorer.data.forget_set import LONGEST_LIST
from explorer.settings import LARGEST_SEED, InputError
from explorer.ui.kept import KEPT
from explorer.words import counted

MANY = "forget.many"  # chosen samples, where they are more than the field lists
KINDS = {
    "class": "A class",
    "subclass": "A sub-class",
    "random": "Random samples",
    "near": "A neighbourhood",
    "samples": "Chosen samples",
}
FEW, AROUND = 8, 4  # samples to forget, and the one that they are around, where nobody says which


def first_forget(dataset: Dataset) -> str:
    """The code of what is to be forgotten where nobody says what."""
    last = len(dataset.train) - 1
    return "class:3" if len(dataset.classes) > 3 else f"near:{min(FEW, last)}@{min(AROUND, last)}"


def picked_forget(kind: str = "") -> str:
    """The code of what the pickers say, or would say of another kind."""
    state, kind = st.session_state, kind or st.session_state["forget.kind"]
    if kind == "random":
        return f"random:{state['forget.count']}@{state['forget.draw']}"
    if kind == "near":
        return f"near:{state['forget.count']}@{state['forget.sample']}"
    if kind == "samples":
        many: ForgetSet | None = state[MANY]
        listed = state["forget.listed"].replace(" ", "").removeprefix("samples:")
        return many.code if many is not None else f"samples:{listed}"
    return f"{kind}:{state[f'forget.{kind}']}"


def pick_forget(dataset: Dataset) -> str:
    """The pickers of what to forget; its code."""
    kinds = [kind for kind in KINDS if kind != "subclass" or dataset.subclasses]
    kind = st.selectbox("Forget", kinds, key="forget.kind", format_func=KINDS.__getitem__, **KEPT)
    last = len(dataset.train) - 1
    if kind == "class":
        options = range(len(dataset.classes))
        st.selectbox("Class", options, key="forget.class", format_func=dataset.classes.__getitem__, **KEPT)
    elif kind == "subclass":
        st.selectbox("Sub-class", dataset.subclasses, key="forget.subclass", **KEPT)
    elif kind == "samples":
        _pick_samples()
    else:
        st.number_input("How many", 1, last, step=1, key="forget.count", **KEPT)
        if kind == "random":
            st.number_input("Seed of the draw", 0, LARGEST_SEED, step=1, key="forget.draw", **KEPT)
        else:
            st.number_input("Around sample", 0, last, step=1, key="forget.sample", **KEPT)
    return picked_forget()


def seed_forget(forget: ForgetSet, dataset: Dataset) -> None:
    """Set the forget pickers to a code, and those of the kinds that it is not to something that exists."""
    first, _, second = forget.code.partition(":")[2].partition("@")
    state, last = st.session_state, len(dataset.train) - 1
    state["forget.kind"] = forget.kind
    state["forget.class"] = forget.whole_class if forget.whole_class is not None else 0
    if dataset.subclasses:
        state["forget.subclass"] = first if forget.kind == "subclass" else dataset.subclasses[0]
    of_a_number = forget.kind in ("random", "near")
    state["forget.count"] = int(first) if of_a_number else min(FEW, last)
    state["forget.draw"] = int(second) % (LARGEST_SEED + 1) if forget.kind == "random" else 0
    state["forget.sample"] = int(second) if forget.kind == "near" else min(AROUND, last)
    many = forget.kind == "samples" and len(forget) > LONGEST_LIST
    state[MANY] = forget if many else None
    listed = first if forget.kind == "samples" else "4,17" if last >= 17 else "0"
    state["forget.listed"] = "" if many else listed


def fit_counts(dataset: Dataset) -> list[str]:
    """Where fewer samples are left than the pickers of random samples and neighbourhoods say: other ones, and why."""
    said, last = [], len(dataset.train) - 1
    for kind, picker, usual in (("random", "forget.count", FEW), ("near", "forget.sample", AROUND)):
        try:
            ForgetSet.parse(picked_forget(kind), dataset)
        except InputError as error:
            st.session_state[picker] = min(usual, last)
            said.append(f"{error} Another number is chosen for {KINDS[kind].lower()}.")
    return said


def _pick_samples() -> None:
    """The field for sample numbers; of more than it lists, chosen with a lasso or by a link, the count in words."""
    many: ForgetSet | None = st.session_state[MANY]
    placeholder = "Type others, such as 4, 17, 90" if many is not None else None
    st.text_input(
        "Sample numbers", key="forget.listed", **KEPT, placeholder=placeholder, on_change=_forget_the_many,
        help="Training samples, such as 4, 17, 90.",
    )  # fmt: skip
    if many is not None:
        st.caption(f"{counted(len(many))} are chosen, too many to list here. The link names each of them.")


def _forget_the_many() -> None:
    st.session_state[MANY] = None

"""The sidebar of every page: selects the experiment, and writes the state into the link."""

from __future__ import annotations

import streamlit as st

from explorer.data import Dataset, ForgetSet, load_dataset
from explorer.data.planes import PLANES
from explorer.settings import LARGEST_SEED, InputError
from explorer.ui import say
from explorer.ui.sidebar.pickers import pick_forget, pick_points
from explorer.ui.state import link, parts
from explorer.ui.state.available import default_model, families, family_of, models_of
from explorer.ui.state.persistence import PERSISTENT
from explorer.ui.state.pickers import default_forget, set_forget, set_points
from explorer.ui.state.selection import PENDING, experiment_of, is_available


def show_sidebar() -> None:
    """Take in an opened link, draw the pickers, and publish the state.

    Afterwards `selection.selected_experiment` is the experiment of the pickers.
    """
    arrived = link.incoming()
    if arrived is not None or "dataset" not in st.session_state:
        parts.adopt(arrived or {})
    if (pending := st.session_state.pop(PENDING, None)) is not None:
        parts.adopt(pending)
    elif not is_available(st.session_state["dataset"]):
        parts.adopt({})
    with st.sidebar:
        dataset = _pick_dataset()
        _pick_model(dataset)
        forget = pick_forget(dataset)
        with st.expander("More", key="more_choices"):
            seed = int(st.number_input("Training seed", 0, LARGEST_SEED, step=1, key="seed", **PERSISTENT))
            if family_of(dataset.code) in PLANES:
                pick_points()
    try:
        experiment = experiment_of(dataset.code, st.session_state["model"], seed, forget)
    except InputError as error:
        say.error(error)
        st.stop()
    st.session_state["experiment"] = experiment
    parts.publish(experiment)
    link.show_dropped()


def _pick_dataset() -> Dataset:
    titles = families()
    st.selectbox(
        "Data set", titles, key="family", format_func=titles.__getitem__, on_change=_family_changed, **PERSISTENT
    )  # fmt: skip
    return load_dataset(st.session_state["dataset"])


def _family_changed() -> None:
    code = st.session_state["family"]
    if not is_available(code):
        st.session_state["family"] = family_of(st.session_state["dataset"])
        return
    dataset = load_dataset(code)
    st.session_state["dataset"] = dataset.code
    st.session_state["model"] = default_model(dataset)
    parts.reset_for_dataset()
    set_points(dataset)
    set_forget(ForgetSet.parse(default_forget(dataset), dataset), dataset)


def _pick_model(dataset: Dataset) -> None:
    titles = models_of(dataset)
    if st.session_state["model"] not in titles:  # an uploaded network that was deleted
        link.notify(f"there is no model {st.session_state['model']!r} here any more; another is selected.")
        st.session_state["model"] = default_model(dataset)
    st.selectbox("Model", titles, key="model", format_func=titles.__getitem__, **PERSISTENT)

"""The selection: data set, model, forget set, seed, and samples selected in pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from typing import Any, ParamSpec

import streamlit as st

from explorer.data import Dataset, ForgetSet, load_dataset
from explorer.experiments import Experiment
from explorer.settings import LARGEST_SEED, InputError
from explorer.ui.state import link
from explorer.ui.state.available import default_model, family_of, models_of
from explorer.ui.state.navigation import navigate
from explorer.ui.state.pickers import default_forget, set_forget, set_points

Arguments = ParamSpec("Arguments")

EXAMPLE_FORGET = "samples:35,43,44,147,170,179,226,297"  # samples inside the other moon, which are informative
DEFAULTS = {"dataset": "moons:n=430,noise=0.22,seed=1", "model": "mlp", "forget": EXAMPLE_FORGET, "seed": "0"}
PENDING = "selection.pending"  # selection requested by a page, until the sidebar's pickers are drawn again


@lru_cache(maxsize=64)
def experiment_of(dataset: str, model: str, seed: int, forget: str) -> Experiment:
    """The experiment of these codes; the same object for the same codes."""
    return Experiment(dataset, model, seed, forget)


def selected_experiment() -> Experiment:
    """The experiment that the sidebar shows, for the page that app.py runs."""
    if "experiment" not in st.session_state:
        # Streamlit runs a page alone if its own address is opened before app.py has run, because the folder is named
        # pages. Declaring the navigation turns that off, so that the next run starts in app.py.
        navigate()
        st.rerun()
    experiment: Experiment = st.session_state["experiment"]
    return experiment


def rerun_if_removed(experiment: Experiment) -> None:
    """For fragments: rerun the whole page if the data set or network was removed."""
    if not experiment.available:
        st.rerun()


def unless_removed(callback: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """Wrap a callback: if its data set or network has been removed, show a message, not a broken page."""

    @wraps(callback)
    def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            callback(*args, **kwargs)
        except InputError as error:
            link.notify(str(error))

    return guarded


def select_dataset(dataset: str, model: str | None = None) -> None:
    """Select this data set, and this model for it, in the next run of the page."""
    st.session_state[PENDING] = {"dataset": dataset, **({} if model is None else {"model": model})}


def forget_samples(indices: list[int], experiment: Experiment) -> None:
    """Set the forget set to these training samples; call it from a callback."""
    try:
        set_forget(ForgetSet.of_samples(indices, experiment.data), experiment.data)
    except InputError as error:
        link.notify(str(error))


def selected_samples(experiment: Experiment) -> list[int]:
    """Sorted indices of the training samples selected on this data set."""
    samples: list[int] = st.session_state.get(_samples_key(experiment), [])
    return samples


@unless_removed
def select_samples(experiment: Experiment, samples: list[int]) -> None:
    """Select these training samples; indices from the browser that do not exist are ignored."""
    size = len(experiment.data.train)
    st.session_state[_samples_key(experiment)] = sorted({sample for sample in samples if 0 <= sample < size})


def is_available(code: str) -> bool:
    """Whether this data set can be loaded; False, with a message, if it was removed."""
    try:
        load_dataset(code)
    except InputError as error:
        link.notify(str(error))
        return False
    return True


def adopt(arrived: Mapping[str, str]) -> tuple[Dataset, ForgetSet]:
    """Set every picker of the sidebar from a link's parameters; unusable ones are reported and get their defaults."""
    report: Callable[[str], None] = link.drop if link.pending() else link.notify
    try:
        dataset = load_dataset(arrived.get("dataset", DEFAULTS["dataset"]))
    except InputError as error:
        report(str(error))
        dataset = load_dataset(DEFAULTS["dataset"])
    fresh = "dataset" not in arrived
    model = arrived.get("model", DEFAULTS["model"] if fresh else default_model(dataset))
    if model not in models_of(dataset):
        report(f"there is no model {model!r} for {dataset.code}; it may be {', '.join(models_of(dataset))}.")
        model = default_model(dataset)
    st.session_state["dataset"] = dataset.code
    st.session_state["family"] = family_of(dataset.code)
    st.session_state["model"] = model
    st.session_state["seed"] = link.seed(arrived.get("seed", DEFAULTS["seed"]), "seed")
    code = arrived.get("forget", DEFAULTS["forget"] if fresh else default_forget(dataset))
    try:
        forget = ForgetSet.parse(code, dataset)
    except InputError as error:
        report(str(error))
        forget = ForgetSet.parse(default_forget(dataset), dataset)
    if forget.kind == "random" and int(forget.code.partition("@")[2]) > LARGEST_SEED:
        link.drop(f"the seed of {forget.code} is above {LARGEST_SEED}, so another seed is used.")
    set_points(dataset)
    set_forget(forget, dataset)
    return dataset, forget


def as_link(experiment: Experiment) -> dict[str, Any]:
    """The experiment as parameters of a link."""
    return {
        "dataset": experiment.dataset,
        "model": experiment.model,
        "forget": experiment.forget,
        "seed": experiment.seed,
    }


def _samples_key(experiment: Experiment) -> str:
    return f"selected {experiment.dataset}"

"""What is explored: data set, model, forget set and seed, in the sidebar of every page and in the link."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import streamlit as st

from explorer.data import Dataset, ForgetSet, load_dataset
from explorer.data.planes import PLANES
from explorer.experiments import Experiment
from explorer.settings import LARGEST_SEED, InputError
from explorer.ui import lesson_step, link, method_link, run_link, say, view
from explorer.ui.compare import view as compare_view
from explorer.ui.forget_choice import first_forget, pick_forget, seed_forget
from explorer.ui.kept import KEPT
from explorer.ui.navigation import navigate
from explorer.ui.offered import families, family_of, first_model, models_of
from explorer.ui.points import pick_points, seed_points

STORY_FORGET = "samples:35,43,44,147,170,179,226,297"  # well within the other moon: the informative ones
DEFAULTS = {"dataset": "moons:n=430,noise=0.22,seed=1", "model": "mlp", "forget": STORY_FORGET, "seed": "0"}
WANTED = "choice.wanted"  # what a page has chosen for the reader, until the pickers are drawn again


@lru_cache(maxsize=64)
def experiment_of(dataset: str, model: str, seed: int, forget: str) -> Experiment:
    """The experiment of these codes; the same object for the same codes."""
    return Experiment(dataset, model, seed, forget)


def choose() -> None:
    """Draw the sidebar's pickers; `chosen` is the experiment that they name, and the link follows."""
    arrived = link.incoming()
    if arrived is not None or "dataset" not in st.session_state:
        _adopt(arrived or {})
    if (wanted := st.session_state.pop(WANTED, None)) is not None:
        _adopt(wanted)
    elif not _is_there(st.session_state["dataset"]):
        _adopt({})
    with st.sidebar:
        data = _pick_data()
        _pick_model(data)
        forget = pick_forget(data)
        with st.expander("More", key="more_choices"):
            seed = int(st.number_input("Seed of training", 0, LARGEST_SEED, step=1, key="seed", **KEPT))
            if family_of(data.code) in PLANES:
                pick_points()
    try:
        experiment = experiment_of(data.code, st.session_state["model"], seed, forget)
    except InputError as error:
        say.error(error)
        st.stop()
    st.session_state["experiment"] = experiment
    publish(experiment)
    link.show_dropped()


def chosen() -> Experiment:
    """What app.py let the reader choose, for the page that it runs."""
    if "experiment" not in st.session_state:
        # A page opened by its own address before app.py ran for the first time is started alone, by Streamlit's older
        # way with a folder called pages. Declaring the navigation ends that; the next run comes through app.py.
        navigate()
        st.rerun()
    found: Experiment = st.session_state["experiment"]
    return found


def rerun_if_gone(experiment: Experiment) -> None:
    """Make the whole page anew, which says so, where its data set or network has been removed: for parts of a page."""
    if not experiment.is_there:
        st.rerun()


def use(dataset: str, model: str | None = None) -> None:
    """Choose this data set, and this model for it, in the next run of the page."""
    st.session_state[WANTED] = {"dataset": dataset, **({} if model is None else {"model": model})}


def forget_samples(indices: list[int], experiment: Experiment) -> None:
    """Make these training samples the forget set; call it from a callback."""
    try:
        seed_forget(ForgetSet.of_samples(indices, experiment.data), experiment.data)
    except InputError as error:
        link.miss(str(error))


def _adopt(arrived: dict[str, str]) -> None:
    """Set every picker from these parameters; what is not usable is said and falls back to a default."""
    say: Callable[[str], None] = link.drop if link.on_its_way() else link.miss
    try:
        dataset = load_dataset(arrived.get("dataset", DEFAULTS["dataset"]))
    except InputError as error:
        say(str(error))
        dataset = load_dataset(DEFAULTS["dataset"])
    fresh = "dataset" not in arrived
    model = arrived.get("model", DEFAULTS["model"] if fresh else first_model(dataset))
    if model not in models_of(dataset):
        say(f"there is no model {model!r} for {dataset.code}; it may be {', '.join(models_of(dataset))}.")
        model = first_model(dataset)
    st.session_state["dataset"] = dataset.code
    st.session_state["family"] = family_of(dataset.code)
    st.session_state["model"] = model
    st.session_state["seed"] = link.seed(arrived.get("seed", DEFAULTS["seed"]), "seed")
    wanted = arrived.get("forget", DEFAULTS["forget"] if fresh else first_forget(dataset))
    try:
        forget = ForgetSet.parse(wanted, dataset)
    except InputError as error:
        say(str(error))
        forget = ForgetSet.parse(first_forget(dataset), dataset)
    if forget.kind == "random" and int(forget.code.partition("@")[2]) > LARGEST_SEED:
        link.drop(f"the seed of {forget.code} is above {LARGEST_SEED}, so another draw was taken.")
    seed_points(dataset)
    seed_forget(forget, dataset)
    understood = method_link.adopt(arrived, dataset, forget)
    for part in (view, compare_view, run_link, lesson_step):
        understood |= part.adopt(arrived)
    unknown = set(arrived) - set(DEFAULTS) - understood
    for name in sorted(unknown):
        link.drop(f"there is no parameter {name!r}; it was left out.")


def _is_there(code: str) -> bool:
    """Whether the chosen set can still be loaded: one's own may have been removed meanwhile."""
    try:
        load_dataset(code)
    except InputError as error:
        link.miss(str(error))
        return False
    return True


def _pick_data() -> Dataset:
    titles = families()
    st.selectbox("Data set", titles, key="family", format_func=titles.__getitem__, on_change=_family_changed, **KEPT)
    return load_dataset(st.session_state["dataset"])


def _family_changed() -> None:
    code = st.session_state["family"]
    if not _is_there(code):
        st.session_state["family"] = family_of(st.session_state["dataset"])
        return
    dataset = load_dataset(code)
    st.session_state["dataset"] = dataset.code
    st.session_state["model"] = first_model(dataset)
    view.forget_radius()
    seed_points(dataset)
    seed_forget(ForgetSet.parse(first_forget(dataset), dataset), dataset)


def _pick_model(dataset: Dataset) -> None:
    titles = models_of(dataset)
    if st.session_state["model"] not in titles:  # a network of one's own that has been removed
        link.miss(f"there is no model {st.session_state['model']!r} here any more; another is chosen.")
        st.session_state["model"] = first_model(dataset)
    st.selectbox("Model", titles, key="model", format_func=titles.__getitem__, **KEPT)


def publish(experiment: Experiment) -> None:
    """Make the link say what is chosen, and how it is looked at."""
    story = {
        "dataset": experiment.dataset,
        "model": experiment.model,
        "forget": experiment.forget,
        "seed": experiment.seed,
    }
    compared, live = compare_view.as_link(experiment), run_link.as_link(experiment)
    parts = (method_link.as_link(experiment), view.as_link(), compared, live, lesson_step.as_link())
    link.publish({**story, **{name: value for part in parts for name, value in part.items()}})

"""What is explored: data set, model, forget set and seed, in the sidebar of every page and in the link."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import streamlit as st

from explorer.data import DATASETS, Dataset, ForgetSet, load_dataset
from explorer.data.planes import PLANES
from explorer.experiments import Experiment
from explorer.models import models_for
from explorer.settings import InputError
from explorer.ui import compared, link, method_settings, run, view
from explorer.ui.navigation import navigate

STORY_FORGET = "samples:35,43,44,147,170,179,226,297"  # well within the other moon: the informative ones
DEFAULTS = {"dataset": "moons:n=430,noise=0.22,seed=1", "model": "mlp", "forget": STORY_FORGET, "seed": "0"}
KINDS = {
    "class": "A class",
    "subclass": "A sub-class",
    "random": "Random samples",
    "near": "A neighbourhood",
    "samples": "Chosen samples",
}
# A picker keeps its value when it is not drawn, and when a page switch interrupts the run that drew it.
KEPT: dict[str, Any] = {"persist_state": "session"}
MODEL_TITLES = {"mlp": "MLP", "convnet": "Convnet", "vgg-small": "VGG, small", "resnet-small": "ResNet, small"}


@lru_cache(maxsize=64)
def experiment_of(dataset: str, model: str, seed: int, forget: str) -> Experiment:
    """The experiment of these codes; the same object for the same codes."""
    return Experiment(dataset, model, seed, forget)


def choose() -> None:
    """Draw the sidebar's pickers; `chosen` is the experiment that they name, and the link follows."""
    arrived = link.incoming()
    if arrived is not None or "dataset" not in st.session_state:
        _adopt(arrived or {})
    with st.sidebar:
        data = _pick_data()
        st.selectbox(
            "Model", models_for(data), key="model", **KEPT, format_func=lambda name: MODEL_TITLES.get(name, name)
        )
        forget = _pick_forget(data)
        with st.expander("More", key="more_choices"):
            seed = int(st.number_input("Seed of training", 0, 2**31 - 1, step=1, key="seed", **KEPT))
            if data.kind == "plane":
                _pick_points()
    try:
        experiment = experiment_of(data.code, st.session_state["model"], seed, forget)
    except InputError as error:
        st.error(str(error), icon=":material/error:")
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


def forget_samples(indices: list[int], experiment: Experiment) -> None:
    """Make these training samples the forget set; call it from a callback."""
    try:
        _seed_forget(ForgetSet.of_samples(indices, experiment.data), experiment.data)
    except InputError as error:
        link.drop(str(error))


def _adopt(arrived: dict[str, str]) -> None:
    """Set every picker from a link's parameters; what is not usable is said and falls back to a default."""
    dataset = _usable_dataset(arrived.get("dataset", DEFAULTS["dataset"]))
    fresh = "dataset" not in arrived
    model = arrived.get(
        "model", DEFAULTS["model"] if fresh else models_for(dataset)[-1 if dataset.kind == "plane" else 1]
    )
    if model not in models_for(dataset):
        allowed = ", ".join(models_for(dataset))
        link.drop(f"there is no model {model!r} for {dataset.code}; it may be {allowed}.")
        model = models_for(dataset)[0]
    st.session_state["dataset"] = dataset.code
    st.session_state["family"] = dataset.code.partition(":")[0]
    st.session_state["model"] = model
    st.session_state["seed"] = link.seed(arrived.get("seed", DEFAULTS["seed"]), "seed")
    wanted = arrived.get("forget", DEFAULTS["forget"] if fresh else _first_forget(dataset))
    try:
        forget = ForgetSet.parse(wanted, dataset)
    except InputError as error:
        link.drop(str(error))
        forget = ForgetSet.parse(_first_forget(dataset), dataset)
    if forget.kind == "random" and int(forget.code.partition("@")[2]) >= 2**31:
        link.drop(f"the seed of {forget.code} is above {2**31 - 1}, so another draw was taken.")
    _seed_points(dataset)
    _seed_forget(forget, dataset)
    understood = method_settings.adopt(arrived, dataset, forget)
    for part in (view, compared, run):
        understood |= part.adopt(arrived)
    unknown = set(arrived) - set(DEFAULTS) - understood
    for name in sorted(unknown):
        link.drop(f"there is no parameter {name!r}; it was left out.")


def _usable_dataset(code: str) -> Dataset:
    try:
        return load_dataset(code)
    except InputError as error:
        link.drop(str(error))
        return load_dataset(DEFAULTS["dataset"])


def _first_forget(dataset: Dataset) -> str:
    return "class:3" if len(dataset.classes) > 3 else "near:8@4"


def _pick_data() -> Dataset:
    titles = {name: load_title(name) for name in DATASETS}
    st.selectbox("Data set", DATASETS, key="family", format_func=titles.__getitem__, on_change=_family_changed, **KEPT)
    return load_dataset(st.session_state["dataset"])


def load_title(name: str) -> str:
    """The name of a data set for people."""
    return PLANES[name][0] if name in PLANES else name.replace("-", " ").capitalize()


def _family_changed() -> None:
    dataset = load_dataset(st.session_state["family"])
    st.session_state["dataset"] = dataset.code
    st.session_state["model"] = models_for(dataset)[0 if dataset.kind == "plane" else 1]
    view.forget_radius()
    _seed_points(dataset)
    _seed_forget(ForgetSet.parse(_first_forget(dataset), dataset), dataset)


def _pick_points() -> None:
    family = st.session_state["family"]
    declared = PLANES[family][1].declarations()
    for name, label in (("n", "Points"), ("noise", "Noise"), ("seed", "Seed of the points")):
        found = declared[name]
        whole = found.kind == "int"
        least, most = (int(found.least or 0), int(found.most or 0)) if whole else (found.least, found.most)
        step = 1 if whole else 0.05
        st.number_input(
            label, least, most, step=step, key=f"points.{name}", help=found.help, on_change=_points_changed, **KEPT
        )


def _points_changed() -> None:
    family = st.session_state["family"]
    given = ",".join(f"{name}={st.session_state[f'points.{name}']}" for name in ("n", "noise", "seed"))
    dataset = load_dataset(f"{family}:{given}")
    st.session_state["dataset"] = dataset.code
    if max(st.session_state["forget.count"], st.session_state["forget.sample"]) >= len(dataset.train):
        _seed_forget(ForgetSet.parse(_first_forget(dataset), dataset), dataset)


def _seed_points(dataset: Dataset) -> None:
    if dataset.kind != "plane":
        return
    family, _, text = dataset.code.partition(":")
    given: dict[str, Any] = dict(part.split("=") for part in text.split(",") if part)
    options = PLANES[family][1](**given)
    for name, value in options:
        st.session_state[f"points.{name}"] = value


def _pick_forget(dataset: Dataset) -> str:
    kinds = [kind for kind in KINDS if kind != "subclass" or dataset.subclasses]
    kind = st.selectbox("Forget", kinds, key="forget.kind", format_func=KINDS.__getitem__, **KEPT)
    last = len(dataset.train) - 1
    if kind == "class":
        options = range(len(dataset.classes))
        number = st.selectbox("Class", options, key="forget.class", format_func=dataset.classes.__getitem__, **KEPT)
        return f"class:{number}"
    if kind == "subclass":
        return f"subclass:{st.selectbox('Sub-class', dataset.subclasses, key='forget.subclass', **KEPT)}"
    if kind == "samples":
        listed = st.text_input(
            "Sample numbers", key="forget.listed", **KEPT, help="Training samples, such as 4, 17, 90."
        )
        return "samples:" + listed.replace(" ", "")
    count = int(st.number_input("How many", 1, last, step=1, key="forget.count", **KEPT))
    if kind == "random":
        draw = int(st.number_input("Seed of the draw", 0, 2**31 - 1, step=1, key="forget.draw", **KEPT))
        return f"random:{count}@{draw}"
    return f"near:{count}@{int(st.number_input('Around sample', 0, last, step=1, key='forget.sample', **KEPT))}"


def _seed_forget(forget: ForgetSet, dataset: Dataset) -> None:
    """Set the forget pickers to a code, and those of the kinds that it is not to something that exists."""
    first, _, second = forget.code.partition(":")[2].partition("@")
    state = st.session_state
    state["forget.kind"] = forget.kind
    state["forget.class"] = forget.whole_class if forget.whole_class is not None else 0
    if dataset.subclasses:
        state["forget.subclass"] = first if forget.kind == "subclass" else dataset.subclasses[0]
    counted = forget.kind in ("random", "near")
    state["forget.count"] = int(first) if counted else min(8, len(dataset.train) - 1)
    state["forget.draw"] = int(second) % 2**31 if forget.kind == "random" else 0
    state["forget.sample"] = int(second) if forget.kind == "near" else 4
    state["forget.listed"] = first if forget.kind == "samples" else "4,17"


def publish(experiment: Experiment) -> None:
    """Make the link say what is chosen, and how it is looked at."""
    story = {
        "dataset": experiment.dataset,
        "model": experiment.model,
        "forget": experiment.forget,
        "seed": experiment.seed,
    }
    parts = (method_settings.as_link(experiment), view.as_link(), compared.as_link(experiment), run.as_link(experiment))
    link.publish({**story, **{name: value for part in parts for name, value in part.items()}})

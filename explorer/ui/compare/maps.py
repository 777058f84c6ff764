"""One map of the three models: where each has the samples, who moved, and what each says of those that are chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import streamlit as st
from scipy.stats import entropy
from torch import Tensor

from explorer.background import Job
from explorer.evaluation import Drift, SharedMap, drift, features, logits, probabilities, thinned
from explorer.evaluation import shared_map as fit_shared_map
from explorer.figures.shared_map import describe_drift, describe_shared_map, shared_map, shared_spans
from explorer.figures.theme import IDENTITIES
from explorer.settings import InputError
from explorer.ui import say
from explorer.ui.compare import linked
from explorer.ui.compare.trio import Trio, cached_on_trio
from explorer.ui.show.pictures import enlarged
from explorer.ui.show.plot import current_theme, plot
from explorer.ui.show.sample_list import show_selected
from explorer.ui.state import compare_view
from explorer.ui.state.parameters import PERSISTENT
from explorer.ui.state.parts import publish
from explorer.ui.state.selection import rerun_if_removed, selected_samples
from explorer.ui.state.tab import tab
from explorer.ui.work import jobs
from explorer.ui.work.cached import forget_mask

Space = Literal["features", "logits"]
MAPPED = 2000  # samples; UMAP takes tens of seconds beyond
SECONDS = 0.015  # a sample, of a UMAP of three models
UMAP = "umap "  # how the keys of these jobs begin


def show_maps(trio: Trio) -> None:
    """PCA at once, UMAP when it is there; a lasso or a click in one map stands out in all."""
    st.markdown("#### One map of all three")
    waiting = compare_view.value("map") == "UMAP" and umap_job(trio, compare_view.value("map_of")).active
    st.fragment(_show, run_every=1.0 if waiting else None, key=linked.MAPS)(trio, waiting)


def _show(trio: Trio, waiting: bool) -> None:
    rerun_if_removed(trio.experiment)
    with st.container(horizontal=True):
        method = st.segmented_control(
            "Map",
            ["UMAP", "PCA"],
            key=compare_view.key("map"),
            required=True,
            label_visibility="collapsed",
            **PERSISTENT,
        )
        space: Space = st.segmented_control(
            "of", ["features", "logits"], key=compare_view.key("map_of"), required=True,
            format_func=lambda space: f"of {space}", label_visibility="collapsed", **PERSISTENT,
        )  # fmt: skip
    publish(trio.experiment)
    job = None
    try:
        placed = pca_soon(trio, space)
    except InputError as error:
        say.warning(error)
        return
    if placed is None:
        return
    if method == "UMAP":
        job = umap_job(trio, space)
        if job.state == "done":
            placed = job.result
        else:
            method = "PCA"
            show_umap_under_way(trio, space)
    if waiting != (job is not None and job.active):
        st.rerun()  # the whole page, which begins or ends the polling
    _draw(trio, placed, method, space)
    st.caption(_in_words(trio, placed, method, space))
    _show_chosen(trio, placed)


def _draw(trio: Trio, placed: Placed, method: str, space: Space) -> None:
    experiment, coordinates, indices = trio.experiment, placed.shared.coordinates, placed.indices
    labels, forget = experiment.data.train.y.numpy()[indices], forget_mask(experiment)[indices]
    for place, name in zip(st.columns(3), IDENTITIES, strict=True):
        with place:
            figure = shared_map(
                coordinates[name], labels, forget, name, current_theme(), classes=experiment.data.classes,
                spans=shared_spans(coordinates), indices=indices, height=360, note=trio.note(name),
                hollow_forget=name == "retrained", starts=coordinates["original"],
                drifting=placed.drift.farthest if name == "unlearned" else None,
            )  # fmt: skip
            plot(
                figure, alt=describe_shared_map(coordinates, forget, method, space), key=f"map {name}",
                chosen=selected_samples(experiment), on_choose=linked.selector_in(experiment),
            )  # fmt: skip


def _in_words(trio: Trio, placed: Placed, method: str, space: Space) -> str:
    """How the map was made, how faithful it is, and what the arrows say."""
    forget = forget_mask(trio.experiment)[placed.indices]
    trust = ", ".join(f"{name} {100 * placed.shared.trustworthiness[name]:.1f} %" for name in IDENTITIES)
    turned = "; the retrained model's were rotated onto them (orthogonal Procrustes on retained samples)"
    moved = describe_drift(placed.drift.shares, placed.drift.farthest, forget, "the original", "the unlearned model")
    if not len(placed.drift.farthest) and space == "features":
        moved += " A run that moves the last layer alone leaves every feature as it was: the map of logits shows it."
    return (
        f"{method} of the {space} of {len(placed.indices):,} training samples, fitted on the original's"
        f"{turned if trio.turned and space == 'features' else ''}. Neighbours kept (trustworthiness): {trust}. {moved}"
    )


def _show_chosen(trio: Trio, placed: Placed) -> None:
    """What the three models say of the first chosen sample, then all that are chosen, to be listed or forgotten."""
    experiment, chosen = trio.experiment, selected_samples(trio.experiment)
    on_map = np.intersect1d(chosen, placed.indices)
    if len(on_map):
        _show_one(trio, placed, int(on_map[0]))
    if experiment.data.kind == "image" and len(chosen) == 3:
        st.button(
            "Slice through these three", icon=":material/change_history:", key="slice chosen",
            on_click=_slice_through, args=(chosen,),
        )  # fmt: skip
    show_selected(experiment, _readings(trio, placed), linked.selector_in(experiment))


def _slice_through(samples: list[int]) -> None:
    st.session_state[compare_view.SLICE] = ", ".join(map(str, samples))
    st.rerun([linked.BOUNDARIES, linked.MAPS])


def _show_one(trio: Trio, placed: Placed, sample: int) -> None:
    data = trio.experiment.data
    own, ringed = int(data.train.y[sample]), bool(forget_mask(trio.experiment)[sample])
    row = int(np.searchsorted(placed.indices, sample))
    lines = ["| | calls it | says of its own class | entropy (nats) |", "|:--|:--|--:|--:|"]
    for name in IDENTITIES:
        p = placed.probabilities[name][row]
        call = int(p.argmax())
        lines.append(
            f"| {name.capitalize()} | {data.classes[call]}, {100 * p[call]:.1f}\u00a0% | {100 * p[own]:.1f}\u00a0% "
            f"| {entropy(p):.2f} |"
        )
    picture, words = st.columns([1, 5], vertical_alignment="center")
    if data.kind == "image":
        picture.image(enlarged(data.picture(data.train.x[[sample]])[0]), width=112)
    with words if data.kind == "image" else st.container():
        st.markdown(
            f"**Sample {sample}, class {data.classes[own]}, {'of the forget set' if ringed else 'retained'}**\n\n"
            + "\n".join(lines)
        )


def _readings(trio: Trio, placed: Placed) -> dict[str, np.ndarray]:
    """Of every training sample, what each model calls it and how far it drifted; nothing for those not on the map."""
    classes, n = np.array(trio.experiment.data.classes), len(trio.experiment.data.train)
    found = {}
    for name in IDENTITIES:
        predictions = np.full(n, "", dtype=classes.dtype)
        predictions[placed.indices] = classes[placed.probabilities[name].argmax(1)]
        found[name] = predictions
    way = np.full(n, np.nan)
    way[placed.indices] = 100 * placed.drift.shares
    return {**found, "drift, % of the map": way}


@dataclass(frozen=True, eq=False)
class Placed:
    """One map of the three models, which training samples stand on it (m,), and p(x) of these under each, (m, classes).

    drift: from the original's map to the unlearned model's.
    """

    shared: SharedMap
    indices: np.ndarray
    probabilities: dict[str, np.ndarray]
    drift: Drift


def place(trio: Trio, method: str, space: Space, progress: Callable[[float], None] = lambda share: None) -> Placed:
    """PCA or UMAP of the penultimate features or of the logits, fitted on the original's, the forget set whole.

    The retrained model's features are rotated onto the original's; an unlearned model, which started from the original,
    needs no rotation, and neither do logits, of which each belongs to one class. progress: hears the share done of a
    UMAP, and ends it by what it raises.
    """
    indices, inner = _features(trio)
    forget = trio.experiment.forget_set.indices.numpy()
    outer = {name: logits(trio.networks[name].head, values) for name, values in inner.items()}
    shared = fit_shared_map(
        {name: values.numpy() for name, values in (inner if space == "features" else outer).items()},
        method="umap" if method == "umap" else "pca",
        retained=np.flatnonzero(~np.isin(indices, forget)),
        turned=trio.turned if space == "features" else (),
        progress=progress,
    )
    moved = drift(shared.coordinates["original"], shared.coordinates["unlearned"])
    return Placed(shared, indices, {name: probabilities(values).numpy() for name, values in outer.items()}, moved)


@cached_on_trio  # the slow part of a large map, and the same for every method and space
def _features(trio: Trio) -> tuple[np.ndarray, dict[str, Tensor]]:
    """Which training samples stand on the map, (m,), and by model their penultimate features (m, width)."""
    experiment = trio.experiment
    indices = thinned(experiment.data.train.y, experiment.forget_set.indices.numpy(), MAPPED)
    inputs = experiment.data.train.x[indices]
    return indices, {name: features(network, inputs) for name, network in trio.networks.items()}


@cached_on_trio
def pca_of(trio: Trio, space: Space) -> Placed:
    """The map that is there at once, or of a large forget set after seconds. Raises InputError where there is none."""
    return place(trio, "pca", space)


def pca_soon(trio: Trio, space: Space) -> Placed | None:
    """`pca_of`; None while that is computed for a forget set larger than maps are else, with its progress shown."""
    if len(trio.experiment.forget_set) <= MAPPED:
        return pca_of(trio, space)
    title = "Principal components of the three models"
    found = jobs.soon(f"pca {space} {trio.request_key}", title, lambda job: pca_of(trio, space) is not None, True)
    return pca_of(trio, space) if found else None


def umap_job(trio: Trio, space: Space) -> Job:
    """The UMAP of these models, computed in the background once; one of other models that this tab asked for ends.

    It also ends when no page has asked for it for `work.UNSEEN` seconds, and begins anew when one does again.
    """
    job = jobs.job_of(umap_key(trio, space))
    return start_umap(trio, space) if job is None or jobs.left(job) else job


def start_umap(trio: Trio, space: Space) -> Job:
    """Begin it anew."""
    for key in [key for key in tab().jobs if key.startswith(UMAP) and not key.endswith(trio.request_key)]:
        if tab().jobs[key].active:
            jobs.stop(key)
            del tab().jobs[key]

    def make(job: Job) -> Placed:
        return place(trio, "umap", space, lambda share: job.report(share, f"UMAP of the three models' {space}"))

    return jobs.start(umap_key(trio, space), "UMAP of the three models", make, together=True, unseen=jobs.UNSEEN)


def umap_key(trio: Trio, space: Space) -> str:
    """Its key among this tab's work."""
    return f"{UMAP}{space} {trio.request_key}"


def show_umap_under_way(trio: Trio, space: Space) -> None:
    """While PCA stands in the place of UMAP: how far that is, with Stop; or why there is none."""
    key, job = umap_key(trio, space), umap_job(trio, space)
    if job.active:
        mapped = len(pca_of(trio, space).indices)
        st.caption(
            f"PCA, while UMAP places {mapped:,} samples in the background: about {SECONDS * mapped:.0f} s on 2 cores, "
            "and the first one half a minute longer."
        )
        jobs.show_bar(key, job)
    else:
        jobs.watch(key, retry=lambda: start_umap(trio, space))

"""Shared map of the three models (PCA or UMAP): figures, drift of the samples, readings of the selected samples."""

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
from explorer.ui.compare import shared_selection
from explorer.ui.compare.trio import Trio, cached_on_trio
from explorer.ui.show.pictures import enlarged
from explorer.ui.show.plot import current_theme, plot
from explorer.ui.show.sample_list import show_selected
from explorer.ui.state import compare_view
from explorer.ui.state.parts import publish
from explorer.ui.state.persistence import PERSISTENT
from explorer.ui.state.selection import rerun_if_removed, selected_samples
from explorer.ui.state.tab import tab
from explorer.ui.work import jobs
from explorer.ui.work.cached import forget_mask

Space = Literal["features", "logits"]
MAPPED = 2000  # samples; UMAP takes tens of seconds beyond
SECONDS = 0.015  # per sample, for a UMAP of three models
UMAP = "umap "  # prefix of these jobs' keys


@dataclass(frozen=True, eq=False)
class Placed:
    """A map of the three models.

    Attributes:
        shared: coordinates of the samples under each model, (m, 2), and their trustworthiness.
        indices: (m,) training samples on the map.
        probabilities: by model, p(x) of these samples, (m, classes).
        drift: movement of each sample from the original's map to the unlearned model's.
    """

    shared: SharedMap
    indices: np.ndarray
    probabilities: dict[str, np.ndarray]
    drift: Drift


def show_maps(trio: Trio) -> None:
    """Draw the map as a fragment of the page: PCA at once, UMAP when it is computed."""
    st.markdown("#### Shared map of the three models")
    waiting = compare_view.value("map") == "UMAP" and umap_job(trio, compare_view.value("map_of")).active
    st.fragment(_show, run_every=1.0 if waiting else None, key=shared_selection.MAPS)(trio, waiting)


def place(trio: Trio, method: str, space: Space, progress: Callable[[float], None] = lambda share: None) -> Placed:
    """Compute the map, fitted on the original model. All forget samples are on it.

    The retrained model's features are rotated onto the original's. An unlearned model starts from the original and
    needs no rotation; neither do logits, as each belongs to one class.

    Args:
        trio: the three models.
        method: "pca" or "umap".
        space: "features" of the penultimate layer, or "logits".
        progress: called with the completed share of a UMAP, 0 to 1; an exception raised here stops it.
    """
    indices, inner = _features(trio)
    forget = trio.experiment.forget_set.indices.numpy()
    outer = {name: logits(trio.networks[name].head, values) for name, values in inner.items()}
    shared = fit_shared_map(
        {name: values.numpy() for name, values in (inner if space == "features" else outer).items()},
        method="umap" if method == "umap" else "pca",
        retained=np.flatnonzero(~np.isin(indices, forget)),
        aligned=trio.rotated if space == "features" else (),
        progress=progress,
    )
    moved = drift(shared.coordinates["original"], shared.coordinates["unlearned"])
    return Placed(shared, indices, {name: probabilities(values).numpy() for name, values in outer.items()}, moved)


@cached_on_trio
def pca_of(trio: Trio, space: Space) -> Placed:
    """The PCA map, computed at once (seconds for a large forget set).

    Raises:
        InputError: if there is no map of these samples.
    """
    return place(trio, "pca", space)


def quick_pca(trio: Trio, space: Space) -> Placed | None:
    """`pca_of`; None while it is computed in the background for a large forget set, with progress shown."""
    if len(trio.experiment.forget_set) <= MAPPED:
        return pca_of(trio, space)
    title = "Principal components of the three models"
    done = jobs.quick_result(f"pca {space} {trio.job_key}", title, lambda job: pca_of(trio, space) is not None, True)
    return pca_of(trio, space) if done else None


def umap_job(trio: Trio, space: Space) -> Job:
    """The background job of the UMAP of these models, started if necessary.

    Starting it stops this tab's UMAP jobs of other models. It also stops when no page has requested it for
    `jobs.UNSEEN` seconds, and starts again at the next request.
    """
    job = jobs.job_of(umap_key(trio, space))
    return start_umap(trio, space) if job is None or jobs.was_abandoned(job) else job


def start_umap(trio: Trio, space: Space) -> Job:
    """Start the UMAP of these models and stop this tab's UMAP jobs of other models."""
    for key in [key for key in tab().jobs if key.startswith(UMAP) and not key.endswith(trio.job_key)]:
        if tab().jobs[key].active:
            jobs.stop(key)
            del tab().jobs[key]

    def make(job: Job) -> Placed:
        return place(trio, "umap", space, lambda share: job.report(share, f"UMAP of the three models' {space}"))

    return jobs.start(umap_key(trio, space), "UMAP of the three models", make, shared=True, unseen=jobs.UNSEEN)


def umap_key(trio: Trio, space: Space) -> str:
    """Key of this UMAP among the tab's jobs."""
    return f"{UMAP}{space} {trio.job_key}"


def show_umap_under_way(trio: Trio, space: Space) -> None:
    """Draw the progress of the UMAP with a Stop button, or the reason why it ended without a result."""
    key, job = umap_key(trio, space), umap_job(trio, space)
    if job.active:
        mapped = len(pca_of(trio, space).indices)
        st.caption(
            f"PCA is shown while the UMAP of {mapped:,} samples is computed: about {SECONDS * mapped:.0f} s on 2 "
            "cores, plus half a minute for the first UMAP."
        )
        jobs.show_bar(key, job)
    else:
        jobs.watch(key, retry=lambda: start_umap(trio, space))


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
        placed = quick_pca(trio, space)
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
        st.rerun()  # the whole page, which starts or ends the polling
    _draw(trio, placed, method, space)
    st.caption(_describe(trio, placed, method, space))
    _show_selection(trio, placed)


def _draw(trio: Trio, placed: Placed, method: str, space: Space) -> None:
    experiment, coordinates, indices = trio.experiment, placed.shared.coordinates, placed.indices
    labels, forget = experiment.data.train.y.numpy()[indices], forget_mask(experiment)[indices]
    for column, name in zip(st.columns(3), IDENTITIES, strict=True):
        with column:
            figure = shared_map(
                coordinates[name], labels, forget, name, current_theme(), classes=experiment.data.classes,
                spans=shared_spans(coordinates), indices=indices, height=360, note=trio.note(name),
                hollow_forget=name == "retrained", starts=coordinates["original"],
                drifting=placed.drift.farthest if name == "unlearned" else None,
            )  # fmt: skip
            plot(
                figure, alt=describe_shared_map(coordinates, forget, method, space), key=f"map {name}",
                selected=selected_samples(experiment), on_select=shared_selection.selection_callback(experiment),
            )  # fmt: skip


def _describe(trio: Trio, placed: Placed, method: str, space: Space) -> str:
    """Method and fit of the map, its trustworthiness, and the drift that the arrows show."""
    forget = forget_mask(trio.experiment)[placed.indices]
    trust = ", ".join(f"{name} {100 * placed.shared.trustworthiness[name]:.1f} %" for name in IDENTITIES)
    rotation = "; the retrained model's were rotated onto them (orthogonal Procrustes on retained samples)"
    moved = describe_drift(placed.drift.shares, placed.drift.farthest, forget, "the original", "the unlearned model")
    if not len(placed.drift.farthest) and space == "features":
        moved += " A run that changes only the last layer does not change the features; select the map of logits."
    return (
        f"{method} of the {space} of {len(placed.indices):,} training samples, fitted on the original's"
        f"{rotation if trio.rotated and space == 'features' else ''}. Preserved neighbours (trustworthiness): {trust}. "
        f"{moved}"
    )


def _show_selection(trio: Trio, placed: Placed) -> None:
    """Readings of the first selected sample on the map, then the list of all selected samples."""
    experiment, selected = trio.experiment, selected_samples(trio.experiment)
    on_map = np.intersect1d(selected, placed.indices)
    if len(on_map):
        _show_sample(trio, placed, int(on_map[0]))
    if experiment.data.kind == "image" and len(selected) == 3:
        st.button(
            "Slice through selected samples", icon=":material/change_history:", key="slice chosen",
            on_click=_slice_through, args=(selected,),
        )  # fmt: skip
    show_selected(experiment, _readings(trio, placed), shared_selection.selection_callback(experiment))


def _slice_through(samples: list[int]) -> None:
    st.session_state[compare_view.SLICE] = ", ".join(map(str, samples))
    st.rerun([shared_selection.BOUNDARIES, shared_selection.MAPS])


def _show_sample(trio: Trio, placed: Placed, sample: int) -> None:
    """Picture of one sample, and prediction, p of its label and entropy under each model."""
    data = trio.experiment.data
    label, ringed = int(data.train.y[sample]), bool(forget_mask(trio.experiment)[sample])
    row = int(np.searchsorted(placed.indices, sample))
    lines = ["| | Prediction (p) | p of its label | Entropy (nats) |", "|:--|:--|--:|--:|"]
    for name in IDENTITIES:
        p = placed.probabilities[name][row]
        predicted = int(p.argmax())
        lines.append(
            f"| {name.capitalize()} | {data.classes[predicted]}, {100 * p[predicted]:.1f}\u00a0% "
            f"| {100 * p[label]:.1f}\u00a0% | {entropy(p):.2f} |"
        )
    picture, table = st.columns([1, 5], vertical_alignment="center")
    if data.kind == "image":
        picture.image(enlarged(data.picture(data.train.x[[sample]])[0]), width=112)
    with table if data.kind == "image" else st.container():
        st.markdown(
            f"**Sample {sample}, class {data.classes[label]}, {'forget set' if ringed else 'retained'}**\n\n"
            + "\n".join(lines)
        )


def _readings(trio: Trio, placed: Placed) -> dict[str, np.ndarray]:
    """Prediction of each model and drift for every training sample, (n,); empty for samples that are not on the map."""
    classes, n = np.array(trio.experiment.data.classes), len(trio.experiment.data.train)
    columns = {}
    for name in IDENTITIES:
        predictions = np.full(n, "", dtype=classes.dtype)
        predictions[placed.indices] = classes[placed.probabilities[name].argmax(1)]
        columns[name] = predictions
    drifts = np.full(n, np.nan)
    drifts[placed.indices] = 100 * placed.drift.shares
    return {**columns, "drift (% of the map)": drifts}


@cached_on_trio  # slow for a large map, and the same for every method and space
def _features(trio: Trio) -> tuple[np.ndarray, dict[str, Tensor]]:
    """Training samples on the map, (m,), and by model their penultimate features, (m, width)."""
    experiment = trio.experiment
    indices = thinned(experiment.data.train.y, experiment.forget_set.indices.numpy(), MAPPED)
    inputs = experiment.data.train.x[indices]
    return indices, {name: features(network, inputs) for name, network in trio.networks.items()}

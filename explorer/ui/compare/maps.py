"""One map of the three models: where each has the samples, who moved, and what each says of those that are chosen."""

from __future__ import annotations

import numpy as np
import streamlit as st
from scipy.stats import entropy

from explorer.figures.shared_map import describe_drift, describe_shared_map, shared_map, shared_spans
from explorer.figures.theme import IDENTITIES
from explorer.settings import InputError
from explorer.ui import say
from explorer.ui.choice import publish, rerun_if_gone
from explorer.ui.chosen import chosen_samples, show_chosen
from explorer.ui.compare import linked, view
from explorer.ui.compare.one_map import Placed, Space, pca_soon, show_umap_under_way, umap_job
from explorer.ui.compare.trio import Trio
from explorer.ui.kept import KEPT
from explorer.ui.models import forget_mask
from explorer.ui.pictures import enlarged
from explorer.ui.plot import current_theme, plot


def show_maps(trio: Trio) -> None:
    """PCA at once, UMAP when it is there; a lasso or a click in one map stands out in all."""
    st.markdown("#### One map of all three")
    waiting = view.value("map") == "UMAP" and umap_job(trio, view.value("map_of")).active
    st.fragment(_show, run_every=1.0 if waiting else None, key=linked.MAPS)(trio, waiting)


def _show(trio: Trio, waiting: bool) -> None:
    rerun_if_gone(trio.experiment)
    with st.container(horizontal=True):
        method = st.segmented_control(
            "Map", ["UMAP", "PCA"], key=view.key("map"), required=True, label_visibility="collapsed", **KEPT
        )
        space: Space = st.segmented_control(
            "of", ["features", "logits"], key=view.key("map_of"), required=True,
            format_func=lambda space: f"of {space}", label_visibility="collapsed", **KEPT,
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
                chosen=chosen_samples(experiment), on_choose=linked.choose_in(experiment),
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
    experiment, chosen = trio.experiment, chosen_samples(trio.experiment)
    on_map = np.intersect1d(chosen, placed.indices)
    if len(on_map):
        _show_one(trio, placed, int(on_map[0]))
    if experiment.data.kind == "image" and len(chosen) == 3:
        st.button(
            "Slice through these three", icon=":material/change_history:", key="slice chosen",
            on_click=_slice_through, args=(chosen,),
        )  # fmt: skip
    show_chosen(experiment, _readings(trio, placed), linked.choose_in(experiment))


def _slice_through(samples: list[int]) -> None:
    st.session_state[view.SLICE] = ", ".join(map(str, samples))
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
        calls = np.full(n, "", dtype=classes.dtype)
        calls[placed.indices] = classes[placed.probabilities[name].argmax(1)]
        found[name] = calls
    way = np.full(n, np.nan)
    way[placed.indices] = 100 * placed.drift.shares
    return {**found, "drift, % of the map": way}

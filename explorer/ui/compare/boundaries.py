"""One slice through the space of pictures: the plane through three of them, as each model divides it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import streamlit as st

from explorer.background import Job
from explorer.background.progress import Share
from explorer.data import Split
from explorer.evaluation import CORNERS, PlaneGrid, boundary_slice, disagreement, grid_through, telling_corners
from explorer.experiments import Experiment
from explorer.experiments.derived.slices import stored_slice
from explorer.figures.image_slice import LETTERS, describe_image_slice, image_slice
from explorer.figures.theme import IDENTITIES
from explorer.settings import InputError
from explorer.ui import say
from explorer.ui.compare import linked
from explorer.ui.compare.trio import Trio
from explorer.ui.show.pictures import enlarged, picture_link
from explorer.ui.show.planes import show_plane
from explorer.ui.show.plot import current_theme, plot
from explorer.ui.state import compare_view
from explorer.ui.state.parameters import PERSISTENT
from explorer.ui.state.parts import publish
from explorer.ui.state.selection import rerun_if_removed, selected_samples
from explorer.ui.work import jobs
from explorer.ui.work.cached import MANY, boundary_of, forget_mask

JOB = "slice"
Samples = tuple[int, int, int]


def show_boundaries(trio: Trio) -> None:
    """The three models' boundaries side by side, and how much of what is seen they call by another name."""
    st.fragment(_show, key=linked.BOUNDARIES)(trio)


def _show(trio: Trio) -> None:
    rerun_if_removed(trio.experiment)
    if trio.experiment.data.kind == "plane":
        _show_planes(trio)
    else:
        show_slice(trio)
    linked.offer_here(trio.experiment)


def _show_planes(trio: Trio) -> None:
    regions = {name: boundary_of(network, trio.experiment) for name, network in trio.networks.items()}
    for place, name in zip(st.columns(3), IDENTITIES, strict=True):
        with place:
            show_plane(trio.experiment, [regions[name]], name, [trio.note(name)], linked.selector_in(trio.experiment))
    moved = {name: 100 * disagreement(regions[name], regions["retrained"]) for name in ("original", "unlearned")}
    st.caption(
        f"Of the plane, {moved['original']:.1f} % lies on another side in the original than in the retrained model, "
        f"and {moved['unlearned']:.1f} % in the unlearned one. Training seeds move it too. "
        "A lasso or a click chooses samples in every picture."
    )


def show_slice(trio: Trio) -> None:
    """The three models on one slice, how much of it they call by another name, and the samples at its corners."""
    experiment = trio.experiment
    st.markdown("#### One slice through the space of pictures")
    words, picker = st.columns([3, 1], vertical_alignment="bottom")
    picker.text_input(
        "Samples at the corners", key=compare_view.SLICE, **PERSISTENT,
        placeholder=", ".join(map(str, _usual(experiment))),
        help="Three training samples, or one, to which the page adds its nearest of the same and of another class. "
        "Three that you choose on the map below can be taken over there.",
    )  # fmt: skip
    try:
        samples = samples_named(st.session_state[compare_view.SLICE], experiment)
        grid = _grid(experiment.ignoring_forget_set, samples)
    except InputError as error:
        say.error(error)
        return
    publish(experiment)
    job = _job(trio, samples, grid)
    jobs.wait_briefly(job)
    if job.state != "done":
        jobs.watch(JOB, retry=lambda: _start(trio, samples, grid))
        return
    _draw(trio, samples, grid, job.result)
    with words:
        st.markdown(_sentence(job.result, grid))
    st.caption(_corners_in_words(experiment, samples))


def samples_named(listed: str, experiment: Experiment) -> Samples:
    """The three samples that these numbers name: three, or one and those that tell most beside it, or none.

    Raises InputError for what is no such list.
    """
    parts, last = listed.replace(",", " ").split(), len(experiment.data.train) - 1
    if not parts:
        parts = [str(int(experiment.forget_set.indices[0]))]
    if len(parts) not in (1, 3) or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise InputError(f"A slice takes one sample number or three, as in 4, 17, 90, not {listed[:40]!r}.")
    found = [int(part) for part in parts]
    if max(found) > last:
        raise InputError(f"There is no training sample {max(found)}; they are numbered 0 to {last}.")
    if len(set(found)) < len(found):
        raise InputError("A slice needs three different samples; one of these is named twice.")
    return _telling(experiment.ignoring_forget_set, found[0]) if len(found) == 1 else (found[0], found[1], found[2])


@lru_cache(maxsize=64)
def _telling(experiment: Experiment, sample: int) -> Samples:
    """`telling_corners`, which looks at every sample of the set."""
    return telling_corners(experiment.data.train, sample)


@lru_cache(maxsize=16)
def _usual(experiment: Experiment) -> tuple[int, ...]:
    """The samples that the page chooses; none where it cannot."""
    try:
        return samples_named("", experiment)
    except InputError:
        return ()


@lru_cache(maxsize=4)
def _grid(experiment: Experiment, samples: Samples) -> PlaneGrid:
    return grid_through(experiment.data.train.x[list(samples)])


def _job(trio: Trio, samples: Samples, grid: PlaneGrid) -> Job:
    """What computes, or has computed, the slice that is asked for; one at a time."""
    job, asked = jobs.job_of(JOB), st.session_state.get("slice asked")
    known = job is not None and asked == (trio, samples) and not jobs.left(job)
    return job if job is not None and known else _start(trio, samples, grid)


def _start(trio: Trio, samples: Samples, grid: PlaneGrid) -> Job:
    st.session_state["slice asked"] = (trio, samples)

    def cut(job: Job) -> dict[str, np.ndarray]:
        found = {}
        for turn, name in enumerate(trio.networks):

            def report(share: float, name: str = name, turn: int = turn) -> None:
                job.report((turn + share) / len(trio.networks), f"Asking the {name} model along the slice")

            report(0.0)
            found[name] = _cut(trio, name, samples, grid, report)
        return found

    return jobs.start(JOB, "The slice through three pictures", cut, unseen=jobs.UNSEEN)


def _cut(trio: Trio, name: str, samples: Samples, grid: PlaneGrid, progress: Share) -> np.ndarray:
    """One model along the slice; of a large set it is kept in the store, like the network."""
    network, key = trio.networks[name], trio.stored_as(name)
    if key is None or len(trio.experiment.data.train) < MANY:
        return boundary_slice(network, grid)
    return stored_slice(trio.experiment, key, network, samples, grid, progress)


def _draw(trio: Trio, samples: Samples, grid: PlaneGrid, regions: dict[str, np.ndarray]) -> None:
    data, theme, three = trio.experiment.data, current_theme(), list(samples)
    corners: Split = data.train[three]
    pictures = [picture_link(enlarged(picture)) for picture in data.picture(corners.x)]
    labels, forget = corners.y.numpy(), forget_mask(trio.experiment)[three]
    for place, name in zip(st.columns(3), IDENTITIES, strict=True):
        with place:
            figure = image_slice(
                grid.xs, grid.ys, regions[name], CORNERS, pictures, labels, forget, name, theme, classes=data.classes,
                samples=samples, note=trio.note(name), hollow_forget=name == "retrained",
            )  # fmt: skip
            words = describe_image_slice(regions[name], labels, forget, name, data.classes)
            plot(
                figure, alt=words, key=f"slice {name}", chosen=selected_samples(trio.experiment),
                on_choose=linked.selector_in(trio.experiment),
            )  # fmt: skip


def _sentence(regions: dict[str, np.ndarray], grid: PlaneGrid) -> str:
    moved = {name: 100 * disagreement(regions[name], regions["retrained"]) for name in ("original", "unlearned")}
    return (
        f"The retrained model calls **{moved['original']:.1f} %** of this slice something else than the original does, "
        f"and **{moved['unlearned']:.1f} %** something else than the unlearned one (n = {len(grid.points):,} points). "
        "It is one slice of many: another three samples, or another training seed, give other numbers."
    )


def _corners_in_words(experiment: Experiment, samples: Samples) -> str:
    data, forget = experiment.data, forget_mask(experiment)
    named = [
        f"{letter}: sample {sample}, class {data.classes[int(data.train.y[sample])]}, "
        f"{'forget set' if forget[sample] else 'retained'}"
        for letter, sample in zip(LETTERS, samples, strict=True)
    ]
    flat = data.train.x[list(samples)].flatten(1)
    sides = [f"{LETTERS[a]}{LETTERS[b]} {float((flat[a] - flat[b]).norm()):.1f}" for a, b in ((0, 1), (0, 2), (1, 2))]
    return (
        f"{'. '.join(named)}. The triangle is drawn with equal sides; between the inputs they are {', '.join(sides)} "
        "standardised units long. Points between the corners are mixtures of pictures that no training set holds."
    )

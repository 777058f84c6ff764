"""Decision boundaries of the three models side by side: on the plane, or on a slice through three pictures."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import streamlit as st

from explorer.background import Job
from explorer.background.progress import Progress
from explorer.data import Split
from explorer.evaluation import CORNERS, PlaneGrid, boundary_slice, disagreement, grid_through, nearest_corners
from explorer.experiments import Experiment
from explorer.experiments.derived.slices import SLICES
from explorer.figures.image_slice import LETTERS, describe_image_slice, image_slice
from explorer.figures.theme import IDENTITIES
from explorer.settings import InputError
from explorer.ui import say
from explorer.ui.compare import shared_selection
from explorer.ui.compare.trio import Trio
from explorer.ui.show.pictures import enlarged, picture_link
from explorer.ui.show.planes import show_plane
from explorer.ui.show.plot import current_theme, plot
from explorer.ui.state import compare_view
from explorer.ui.state.parts import publish
from explorer.ui.state.persistence import PERSISTENT
from explorer.ui.state.selection import rerun_if_removed, selected_samples
from explorer.ui.work import jobs
from explorer.ui.work.cached import SLOW_SAMPLES, boundary_of, forget_mask

JOB = "slice"
Samples = tuple[int, int, int]


def show_boundaries(trio: Trio) -> None:
    """Draw the three models' decision regions with their disagreement with retrained, as a fragment of the page."""
    st.fragment(_show, key=shared_selection.BOUNDARIES)(trio)


def show_slice(trio: Trio) -> None:
    """Draw the three models on one slice through three pictures, with the samples at its corners."""
    experiment = trio.experiment
    st.markdown("#### Slice through three pictures")
    text, picker = st.columns([3, 1], vertical_alignment="bottom")
    picker.text_input(
        "Samples at the corners", key=compare_view.SLICE, **PERSISTENT,
        placeholder=", ".join(map(str, _default_samples(experiment))),
        help="Three training samples, or one: then its nearest sample of the same class and of another class are "
        "added. Three samples selected on the map below can be used with a button there.",
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
    _draw_slice(trio, samples, grid, job.result)
    with text:
        st.markdown(_disagreement_sentence(job.result, grid))
    st.caption(_describe_corners(experiment, samples))


def samples_named(listed: str, experiment: Experiment) -> Samples:
    """The three training samples of a slice, parsed from text.

    Args:
        listed: three sample numbers; or one, to which two are added (`nearest_corners`); or none, which stands for the
            first forget sample. Separated by commas or spaces.
        experiment: the experiment of the page.

    Raises:
        InputError: if the text is no such list, a number is too large, or two numbers are equal.
    """
    parts, last = listed.replace(",", " ").split(), len(experiment.data.train) - 1
    if not parts:
        parts = [str(int(experiment.forget_set.indices[0]))]
    if len(parts) not in (1, 3) or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise InputError(f"A slice takes one or three sample numbers, as in 4, 17, 90, not {listed[:40]!r}.")
    numbers = [int(part) for part in parts]
    if max(numbers) > last:
        raise InputError(f"There is no training sample {max(numbers)}; samples are numbered 0 to {last}.")
    if len(set(numbers)) < len(numbers):
        raise InputError("A slice takes three different samples; one number is listed twice.")
    if len(numbers) == 1:
        return _corners_of(experiment.ignoring_forget_set, numbers[0])
    return numbers[0], numbers[1], numbers[2]


def _show(trio: Trio) -> None:
    rerun_if_removed(trio.experiment)
    if trio.experiment.data.kind == "plane":
        _show_planes(trio)
    else:
        show_slice(trio)
    shared_selection.show_selection_buttons(trio.experiment)


def _show_planes(trio: Trio) -> None:
    experiment = trio.experiment
    regions = {name: boundary_of(network, experiment) for name, network in trio.networks.items()}
    on_select = shared_selection.selection_callback(experiment)
    for place, name in zip(st.columns(3), IDENTITIES, strict=True):
        with place:
            show_plane(experiment, [regions[name]], name, [trio.note(name)], on_select)
    moved = {name: 100 * disagreement(regions[name], regions["retrained"]) for name in ("original", "unlearned")}
    st.caption(
        f"Disagreement with retrained (share of the plane): original {moved['original']:.1f} %, "
        f"unlearned {moved['unlearned']:.1f} %. The training seed also changes it. "
        "A lasso or a click in any figure selects samples."
    )


def _disagreement_sentence(regions: dict[str, np.ndarray], grid: PlaneGrid) -> str:
    moved = {name: 100 * disagreement(regions[name], regions["retrained"]) for name in ("original", "unlearned")}
    return (
        f"Disagreement with retrained (share of the slice, n = {len(grid.points):,} points): original "
        f"**{moved['original']:.1f} %**, unlearned **{moved['unlearned']:.1f} %**. "
        "This is one slice of many; other samples or another training seed give other values."
    )


def _draw_slice(trio: Trio, samples: Samples, grid: PlaneGrid, regions: dict[str, np.ndarray]) -> None:
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
            description = describe_image_slice(regions[name], labels, forget, name, data.classes)
            plot(
                figure, alt=description, key=f"slice {name}", selected=selected_samples(trio.experiment),
                on_select=shared_selection.selection_callback(trio.experiment),
            )  # fmt: skip


def _describe_corners(experiment: Experiment, samples: Samples) -> str:
    data, forget = experiment.data, forget_mask(experiment)
    named = [
        f"{letter}: sample {sample}, class {data.classes[int(data.train.y[sample])]}, "
        f"{'forget set' if forget[sample] else 'retained'}"
        for letter, sample in zip(LETTERS, samples, strict=True)
    ]
    flat = data.train.x[list(samples)].flatten(1)
    sides = [f"{LETTERS[a]}{LETTERS[b]} {float((flat[a] - flat[b]).norm()):.1f}" for a, b in ((0, 1), (0, 2), (1, 2))]
    return (
        f"{'. '.join(named)}. The triangle is drawn with equal sides; the distances between the inputs are "
        f"{', '.join(sides)} standardised units. Points between the corners are mixtures of pictures and are not in "
        "the training set."
    )


@lru_cache(maxsize=64)
def _corners_of(experiment: Experiment, sample: int) -> Samples:
    """`nearest_corners`, cached because it computes the distance to every training sample."""
    return nearest_corners(experiment.data.train, sample)


@lru_cache(maxsize=16)
def _default_samples(experiment: Experiment) -> tuple[int, ...]:
    """The samples of the default slice; () if there are not three different samples."""
    try:
        return samples_named("", experiment)
    except InputError:
        return ()


@lru_cache(maxsize=4)
def _grid(experiment: Experiment, samples: Samples) -> PlaneGrid:
    return grid_through(experiment.data.train.x[list(samples)])


def _job(trio: Trio, samples: Samples, grid: PlaneGrid) -> Job:
    """The job of this slice, started if necessary; a tab computes one slice at a time."""
    job, requested = jobs.job_of(JOB), st.session_state.get("slice asked")
    known = job is not None and requested == (trio, samples) and not jobs.was_abandoned(job)
    return job if job is not None and known else _start(trio, samples, grid)


def _start(trio: Trio, samples: Samples, grid: PlaneGrid) -> Job:
    st.session_state["slice asked"] = (trio, samples)

    def cut(job: Job) -> dict[str, np.ndarray]:
        regions = {}
        for turn, name in enumerate(trio.networks):

            def report(share: float, _: str = "", name: str = name, turn: int = turn) -> None:
                job.report((turn + share) / len(trio.networks), f"Evaluating the {name} model on the slice")

            report(0.0)
            regions[name] = _cut(trio, name, samples, grid, report)
        return regions

    return jobs.start(JOB, "Slice through three pictures", cut, unseen=jobs.UNSEEN)


def _cut(trio: Trio, name: str, samples: Samples, grid: PlaneGrid, progress: Progress) -> np.ndarray:
    """Probabilities of one model on the slice; stored if the data set is large and the network is stored."""
    network, key = trio.networks[name], trio.store_key(name)
    if key is None or len(trio.experiment.data.train) < SLOW_SAMPLES:
        return boundary_slice(network, grid)
    return SLICES.get(trio.experiment, network, progress, key, samples, grid)

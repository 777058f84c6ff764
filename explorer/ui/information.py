"""What the Information page knows of its samples: read from the store, or measured in the background."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import streamlit as st

from explorer.experiments import Experiment, Job
from explorer.experiments.gradients import Gradient, gradients_known, gradients_of
from explorer.experiments.neighbours import Neighbours, neighbours_known, neighbours_of
from explorer.experiments.points import Space, positions_known, positions_of
from explorer.experiments.progress import parts, silent
from explorer.experiments.removal import Removal, all_at_once, each_left_out, leave_each_out, leave_out
from explorer.figures.alpha_profile import alpha_bands
from explorer.ui import work
from explorer.ui.models import network_of

FEW = 8  # samples that are retrained without one after the other, at most, in one go


@dataclass(frozen=True, eq=False)
class Information:
    """Of every training sample: its neighbours, its gradients (n,) and its place on the map (n, 2)."""

    neighbours: Neighbours
    gradients: dict[Gradient, np.ndarray]
    positions: np.ndarray

    @cached_property
    def bands(self) -> np.ndarray:
        """How alpha is spread over the samples at every radius, (5, radii)."""
        return alpha_bands(self.neighbours.alpha)


def information(experiment: Experiment, space: Space) -> Information | None:
    """Neighbours and gradients; None while they are measured, with progress shown."""
    if _measured(experiment, space):
        return _read(experiment, space)
    key = f"information {_name(experiment)} {space}"

    def start() -> Job:
        measure = "Measuring neighbours and gradients"
        return work.start(key, measure, lambda job: _measure(experiment, space, job), together=True)

    if work.job_of(key) is None:
        start()
    work.watch(key, retry=start)
    return None


def _measured(experiment: Experiment, space: Space) -> bool:
    return neighbours_known(experiment, space) and gradients_known(experiment) and positions_known(experiment, space)


def _measure(experiment: Experiment, space: Space, job: Job) -> None:
    network = network_of(experiment, "original")
    # Neighbours grow with the square of the samples, gradients with their number.
    neighbours, gradients, positions = parts(job.report, (0.6, 0.35, 0.05))
    neighbours_of(experiment, space, network, neighbours)
    gradients_of(experiment, network, gradients)
    positions_of(experiment, space, network, positions)


@lru_cache(maxsize=8)
def _read(experiment: Experiment, space: Space) -> Information:
    network = network_of(experiment, "original")
    neighbours = neighbours_of(experiment, space, network, silent)
    gradients = gradients_of(experiment, network, silent)
    return Information(neighbours, gradients, positions_of(experiment, space, network))


def removal(experiment: Experiment) -> Removal:
    """What is known of leaving samples out: all of a plane's samples, or else those that this tab has asked for."""
    if all_at_once(experiment):
        return _read_removal(experiment) if each_left_out(experiment) else _unknown(experiment)
    job, found = work.job_of(_removal_key(experiment)), _asked(experiment)
    if job is not None and job.state == "done":
        found.update(job.result)
    nothing = _unknown(experiment)
    for sample, (nats, moved) in found.items():
        nothing.information[sample], nothing.moved[sample] = nats, moved
    return nothing


def offer_removal(experiment: Experiment, chosen: list[int]) -> None:
    """The button that finds the leave-one-out truth out, and its progress; nothing where all is known."""
    every, key = all_at_once(experiment), _removal_key(experiment)
    asked = [sample for sample in chosen if sample not in _asked(experiment)][:FEW]
    if every and each_left_out(experiment):
        return
    samples = len(experiment.data.train)
    job = work.job_of(key)
    if job is None or not job.active:
        words = (
            f"Train {samples:,} models, each without one sample" if every else f"Retrain without each of {len(asked)}"
        )
        if every or asked:
            pressed = st.button(
                words, icon=":material/model_training:", key="leave out", on_click=_leave_out, args=(experiment, asked),
                help="The only way to know what a sample tells: train without it and compare.",
            )  # fmt: skip
            if pressed:
                st.rerun()
        elif not _asked(experiment):
            st.info("Choose a few samples in a picture to retrain without each of them.")
    work.watch(key)


def _leave_out(experiment: Experiment, samples: list[int]) -> None:
    every = all_at_once(experiment)

    def leave(job: Job) -> dict[int, tuple[float, float]]:
        if every:
            leave_each_out(experiment, job.report)
            return {}
        found = leave_out(experiment, samples, job.report)
        return {sample: (found.information[sample], found.moved[sample]) for sample in samples}

    title = "Leaving each sample out" if every else f"Retraining without each of {len(samples)} samples"
    work.start(_removal_key(experiment), title, leave, together=every)


@lru_cache(maxsize=8)
def _read_removal(experiment: Experiment) -> Removal:
    return leave_each_out(experiment, silent)


def _asked(experiment: Experiment) -> dict[int, tuple[float, float]]:
    found: dict[int, tuple[float, float]] = st.session_state.setdefault(f"removed {_name(experiment)}", {})
    return found


def _unknown(experiment: Experiment) -> Removal:
    return Removal(*(np.full(len(experiment.data.train), np.nan) for _ in range(2)))


def _removal_key(experiment: Experiment) -> str:
    return f"removal {_name(experiment)}"


def _name(experiment: Experiment) -> str:
    return f"{experiment.dataset} {experiment.model} {experiment.seed}"

"""What the Information page argues from: every training sample's readings at one radius, one tau and one gradient."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from explorer.background import Job
from explorer.background.progress import ignore_progress, parts
from explorer.evaluation import thinned
from explorer.experiments import Experiment
from explorer.experiments.derived.gradients import Gradient, gradients_known, gradients_of
from explorer.experiments.derived.neighbours import Neighbours, neighbours_known, neighbours_of
from explorer.experiments.derived.points import Space, positions_known, positions_of
from explorer.experiments.derived.removal import Removal
from explorer.figures.alpha_profile import alpha_bands
from explorer.geometry import alone, low_information
from explorer.ui.show.plot import current_theme
from explorer.ui.state.selection import selected_samples
from explorer.ui.work import jobs
from explorer.ui.work.cached import forget_mask, network_of


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


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known of every training sample at one setting of the page; arrays are (n,)."""

    experiment: Experiment
    known: Information
    removal: Removal
    space: Space
    radius: float
    tau: float
    of: Gradient

    @cached_property
    def position(self) -> int:
        """Of the radius in the grid."""
        return self.known.neighbours.at(self.radius)

    @property
    def alpha(self) -> np.ndarray:
        """alpha(x) at this radius, 1 for a sample that is alone in its ball."""
        return self.known.neighbours.alpha[:, self.position]

    @property
    def counts(self) -> np.ndarray:
        """Samples in the ball."""
        return self.known.neighbours.counts[:, self.position]

    @cached_property
    def lonely(self) -> np.ndarray:
        """Which samples are alone in their ball."""
        return alone(self.counts)

    @cached_property
    def told(self) -> np.ndarray:
        """alpha where it says something: NaN for a sample that is alone."""
        return np.where(self.lonely, np.nan, self.alpha)

    @property
    def gradient(self) -> np.ndarray:
        """The gradient's norm."""
        return self.known.gradients[self.of]

    @property
    def gradient_name(self) -> str:
        """What the gradient is, for an axis."""
        return f"gradient norm of the {self.of}"

    @cached_property
    def low(self) -> np.ndarray:
        """Which samples carry little information; those that are alone do not count."""
        return low_information(self.alpha, self.tau) & ~self.lonely

    @property
    def amount(self) -> np.ndarray:
        """ "low" or "high" information by tau, or "alone", of which alpha says nothing."""
        return np.where(self.lonely, "alone", np.where(self.low, "low", "high"))

    @cached_property
    def shared(self) -> dict[str, Any]:
        """What every picture of samples takes."""
        data = self.experiment.data
        return {"labels": data.train.y.numpy(), "forget": forget_mask(self.experiment), "classes": data.classes,
                "theme": current_theme()}  # fmt: skip

    def shared_among(self, samples: np.ndarray) -> dict[str, Any]:
        """`shared`, of these samples alone."""
        return {name: value[samples] if isinstance(value, np.ndarray) else value for name, value in self.shared.items()}

    @cached_property
    def drawn(self) -> np.ndarray:
        """Positions of the samples that stand in the pictures: of a large set not all, but each that was chosen."""
        return np.union1d(_drawn(self.experiment), selected_samples(self.experiment)).astype(np.int64)

    @property
    def drawn_in_words(self) -> str:
        """How many that are, where it is not all of them."""
        shown, n = len(self.drawn), len(self.alpha)
        return "" if shown == n else (
            f" Drawn are {shown:,} of the {n:,} samples, the forget set whole and of each class its share; "
            "what is counted is counted over all."
        )  # fmt: skip

    @cached_property
    def telling_samples(self) -> dict[str, int]:
        """Samples that are worth a look, by what they are: the most and the least informative, and a core one of each
        class, those of the forget set first.

        Informative by the leave-one-out truth where it is known, else by alpha, the gradient deciding among equals.
        """
        truth, labels = self.removal.information, self.shared["labels"]
        if np.isnan(truth).all():
            order = np.lexsort((-self.gradient, self.alpha + self.lonely))
            found = {"Lowest alpha": int(order[0]), "Highest alpha": int(np.lexsort((self.gradient, -self.told))[0])}
        else:
            found = {
                "Most informative": int(np.nanargmax(truth)),
                "Least informative": int(np.nanargmin(np.abs(truth))),
            }
        dense = self.known.neighbours.alike[:, self.position] * self.alpha
        sizes = np.bincount(labels[self.shared["forget"]], minlength=len(self.experiment.data.classes))
        for number in np.argsort(-sizes, kind="stable").tolist():  # those that are forgotten first
            name = self.experiment.data.classes[number]
            found[f"Core of {name}"] = int(np.where(labels == number, dense, -1).argmax())
        return found


@lru_cache(maxsize=32)
def _drawn(experiment: Experiment) -> np.ndarray:
    """The training samples that pictures draw anyway: all, or of a large set the forget set and some of each class."""
    return thinned(experiment.data.train.y.numpy(), experiment.forget_set.indices.numpy())


def information(experiment: Experiment, space: Space) -> Information | None:
    """Neighbours and gradients; None while they are measured, with progress shown."""
    if _measured(experiment, space):
        return _read(experiment.ignoring_forget_set, space)
    key = f"information {experiment.ignoring_forget_set} {space}"

    def start() -> Job:
        measure = "Measuring neighbours and gradients"
        return jobs.start(key, measure, lambda job: _measure(experiment, space, job), together=True)

    if jobs.needed(key):
        start()
    jobs.watch(key, retry=start)
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
    neighbours = neighbours_of(experiment, space, network, ignore_progress)
    gradients = gradients_of(experiment, network, ignore_progress)
    return Information(neighbours, gradients, positions_of(experiment, space, network))

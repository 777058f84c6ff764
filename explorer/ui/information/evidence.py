"""Measurements of the Information page.

`information` measures the neighbours, input gradients and map positions of all training samples in a job. `Evidence`
derives from them alpha(x), low information and the samples to draw, for the current values of the page's widgets.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from explorer.background import Job
from explorer.background.progress import ignore_progress, parts
from explorer.evaluation import thinned
from explorer.experiments import Experiment
from explorer.experiments.derived.gradients import GRADIENTS, Gradient
from explorer.experiments.derived.neighbours import NEIGHBOURS, Neighbours
from explorer.experiments.derived.points import Space, positions_of, positions_stored
from explorer.experiments.derived.removal import Removal
from explorer.figures.alpha_profile import alpha_bands
from explorer.geometry import alone, low_information
from explorer.ui.show.plot import current_theme
from explorer.ui.state.selection import selected_samples
from explorer.ui.work import jobs
from explorer.ui.work.cached import forget_mask, network_of


@dataclass(frozen=True, eq=False)
class Information:
    """Measurements of all n training samples, the same for every forget set.

    Attributes:
        neighbours: alpha(x) and neighbour counts at every radius.
        gradients: norm of each kind of input gradient, (n,) each.
        positions: (n, 2) coordinates on the map.
    """

    neighbours: Neighbours
    gradients: dict[Gradient, np.ndarray]
    positions: np.ndarray

    @cached_property
    def bands(self) -> np.ndarray:
        """Quantiles of alpha over the samples at every radius, (5, radii)."""
        return alpha_bands(self.neighbours.alpha)


def information(experiment: Experiment, space: Space) -> Information | None:
    """Measurements of the training samples, from the store or a job.

    Args:
        experiment: its data set and original model are measured; the forget set does not matter.
        space: space in which distances are measured.

    Returns:
        The measurements; None while the job runs, with its progress on the page.
    """
    if _measured(experiment, space):
        return _read(experiment.ignoring_forget_set, space)
    key = f"information {experiment.ignoring_forget_set} {space}"

    def start() -> Job:
        title = "Measuring neighbours and gradients"
        return jobs.start(key, title, lambda job: _measure(experiment, space, job), shared=True)

    if jobs.needed(key):
        start()
    jobs.watch(key, retry=start)
    return None


def _measured(experiment: Experiment, space: Space) -> bool:
    return NEIGHBOURS.stored(experiment, space) and GRADIENTS.stored(experiment) and positions_stored(experiment, space)


def _measure(experiment: Experiment, space: Space, job: Job) -> None:
    network = network_of(experiment, "original")
    # Shares of the progress bar: the cost of neighbours grows with n squared, that of gradients with n.
    neighbours, gradients, positions = parts(job.report, (0.6, 0.35, 0.05))
    NEIGHBOURS.get(experiment, network, neighbours, space)
    GRADIENTS.get(experiment, network, gradients)
    positions_of(experiment, space, network, positions)


@lru_cache(maxsize=8)
def _read(experiment: Experiment, space: Space) -> Information:
    network = network_of(experiment, "original")
    neighbours = NEIGHBOURS.get(experiment, network, ignore_progress, space)
    gradients = GRADIENTS.get(experiment, network, ignore_progress)
    return Information(neighbours, gradients, positions_of(experiment, space, network))


@dataclass(frozen=True, eq=False)
class Evidence:
    """Readings of the n training samples at one setting of the page; arrays are (n,).

    Attributes:
        experiment: data set, model, seed and forget set.
        measured: measurements of all samples.
        removal: leave-one-out information, NaN where it is not computed.
        space: space in which distances are measured.
        radius: radius r of the neighbourhoods, in units of `space`.
        tau: threshold of alpha(x) for low information (Definition 4.2).
        gradient_of: output whose input gradient is shown.
    """

    experiment: Experiment
    measured: Information
    removal: Removal
    space: Space
    radius: float
    tau: float
    gradient_of: Gradient

    @cached_property
    def radius_index(self) -> int:
        """Index of the radius among those measured."""
        return self.measured.neighbours.at(self.radius)

    @property
    def alpha(self) -> np.ndarray:
        """alpha(x) at this radius; 1 for a sample with no other sample within the radius."""
        return self.measured.neighbours.alpha[:, self.radius_index]

    @property
    def counts(self) -> np.ndarray:
        """Number of samples within the radius, the sample itself included."""
        return self.measured.neighbours.counts[:, self.radius_index]

    @cached_property
    def isolated(self) -> np.ndarray:
        """Mask of the samples with no other sample within the radius."""
        return alone(self.counts)

    @cached_property
    def alpha_or_nan(self) -> np.ndarray:
        """alpha(x), NaN for samples without neighbours within r."""
        return np.where(self.isolated, np.nan, self.alpha)

    @property
    def gradient(self) -> np.ndarray:
        """Norm of the input gradient."""
        return self.measured.gradients[self.gradient_of]

    @property
    def gradient_name(self) -> str:
        """Title of an axis that shows the gradient."""
        return f"gradient norm of the {self.gradient_of}"

    @cached_property
    def low(self) -> np.ndarray:
        """Mask of the samples that carry little information; samples without neighbours do not."""
        return low_information(self.alpha, self.tau) & ~self.isolated

    @property
    def information_level(self) -> np.ndarray:
        """ "low" or "high" information by tau; "no neighbours" for samples without any, whose alpha is no evidence."""
        return np.where(self.isolated, "no neighbours", np.where(self.low, "low", "high"))

    @cached_property
    def figure_arguments(self) -> dict[str, Any]:
        """Keyword arguments that every figure of samples takes."""
        data = self.experiment.data
        return {"labels": data.train.y.numpy(), "forget": forget_mask(self.experiment), "classes": data.classes,
                "theme": current_theme()}  # fmt: skip

    def figure_arguments_of(self, samples: np.ndarray) -> dict[str, Any]:
        """`figure_arguments` for some samples only."""
        return {
            name: value[samples] if isinstance(value, np.ndarray) else value
            for name, value in self.figure_arguments.items()
        }

    @cached_property
    def drawn(self) -> np.ndarray:
        """Indices of the samples that figures draw: a part of a large set, and every selected sample."""
        return np.union1d(_drawn(self.experiment), selected_samples(self.experiment)).astype(np.int64)

    @property
    def drawn_sentence(self) -> str:
        """Sentence with the number of drawn samples; empty if all are drawn."""
        shown, n = len(self.drawn), len(self.alpha)
        return "" if shown == n else (
            f" The figure shows {shown:,} of {n:,} samples: the whole forget set and an equal share of every class. "
            "All counts and correlations use all samples."
        )  # fmt: skip

    @cached_property
    def notable_samples(self) -> dict[str, int]:
        """Index of notable samples by label: the most and least informative, and the centre sample of each class.

        The classes of the forget set come first. Information is the leave-one-out information if it is computed;
        otherwise alpha, with ties resolved by the gradient.
        """
        information, labels = self.removal.information, self.figure_arguments["labels"]
        if np.isnan(information).all():
            order = np.lexsort((-self.gradient, self.alpha + self.isolated))
            notable = {
                "Lowest alpha": int(order[0]),
                "Highest alpha": int(np.lexsort((self.gradient, -self.alpha_or_nan))[0]),
            }
        else:
            notable = {
                "Most informative": int(np.nanargmax(information)),
                "Least informative": int(np.nanargmin(np.abs(information))),
            }
        dense = self.measured.neighbours.alike[:, self.radius_index] * self.alpha
        sizes = np.bincount(labels[self.figure_arguments["forget"]], minlength=len(self.experiment.data.classes))
        for number in np.argsort(-sizes, kind="stable").tolist():  # classes with most forget samples first
            name = self.experiment.data.classes[number]
            notable[f"Centre of class {name}"] = int(np.where(labels == number, dense, -1).argmax())
        return notable


@lru_cache(maxsize=32)
def _drawn(experiment: Experiment) -> np.ndarray:
    """Indices of the training samples drawn without a selection: all, or a part of a large set."""
    return thinned(experiment.data.train.y.numpy(), experiment.forget_set.indices.numpy())

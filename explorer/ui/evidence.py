"""What the Information page argues from: every training sample's readings at one radius, one tau and one gradient."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from explorer.evaluation import thinned
from explorer.experiments import Experiment
from explorer.experiments.gradients import Gradient
from explorer.experiments.points import Space
from explorer.experiments.removal import Removal
from explorer.geometry import alone, low_information
from explorer.ui.chosen import chosen_samples
from explorer.ui.information import Information
from explorer.ui.models import forget_mask
from explorer.ui.plot import current_theme


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
        return np.union1d(_drawn(self.experiment), chosen_samples(self.experiment)).astype(np.int64)

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

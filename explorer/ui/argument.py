"""The paper's chain in four pictures: neighbours tell the label, so the model is flat, so removal changes little."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import streamlit as st

from explorer.experiments import Experiment
from explorer.experiments.gradients import Gradient
from explorer.experiments.points import Space
from explorer.experiments.removal import Removal
from explorer.figures.alpha_profile import alpha_profile, describe_alpha
from explorer.figures.gradient_against_alpha import describe_gradient, gradient_against_alpha
from explorer.figures.information_against import describe_information, information_against
from explorer.figures.samples_map import describe_map, samples_map
from explorer.geometry import alone, low_information
from explorer.ui.chosen import choose_samples, chosen_samples
from explorer.ui.claims import claim, correlated
from explorer.ui.information import Information, drawn
from explorer.ui.models import forget_mask
from explorer.ui.plot import current_theme, plot


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
        return np.union1d(drawn(self.experiment), chosen_samples(self.experiment)).astype(np.int64)

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


def headline(evidence: Evidence) -> None:
    """How many samples carry little information, in words, with n."""
    low, lonely = evidence.low, evidence.lonely
    st.markdown(
        f"## {100 * low.mean():.1f} % of the samples carry little information: at least {100 * evidence.tau:g} % of "
        f"their neighbours within {evidence.radius:.3g} share their label"
    )
    st.caption(
        f"n = {len(low):,}: {low.sum():,} low information, {(~low & ~lonely).sum():,} high, and {lonely.sum():,} alone "
        "in their ball, where alpha is 1 though nothing was inferred."
    )


def show_neighbours(evidence: Evidence, sigma: float) -> None:
    """alpha against r over all samples, the chosen ones highlighted, sigma sqrt(d) on the same axis."""
    experiment, neighbours = evidence.experiment, evidence.known.neighbours
    length = sigma * float(np.sqrt(np.prod(experiment.data.shape))) if evidence.space == "inputs" else None
    few = chosen_samples(experiment)[:3]
    over = neighbours.radii, evidence.known.bands, neighbours.alone
    words = describe_alpha(len(experiment.data.train), *over, evidence.radius, evidence.tau, length)
    figure = alpha_profile(
        *over, evidence.shared["theme"], radius=evidence.radius, tau=evidence.tau, noise_length=length,
        highlighted=neighbours.alpha[few] if few else None,
        names=[f"sample {index}" for index in few], labels=evidence.shared["labels"][few].tolist(), height=440,
        unit="standardised units" if evidence.space == "inputs" else "units of the features",
    )  # fmt: skip
    plot(figure, alt=words, key="alpha profile")
    st.caption(words)


def show_map(evidence: Evidence, colour: str) -> None:
    """The samples where they are, coloured by one of `view.COLOURS`."""
    known = ~np.isnan(evidence.removal.information)
    fields: dict[str, dict[str, Any]] = {
        "alpha": {"values": evidence.alpha, "field": "alpha", "span": (0.0, 1.0), "alone": evidence.lonely},
        "low": {
            "values": evidence.low.astype(np.float32), "field": f"information by tau = {evidence.tau:g}",
            "span": (0.0, 1.0), "ends": ("high", "low"), "alone": evidence.lonely,
        },
        "gradient": _most(evidence.gradient, evidence.gradient_name),
        "information": _most(evidence.removal.information, "information (nats)") if known.any() else {},
    }  # fmt: skip
    shown = fields.get(colour, {})
    each = evidence.drawn
    there = {name: value[each] if name in ("values", "alone") else value for name, value in shown.items()}
    figure = samples_map(
        evidence.known.positions[each], height=400, indices=each, **there, **evidence.shared_among(each)
    )
    words = describe_map(evidence.shared["forget"], shown.get("values"), shown.get("field", ""), shown.get("alone"))
    _draw(evidence, figure, words, "information map")
    place = "the plane itself" if evidence.experiment.data.kind == "plane" else "the first two principal components"
    words = f"Each sample on {place}; ringed: the forget set. A lasso or a click chooses samples in every picture."
    words += evidence.drawn_in_words
    st.caption(
        f"By class: their information is not known yet (see 4). {words}"
        if colour == "information" and not shown
        else words
    )


def show_flatness(evidence: Evidence) -> None:
    """The gradient against alpha, and whether they go together."""
    labels, forget = evidence.shared["labels"], evidence.shared["forget"]
    figure = gradient_against_alpha(
        evidence.alpha, evidence.gradient, labels, forget, evidence.lonely, evidence.shared["theme"], tau=evidence.tau,
        classes=evidence.shared["classes"], measure=evidence.gradient_name, drawn=evidence.drawn,
    )  # fmt: skip
    words = describe_gradient(evidence.alpha, evidence.gradient, evidence.lonely, tau=evidence.tau)
    _draw(evidence, figure, words, "information scatter")
    st.caption(claim("alpha", "gradient", correlated(evidence.told, evidence.gradient), expected=-1))


def show_removal(evidence: Evidence) -> None:
    """Leave-one-out information against alpha and against the gradient, where it is known."""
    truth = evidence.removal.information
    if np.isnan(truth).all():
        return
    kinds = {
        "alpha": (evidence.told, "alpha(x), share", -1),
        "gradient": (evidence.gradient, evidence.gradient_name, 1),
    }
    for place, (name, (reading, title, expected)) in zip(st.columns(2), kinds.items(), strict=True):
        with place:
            relation = claim(name, "information", correlated(reading, truth), expected)
            figure = information_against(
                reading,
                truth,
                title=title,
                logarithmic=name == "gradient",
                tau=evidence.tau if name == "alpha" else None,
                **evidence.shared,
            )
            _draw(evidence, figure, describe_information(truth, name, relation), f"information by {name}")
            st.caption(relation)


def _most(values: np.ndarray, name: str) -> dict[str, Any]:
    """A field whose colour scale is not stretched by its last 2 %: they have the last colour."""
    known = values[np.isfinite(values)]
    span = (float(known.min()), float(np.quantile(known, 0.98)))
    return {"values": values, "field": f"{name}, scale ends at 98 %", "span": span}


def _draw(evidence: Evidence, figure: Any, alt: str, key: str) -> None:
    experiment = evidence.experiment
    plot(
        figure, alt=alt, key=key, chosen=chosen_samples(experiment),
        on_choose=lambda samples: choose_samples(experiment, samples),
    )  # fmt: skip

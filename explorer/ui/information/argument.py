"""The paper's chain in four pictures: neighbours tell the label, so the model is flat, so removal changes little."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st

from explorer.evaluation import RankCorrelation, rank_correlation
from explorer.figures.alpha_profile import alpha_profile, describe_alpha
from explorer.figures.gradient_against_alpha import describe_gradient, gradient_against_alpha
from explorer.figures.information_against import describe_information, information_against
from explorer.figures.samples_map import describe_map, samples_map
from explorer.ui.information.evidence import Evidence
from explorer.ui.show.plot import plot
from explorer.ui.state.selection import select_samples, selected_samples


def headline(evidence: Evidence) -> None:
    """How many samples carry little information, in words, with n."""
    low, lonely = evidence.low, evidence.lonely
    st.markdown(
        f"## {100 * low.mean():.1f} % of the samples carry little information: at least {100 * evidence.tau:g} % of "
        f"the samples within {evidence.radius:.3g} of each, itself included, share its label"
    )
    st.caption(
        f"n = {len(low):,}: {low.sum():,} low information, {(~low & ~lonely).sum():,} high, and {lonely.sum():,} alone "
        "in their ball, where alpha is 1 though nothing was inferred."
    )


def show_neighbours(evidence: Evidence, sigma: float) -> None:
    """alpha against r over all samples, the chosen ones highlighted, sigma sqrt(d) on the same axis."""
    experiment, neighbours = evidence.experiment, evidence.known.neighbours
    length = sigma * float(np.sqrt(np.prod(experiment.data.shape))) if evidence.space == "inputs" else None
    few = selected_samples(experiment)[:3]
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
        figure, alt=alt, key=key, chosen=selected_samples(experiment),
        on_choose=lambda samples: select_samples(experiment, samples),
    )  # fmt: skip


def claim(first: str, second: str, found: RankCorrelation, expected: int) -> str:
    """What a rank correlation says of the paper's chain, in words that do not claim more than its interval.

    expected: the sign that the paper's claim has for these two.
    """
    if found.sign == 0:
        return f"On this set, {first} shows no clear relation to {second} ({found.words})."
    side = "lower" if expected < 0 else "higher"
    verdict = "do have the larger" if found.sign == expected else "have the smaller"
    return f"On this set, samples with {side} {first} {verdict} {second} ({found.words})."


@lru_cache(maxsize=256)
def _correlated(one: bytes, other: bytes) -> RankCorrelation:
    return rank_correlation(np.frombuffer(one), np.frombuffer(other))


def correlated(one: np.ndarray, other: np.ndarray) -> RankCorrelation:
    """`rank_correlation`, remembered: a page draws the same readings again and again."""
    return _correlated(*(np.asarray(values, dtype=np.float64).tobytes() for values in (one, other)))

"""The four sections of the Information page, which show the paper's argument for one data set.

1. Do the neighbours have the same label? `show_neighbours`, alpha(x) against the radius.
2. Where are these samples? `show_map`.
3. Is the model flat around the sample? `show_flatness`, the input gradient against alpha(x).
4. Does removing the sample change the model? `show_removal`, leave-one-out information against both.

`claim` puts a rank correlation into a sentence.
"""

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
    """Headline: the share of samples that carry little information, with the counts below it."""
    low, isolated = evidence.low, evidence.isolated
    st.markdown(
        f"## {100 * low.mean():.1f} % of the samples carry little information: at least {100 * evidence.tau:g} % of "
        f"the samples within {evidence.radius:.3g} of each, itself included, have its label"
    )
    st.caption(
        f"n = {len(low):,}: low information {low.sum():,}, high information {(~low & ~isolated).sum():,}, no "
        f"neighbours within r {isolated.sum():,} (their alpha is 1 by definition)."
    )


def show_neighbours(evidence: Evidence, sigma: float) -> None:
    """alpha(x) against r over all samples, with the first three selected samples and sigma sqrt(d) marked."""
    experiment, neighbours = evidence.experiment, evidence.measured.neighbours
    length = sigma * float(np.sqrt(np.prod(experiment.data.shape))) if evidence.space == "inputs" else None
    few, labels = selected_samples(experiment)[:3], evidence.figure_arguments["labels"]
    over = neighbours.radii, evidence.measured.bands, neighbours.alone
    caption = describe_alpha(len(experiment.data.train), *over, evidence.radius, evidence.tau, length)
    figure = alpha_profile(
        *over, evidence.figure_arguments["theme"], radius=evidence.radius, tau=evidence.tau, noise_length=length,
        highlighted=neighbours.alpha[few] if few else None,
        names=[f"sample {index}" for index in few], labels=labels[few].tolist(), height=440,
        unit="standardised units" if evidence.space == "inputs" else "units of the features",
    )  # fmt: skip
    plot(figure, alt=caption, key="alpha profile")
    st.caption(caption)


def show_map(evidence: Evidence, colour: str) -> None:
    """Map of the samples, coloured by one of `information_view.COLOURS`."""
    fields: dict[str, dict[str, Any]] = {
        "alpha": {"values": evidence.alpha, "field": "alpha", "span": (0.0, 1.0), "alone": evidence.isolated},
        "low": {
            "values": evidence.low.astype(np.float32), "field": f"information by tau = {evidence.tau:g}",
            "span": (0.0, 1.0), "ends": ("high", "low"), "alone": evidence.isolated,
        },
        "gradient": _without_tail(evidence.gradient, evidence.gradient_name),
    }  # fmt: skip
    if not np.isnan(evidence.removal.information).all():
        fields["information"] = _without_tail(evidence.removal.information, "information (nats)")
    field = fields.get(colour, {})
    drawn, forget = evidence.drawn, evidence.figure_arguments["forget"]
    drawn_field = {name: value[drawn] if name in ("values", "alone") else value for name, value in field.items()}
    figure = samples_map(
        evidence.measured.positions[drawn], height=400, indices=drawn, **drawn_field,
        **evidence.figure_arguments_of(drawn),
    )  # fmt: skip
    alt = describe_map(forget, field.get("values"), field.get("field", ""), field.get("alone"))
    _draw(evidence, figure, alt, "information map")
    axes = "the input plane" if evidence.experiment.data.kind == "plane" else "the first two principal components"
    caption = f"Axes: {axes}. Rings: the forget set. Select samples in any figure with a lasso or a click."
    if colour == "information" and not field:
        caption = f"Coloured by class, as the information is not computed yet (see 4). {caption}"
    st.caption(caption + evidence.drawn_sentence)


def _without_tail(values: np.ndarray, name: str) -> dict[str, Any]:
    """A field whose colour scale ends at the 98 % quantile, so that a few large values do not stretch it."""
    finite = values[np.isfinite(values)]
    span = (float(finite.min()), float(np.quantile(finite, 0.98)))
    return {"values": values, "field": f"{name}, scale ends at 98 %", "span": span}


def show_flatness(evidence: Evidence) -> None:
    """The input gradient against alpha(x), and their rank correlation."""
    figure = gradient_against_alpha(
        evidence.alpha, evidence.gradient, alone=evidence.isolated, tau=evidence.tau, measure=evidence.gradient_name,
        drawn=evidence.drawn, **evidence.figure_arguments,
    )  # fmt: skip
    alt = describe_gradient(evidence.alpha, evidence.gradient, evidence.isolated, tau=evidence.tau)
    _draw(evidence, figure, alt, "information scatter")
    st.caption(claim("alpha", "gradient", correlated(evidence.alpha_or_nan, evidence.gradient), expected=-1))


def show_removal(evidence: Evidence) -> None:
    """Leave-one-out information against alpha(x) and against the gradient; nothing if no sample has it."""
    information = evidence.removal.information
    if np.isnan(information).all():
        return
    readings = {
        "alpha": (evidence.alpha_or_nan, "alpha(x), share", -1),
        "gradient": (evidence.gradient, evidence.gradient_name, 1),
    }
    for place, (name, (reading, title, expected)) in zip(st.columns(2), readings.items(), strict=True):
        with place:
            relation = claim(name, "information", correlated(reading, information), expected)
            figure = information_against(
                reading,
                information,
                title=title,
                logarithmic=name == "gradient",
                tau=evidence.tau if name == "alpha" else None,
                **evidence.figure_arguments,
            )
            _draw(evidence, figure, describe_information(information, name, relation), f"information by {name}")
            st.caption(relation)


def claim(first: str, second: str, correlation: RankCorrelation, expected: int) -> str:
    """Sentence on the rank correlation of two readings; it claims a relation only if the interval leaves out 0.

    Args:
        first, second: names of the readings.
        correlation: their rank correlation.
        expected: sign that the paper's argument expects, 1 or -1.
    """
    if correlation.sign == 0:
        return f"On this data set, {first} has no clear relation to {second} ({correlation.description})."
    side = "lower" if expected < 0 else "higher"
    verdict = "larger" if correlation.sign == expected else "smaller"
    return f"On this data set, samples with {side} {first} have {verdict} {second} ({correlation.description})."


def correlated(first: np.ndarray, second: np.ndarray) -> RankCorrelation:
    """`rank_correlation`, cached: every rerun of the page asks for the same readings."""
    return _correlated(*(np.asarray(values, dtype=np.float64).tobytes() for values in (first, second)))


@lru_cache(maxsize=256)
def _correlated(first: bytes, second: bytes) -> RankCorrelation:
    return rank_correlation(np.frombuffer(first), np.frombuffer(second))


def _draw(evidence: Evidence, figure: Any, alt: str, key: str) -> None:
    experiment = evidence.experiment
    plot(
        figure, alt=alt, key=key, selected=selected_samples(experiment),
        on_select=lambda samples: select_samples(experiment, samples),
    )  # fmt: skip

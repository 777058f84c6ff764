"""Selectivity: did unlearning change these samples, or everything alike?"""

from __future__ import annotations

import streamlit as st

from explorer.evaluation import Selectivity, selectivity, verdict
from explorer.evaluation.selectivity import MEASURES, Measure
from explorer.figures import selectivity as picture
from explorer.ui.compare.outputs import answers_of
from explorer.ui.compare.trio import Trio, cached_on_trio
from explorer.ui.show.plot import current_theme, plot
from explorer.words import counted

UNITS = {"accuracy": "percent", "entropy": "nats", "attack": "area"}
TITLES = {"accuracy": "Accuracy", "entropy": "Mean entropy", "attack": "Membership AUC"}
IN = {"accuracy": " (points)", "entropy": " (nats)", "attack": ""}


@cached_on_trio
def selectivities_of(trio: Trio, to: str) -> dict[Measure, Selectivity | None]:
    """From the original to another of the models."""
    before, after = answers_of(trio, "original"), answers_of(trio, to)
    return {measure: selectivity(measure, before, after) for measure in MEASURES}


def show_selectivity(trio: Trio) -> None:
    """The verdict, the numbers, and the two ways from original to unlearned."""
    unlearned, retrained = (selectivities_of(trio, to) for to in ("unlearned", "retrained"))
    st.markdown(f"Unlearning changed **{verdict(unlearned)}**.")
    pairs = [
        (measure, one, never)
        for measure in MEASURES
        if (one := unlearned[measure]) is not None and (never := retrained[measure]) is not None
    ]
    if not pairs:
        st.info("There is no change to show: a part has no samples, or an output is not finite.")
        return
    if missing := [TITLES[measure] for measure in MEASURES if measure not in {pair[0] for pair in pairs}]:
        st.info(f"Not shown, because a part has no samples or an output is not finite: {', '.join(missing)}.")
    rows = [
        f"| {TITLES[measure]}{IN[measure]} | {_amount(one.forget.moved, measure)} "
        f"| {_amount(one.retain.moved, measure)} | {_selective(one)} |"
        for measure, one, _ in pairs
    ]
    st.markdown("\n".join(["| Change | Forget set | Retained | Selectivity |", "|:--|--:|--:|--:|", *rows]))
    headings = [f"<b>{TITLES[measure]}</b>, selectivity {_in_words(one.value, measure)}" for measure, one, _ in pairs]
    units = [UNITS[measure] for measure, _, _ in pairs]
    forget, retain = (
        [
            {"original": of.before, "unlearned": of.after, "retrained": never_of.after}
            for of, never_of in ((getattr(one, lane), getattr(never, lane)) for _, one, never in pairs)
        ]
        for lane in ("forget", "retain")
    )
    figure = picture.selectivity(headings, units, forget, retain, current_theme())
    plot(figure, alt=picture.describe_selectivity(headings, units, forget, retain), key="selectivity")
    never_said = ", ".join(
        f"{measure} {_in_words(never.value, measure)}" for measure, _, never in pairs
    )  # fmt: skip
    one = pairs[0][1]
    sizes = f"{counted(one.forget.n, 'forget sample')} and {counted(one.retain.n, 'retained sample')}"
    st.caption(
        f"Selectivity is the forget set's change minus the retained set's, with a 95 % interval over {sizes} (one "
        f"training seed). Retraining's own: {never_said}. The attack sets each part against test samples of its "
        "classes; of a whole class these are forgotten with it, so that its AUC may stay."
    )


def _selective(one: Selectivity) -> str:
    value = f"**{_amount(one.value, one.measure)}**"
    if one.interval is None:
        return value
    low, high = (_amount(end, one.measure) for end in one.interval)
    return f"{value} ({low} to {high})"


def _in_words(value: float, measure: Measure) -> str:
    unit = {"accuracy": " points", "entropy": " nats", "attack": ""}[measure]
    return f"{_amount(value, measure)}{unit}"


def _amount(value: float, measure: Measure) -> str:
    digits = 1 if measure == "accuracy" else 2
    rounded = round(100 * value if measure == "accuracy" else value, digits) + 0.0  # no minus before a zero
    return f"{rounded:+.{digits}f}"

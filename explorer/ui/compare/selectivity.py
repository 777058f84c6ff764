"""Tab "Selectivity": change of the forget set minus change of the retained set."""

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
    """Selectivity of the change from the original to another model, by measure; None if undefined.

    Args:
        trio: the three models.
        to: "unlearned" or "retrained".
    """
    before, after = answers_of(trio, "original"), answers_of(trio, to)
    return {measure: selectivity(measure, before, after) for measure in MEASURES}


def show_selectivity(trio: Trio) -> None:
    """Draw the verdict, the table of changes, and the changes of forget and retained set side by side."""
    unlearned, retrained = (selectivities_of(trio, to) for to in ("unlearned", "retrained"))
    st.markdown(f"**{verdict(unlearned)}**")
    pairs = [
        (measure, ours, reference)
        for measure in MEASURES
        if (ours := unlearned[measure]) is not None and (reference := retrained[measure]) is not None
    ]
    if not pairs:
        st.info("Selectivity is undefined: a part of the data has no samples, or an output is not finite.")
        return
    if missing := [TITLES[measure] for measure in MEASURES if measure not in {pair[0] for pair in pairs}]:
        st.info(f"Not shown, because a part has no samples or an output is not finite: {', '.join(missing)}.")
    rows = [
        f"| {TITLES[measure]}{IN[measure]} | {_amount(ours.forget.difference, measure)} "
        f"| {_amount(ours.retain.difference, measure)} | {_with_interval(ours)} |"
        for measure, ours, _ in pairs
    ]
    st.markdown("\n".join(["| Change | Forget set | Retained | Selectivity |", "|:--|--:|--:|--:|", *rows]))
    headings = [
        f"<b>{TITLES[measure]}</b>, selectivity {_with_unit(ours.value, measure)}" for measure, ours, _ in pairs
    ]
    units = [UNITS[measure] for measure, _, _ in pairs]
    forget, retain = (
        [
            {"original": change.before, "unlearned": change.after, "retrained": reference_change.after}
            for change, reference_change in (
                (getattr(ours, lane), getattr(reference, lane)) for _, ours, reference in pairs
            )
        ]
        for lane in ("forget", "retain")
    )
    figure = picture.selectivity(headings, units, forget, retain, current_theme())
    plot(figure, alt=picture.describe_selectivity(headings, units, forget, retain), key="selectivity")
    of_retraining = ", ".join(
        f"{measure} {_with_unit(reference.value, measure)}" for measure, _, reference in pairs
    )  # fmt: skip
    first = pairs[0][1]
    sizes = f"{counted(first.forget.n, 'forget sample')} and {counted(first.retain.n, 'retained sample')}"
    st.caption(
        f"Selectivity is the change of the forget set minus the change of the retained set, with a 95 % interval over "
        f"{sizes} (one training seed). Selectivity of retraining: {of_retraining}. The membership attack compares each "
        "set with test samples of its classes. If a whole class is forgotten, these test samples are forgotten with "
        "it, so the AUC may not change."
    )


def _with_interval(result: Selectivity) -> str:
    value = f"**{_amount(result.value, result.measure)}**"
    if result.interval is None:
        return value
    low, high = (_amount(end, result.measure) for end in result.interval)
    return f"{value} ({low} to {high})"


def _with_unit(value: float, measure: Measure) -> str:
    unit = {"accuracy": " points", "entropy": " nats", "attack": ""}[measure]
    return f"{_amount(value, measure)}{unit}"


def _amount(value: float, measure: Measure) -> str:
    digits = 1 if measure == "accuracy" else 2
    rounded = round(100 * value if measure == "accuracy" else value, digits) + 0.0  # avoids "-0.0"
    return f"{rounded:+.{digits}f}"

"""Calibration: is each model right as often as it says, on test samples?"""

from __future__ import annotations

import streamlit as st

from explorer.evaluation import Calibration, calibration
from explorer.evaluation.calibration import BINS
from explorer.figures.reliability import describe_reliability, reliability
from explorer.figures.theme import IDENTITIES
from explorer.settings import InputError
from explorer.ui import say
from explorer.ui.compare.outputs import outputs_of
from explorer.ui.compare.trio import Trio, cached_on_trio
from explorer.ui.show.plot import current_theme, plot
from explorer.ui.state import compare_view
from explorer.ui.state.parameters import PERSISTENT

PARTS = {"test": "Whole test set", "retain_test": "Test samples of what is retained"}


@cached_on_trio
def calibrations_of(trio: Trio, part: str) -> dict[str, Calibration]:
    """Of the three models on "test" or "retain_test". Raises InputError as `calibration` does."""
    found = outputs_of(trio, part)
    return {name: calibration(found.logits[name], found.labels) for name in IDENTITIES}


def show_calibration(trio: Trio) -> None:
    """The diagram and the expected calibration errors."""
    part: str = "test"
    if len(outputs_of(trio, "forget_test")):
        part = st.segmented_control(
            "Of", list(PARTS), required=True, key=compare_view.key("calibrated"), label_visibility="collapsed",
            format_func=PARTS.__getitem__, **PERSISTENT,
        )  # fmt: skip
    try:
        found = calibrations_of(trio, part)
    except InputError as error:
        say.info(error)
        return
    errors, n = {name: one.error for name, one in found.items()}, found["unlearned"].n
    lean = found["unlearned"].lean
    side = "above" if lean > 0 else "below"
    st.markdown(
        f"The unlearned model's confidence misses its accuracy by **{100 * errors['unlearned']:.1f} points** on "
        f"average (original {100 * errors['original']:.1f}, retrained {100 * errors['retrained']:.1f}; n = {n:,} test "
        f"samples, {BINS} bins). On the whole its confidence lies {100 * abs(lean):.1f} points {side} its accuracy."
    )
    picture, words = st.columns(2)
    with picture:
        figure = reliability(
            {name: one.confidence for name, one in found.items()},
            {name: one.accuracy for name, one in found.items()},
            {name: one.counts for name, one in found.items()},
            current_theme(),
        )
        plot(figure, alt=describe_reliability(errors, n, BINS), key="reliability")
    with words:
        rows = [
            f"| {name.capitalize()} | {100 * one.error:.1f} % | {100 * one.lean:+.1f} points |"
            for name, one in found.items()
        ]
        st.markdown(
            "\n".join([f"| n = {n:,} | Calibration error | Confidence minus accuracy |", "|:--|--:|--:|", *rows])
        )
        st.caption(
            f"Test samples in {BINS} bins of equal width by confidence, the largest probability; a larger mark holds "
            "more of them, and a small one may be a handful. The expected calibration error is the mean gap between "
            "confidence and accuracy, bin by bin, weighted by samples. On the whole test set, a forgotten class counts "
            "as wrong."
        )

"""Tab "Calibration": confidence against accuracy of each model on test samples."""

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
from explorer.ui.state.persistence import PERSISTENT

PARTS = {"test": "Whole test set", "retain_test": "Retained test samples"}


@cached_on_trio
def calibrations_of(trio: Trio, part: str) -> dict[str, Calibration]:
    """Calibration of each model.

    Args:
        trio: the three models.
        part: "test" (whole test set) or "retain_test" (without the forgotten class).

    Raises:
        InputError: if the part has no samples or an output is not finite.
    """
    outputs = outputs_of(trio, part)
    return {name: calibration(outputs.logits[name], outputs.labels) for name in IDENTITIES}


def show_calibration(trio: Trio) -> None:
    """Draw the reliability diagram and the expected calibration errors."""
    part: str = "test"
    if len(outputs_of(trio, "forget_test")):
        part = st.segmented_control(
            "Test samples", list(PARTS), required=True, key=compare_view.key("calibrated"),
            label_visibility="collapsed", format_func=PARTS.__getitem__, **PERSISTENT,
        )  # fmt: skip
    try:
        calibrations = calibrations_of(trio, part)
    except InputError as error:
        say.info(error)
        return
    errors, n = {name: each.error for name, each in calibrations.items()}, calibrations["unlearned"].n
    overconfidence = calibrations["unlearned"].overconfidence
    side = "above" if overconfidence > 0 else "below"
    st.markdown(
        f"The expected calibration error of the unlearned model is **{100 * errors['unlearned']:.1f} points** "
        f"(original {100 * errors['original']:.1f}, retrained {100 * errors['retrained']:.1f}; n = {n:,} test samples, "
        f"{BINS} bins). Its mean confidence is {100 * abs(overconfidence):.1f} points {side} its accuracy."
    )
    picture, table = st.columns(2)
    with picture:
        figure = reliability(
            {name: each.confidence for name, each in calibrations.items()},
            {name: each.accuracy for name, each in calibrations.items()},
            {name: each.counts for name, each in calibrations.items()},
            current_theme(),
        )
        plot(figure, alt=describe_reliability(errors, n, BINS), key="reliability")
    with table:
        rows = [
            f"| {name.capitalize()} | {100 * each.error:.1f} % | {100 * each.overconfidence:+.1f} points |"
            for name, each in calibrations.items()
        ]
        st.markdown(
            "\n".join([f"| n = {n:,} | Calibration error | Confidence minus accuracy |", "|:--|--:|--:|", *rows])
        )
        forgotten = "" if not len(outputs_of(trio, "forget_test")) else (
            " The whole test set contains the forgotten class, on which an unlearned model is expected to make errors."
        )  # fmt: skip
        st.caption(
            f"Confidence is the largest predicted probability. Test samples are sorted by confidence into {BINS} bins "
            "of equal width; the area of a mark grows with the samples in its bin, and a small mark stands for few "
            "samples. The expected calibration error is the mean gap between confidence and accuracy over the bins, "
            f"weighted by samples.{forgotten}"
        )

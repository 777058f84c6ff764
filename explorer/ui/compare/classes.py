"""Tab "Classes": test accuracy by class, and each model's predictions on the forget set."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.evaluation import class_accuracies, prediction_matrix
from explorer.figures import prediction_matrix as matrix
from explorer.figures.class_gaps import class_gaps, describe_class_gaps, widest_gaps
from explorer.figures.theme import IDENTITIES
from explorer.ui.compare.outputs import outputs_of
from explorer.ui.compare.trio import Trio, cached_on_trio
from explorer.ui.show.plot import current_theme, plot


@cached_on_trio
def class_accuracies_of(trio: Trio) -> dict[str, np.ndarray]:
    """Test accuracy by class of each model, (classes,); NaN for a class without test samples."""
    test, classes = outputs_of(trio, "test"), len(trio.experiment.data.classes)
    return {name: class_accuracies(logits, test.labels, classes) for name, logits in test.logits.items()}


def show_classes(trio: Trio) -> None:
    """Draw the accuracy differences by class, then the prediction matrices of the forget set."""
    classes, theme = trio.experiment.data.classes, current_theme()
    test, forget = outputs_of(trio, "test"), outputs_of(trio, "forget")
    if not len(test):
        st.info("There are no test samples, so accuracies by class cannot be compared.")
    else:
        accuracies, counts = class_accuracies_of(trio), test.labels.bincount(minlength=len(classes)).numpy()
        gaps = {against: accuracies["unlearned"] - accuracies[against] for against in ("original", "retrained")}
        forgotten = trio.experiment.forget_set.whole_class
        description = describe_class_gaps(classes, gaps, counts, forgotten)
        st.markdown(f"Test accuracy of the unlearned model minus that of the original and the retrained. {description}")
        few = widest_gaps(gaps, forgotten)
        rest = "" if len(few) == len(classes) else (
            f" The figure shows the {len(few)} classes with the largest differences"
            f"{'' if forgotten is None else ', after the forgotten class'}; the differences of the other "
            f"{len(classes) - len(few)} are smaller. All numbers lists every class."
        )  # fmt: skip
        figure = class_gaps(
            [classes[at] for at in few], {name: gap[few] for name, gap in gaps.items()}, counts[few], theme,
            forgotten=None if forgotten is None else few.tolist().index(forgotten),
        )  # fmt: skip
        plot(figure, alt=description, key="class gaps")
        st.caption(f"Left of 0: the unlearned model is less accurate. n is the number of test samples.{rest}")
    st.markdown(f"#### Predictions on the forget set (n = {len(forget):,})")
    if not forget.finite:
        st.info("Samples with an output that is not finite have no prediction and are left out.")
    matrices = {name: prediction_matrix(forget.logits[name], forget.labels, len(classes)) for name in IDENTITIES}
    description, table = matrix.describe_prediction_matrix(matrices, classes), matrix.condense(matrices, classes)
    for place, name in zip(st.columns(3), IDENTITIES, strict=True):
        with place:
            if matrices[name].any():
                figure = matrix.prediction_matrix(
                    table.matrices[name], name, theme, classes=table.classes, predicted=table.predicted
                )
                plot(figure, alt=description, key=f"prediction matrix {name}")
            else:
                st.caption(f"The {name} model has no finite output for the forget set.")
    st.caption(f"{description} Shade: share of the row. Classes without a forget sample have no row.")

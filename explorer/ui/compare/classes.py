"""Class by class: what unlearning cost each on test samples, and what the models call the forget samples."""

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
    """Test accuracy of each class under the three models, (classes,) each; NaN for a class without test samples."""
    test, classes = outputs_of(trio, "test"), len(trio.experiment.data.classes)
    return {name: class_accuracies(found, test.labels, classes) for name, found in test.logits.items()}


def show_classes(trio: Trio) -> None:
    """The gaps per class, then the prediction matrices of the forget set."""
    classes, theme = trio.experiment.data.classes, current_theme()
    test, forget = outputs_of(trio, "test"), outputs_of(trio, "forget")
    if not len(test):
        st.info("There are no test samples, so no accuracy of a class can be compared.")
    else:
        found, counts = class_accuracies_of(trio), test.labels.bincount(minlength=len(classes)).numpy()
        gaps = {against: found["unlearned"] - found[against] for against in ("original", "retrained")}
        forgotten = trio.experiment.forget_set.whole_class
        words = describe_class_gaps(classes, gaps, counts, forgotten)
        st.markdown(f"Unlearned minus the others, in test accuracy. {words}")
        few = widest_gaps(gaps, forgotten)
        rest = "" if len(few) == len(classes) else (
            f" The {len(few)} classes with the widest gaps{'' if forgotten is None else ', after the forgotten one'}; "
            f"the other {len(classes) - len(few)} differ less. All are under All numbers."
        )  # fmt: skip
        figure = class_gaps(
            [classes[at] for at in few], {name: gap[few] for name, gap in gaps.items()}, counts[few], theme,
            forgotten=None if forgotten is None else few.tolist().index(forgotten),
        )  # fmt: skip
        plot(figure, alt=words, key="class gaps")
        st.caption(f"To the left of 0 the unlearned model is the worse one. n is the number of test samples.{rest}")
    st.markdown(f"#### What they call the forget set (n = {len(forget):,})")
    if not forget.finite:
        st.info("An output is not finite, so not every forget sample is called something: those are left out.")
    matrices = {name: prediction_matrix(forget.logits[name], forget.labels, len(classes)) for name in IDENTITIES}
    words, shown = matrix.describe_prediction_matrix(matrices, classes), matrix.at_hand(matrices, classes)
    for place, name in zip(st.columns(3), IDENTITIES, strict=True):
        with place:
            if matrices[name].any():
                figure = matrix.prediction_matrix(
                    shown.matrices[name], name, theme, classes=shown.classes, called=shown.called
                )
                plot(figure, alt=words, key=f"prediction matrix {name}")
            else:
                st.caption(f"The {name} model has no finite output for the forget set.")
    st.caption(f"{words} Shade: share of the row. Classes without a forget sample have no row.")

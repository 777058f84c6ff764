from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.figures.run_progress import (
    APART,
    _end,
    _spread,
    accuracy_progress,
    describe_accuracy,
    describe_loss,
    loss_progress,
)
from explorer.figures.theme import LIGHT, Theme
from tests.figures.checked import checked

STEPS = np.array([0, 2, 4, 8])
FORGET, RETAIN = np.array([1, 0.8, 0.3, 0.018]), np.array([1, 0.99, 0.98, 0.977])


def test_accuracies_are_percent_on_an_axis_that_never_moves(theme: Theme) -> None:
    picture = checked(accuracy_progress(STEPS, FORGET, RETAIN, theme, total=200, target=0.02))
    forget, _, retain, _ = picture.data
    np.testing.assert_allclose(forget.y, 100 * FORGET, rtol=1e-6)
    np.testing.assert_allclose(retain.y, 100 * RETAIN, rtol=1e-6)
    assert forget.line.dash != retain.line.dash
    early = checked(accuracy_progress(STEPS[:1], FORGET[:1], RETAIN[:1], theme, total=200))
    assert early.layout.yaxis.range == picture.layout.yaxis.range == (-3, 103)
    assert [trace.name for trace in early.data] == [trace.name for trace in picture.data]
    words = [note.text for note in picture.layout.annotations]
    assert words == ["forget<br>1.8 %", "retained<br>97.7 %", "┈┈ stops at 2.0 %"]
    assert (picture.layout.xaxis.title.text, picture.layout.yaxis.title.text) == ("step", "accuracy (%)")
    assert picture.layout.shapes[0].y0 == 2
    stop = picture.layout.annotations[-1]  # above the axes, where no curve comes
    assert (stop.yref, stop.y, stop.yanchor) == ("paper", 1, "bottom") and picture.layout.margin.t >= 26
    assert (early.layout.margin.t, len(early.layout.annotations)) == (12, 2)


def test_loss_and_entropy_share_their_steps(theme: Theme) -> None:
    picture = loss_progress(STEPS, RETAIN, FORGET, theme, total=200, reference=0.41)
    loss, entropy, reference = picture.data
    assert loss.x.tolist() == entropy.x.tolist() == STEPS.tolist()
    assert entropy.yaxis == reference.yaxis == "y2" and reference.y == (0.41, 0.41)
    assert picture.layout.annotations[0].text == "retrained 0.41 nats"
    assert (picture.layout.yaxis.title.text, picture.layout.yaxis2.title.text) == ("loss", "entropy (nats)")
    assert picture.layout.xaxis2.title.text == "step"


def test_a_run_that_has_not_begun_is_an_empty_picture() -> None:
    none = np.zeros(0)
    assert accuracy_progress(none, none, none, LIGHT, total=200).to_json()
    assert loss_progress(none, none, none, LIGHT, total=200).to_json()
    assert describe_accuracy(none, none, none) == describe_loss(none, none, none) == "No step has been taken yet."


def test_a_loss_that_is_not_finite_does_not_break_the_axis() -> None:
    picture = loss_progress(STEPS, np.array([1, np.nan, np.inf, 2]), FORGET, LIGHT, total=9)
    assert picture.layout.yaxis.range[1] == pytest.approx(2 * 1.03)


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_the_step_axis_holds_the_run_and_grows_in_few_jumps(step: int, total: int) -> None:
    step = min(step, total)
    end = _end(np.array([step]), total)
    assert step <= end <= total
    assert end <= max(10, 2 * step)
    assert len({_end(np.array([at]), 200) for at in range(201)}) < 16


@given(st.floats(0, 100), st.floats(0, 100))
def test_labels_do_not_cover_each_other(forget: float, retain: float) -> None:
    labels = _spread([forget, retain])
    assert abs(labels[0] - labels[1]) >= APART - 1e-9
    assert min(labels) >= 0 and max(labels) <= 100 + 1e-9
    if abs(forget - retain) >= APART:
        assert labels == pytest.approx([forget, retain], abs=1e-9)
    elif forget != retain:
        assert (labels[0] > labels[1]) == (forget > retain)


def test_the_sentences_name_both_ends() -> None:
    assert describe_accuracy(STEPS, FORGET, RETAIN) == (
        "From step 0 to step 8, accuracy on the forget set goes from 100.0 % to 1.8 %, "
        "on retained samples from 100.0 % to 97.7 %."
    )
    late = np.array([np.nan, 0.5, 0.4, 0.25])
    assert "the loss goes from 0.5 to 0.25 and the mean entropy" in describe_loss(STEPS, late, FORGET)
    assert "loss" not in describe_loss(STEPS[:1], late[:1], FORGET[:1])
    assert "from 1 to 0.977" in describe_loss(STEPS, RETAIN, FORGET)
    assert "from 1.00 nats to 0.02 nats" in describe_loss(STEPS, RETAIN, FORGET)

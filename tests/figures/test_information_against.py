from __future__ import annotations

import numpy as np
import pytest

from explorer.figures.information_against import describe_information, information_against


@pytest.mark.parametrize("logarithmic", [False, True])
def test_samples_whose_information_is_known_stand_in_their_place(data, theme, logarithmic):
    draws = np.random.default_rng(1)
    readings, information = draws.random(len(data.labels)), draws.normal(size=len(data.labels))
    information[::3] = np.nan
    figure = information_against(
        readings, information, data.labels, data.forget, theme, title="alpha(x), share", logarithmic=logarithmic,
        classes=data.classes, indices=data.indices,
    )  # fmt: skip
    shown = {}
    for trace in figure.data[: len(data.classes)]:
        shown |= dict(zip(trace.customdata, zip(trace.x, trace.y, strict=True), strict=True))
    assert len(shown) == (~np.isnan(information)).sum()
    for at, index in enumerate(data.indices):
        if not np.isnan(information[at]):
            assert shown[index] == pytest.approx((readings[at], information[at]), rel=1e-6)
    assert (
        figure.layout.yaxis.title.text == "information (nats)" and figure.layout.xaxis.title.text == "alpha(x), share"
    )
    low, high = figure.layout.xaxis.range
    ends = 10.0 ** np.array([low, high]) if logarithmic else (low, high)
    assert ends[0] <= readings.min() and readings.max() <= ends[1]


def test_tau_stands_where_the_readings_are_alpha(theme):
    shown = {"title": "alpha", "logarithmic": False, "classes": ("A",)}
    for tau in (None, 0.3, 0.9):
        figure = information_against(
            np.linspace(0, 1, 9), np.ones(9), np.zeros(9, int), np.zeros(9, bool), theme, tau=tau, **shown
        )
        uprights = [shape.x0 for shape in figure.layout.shapes if shape.yref == "y domain"]
        notes = [note.text for note in figure.layout.annotations]
        assert (uprights, notes) == (([], []) if tau is None else ([tau], [f"τ = {tau:.2f}"]))


def test_a_gradient_of_nothing_but_zeros_still_has_an_axis(theme):
    figure = information_against(
        np.zeros(4), np.ones(4), np.zeros(4, int), np.zeros(4, bool), theme, title="g", logarithmic=True, classes=("A",)
    )
    assert np.isfinite(figure.layout.xaxis.range).all()


def test_the_words_count_what_is_known():
    words = describe_information(np.array([1, np.nan, 2.0]), "alpha", "no clear relation")
    assert words == "Leave-one-out information of 2 samples against alpha: no clear relation."

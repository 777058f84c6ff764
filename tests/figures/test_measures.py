from __future__ import annotations

import numpy as np

from explorer.figures.measures import describe_measures, measures
from explorer.figures.theme import IDENTITIES, Theme

NAMES = ("Forget set", "Forgotten class, test")
VALUES = {"retrained": [0.0, None], "original": [1.0, 0.98], "unlearned": [0.02, 0.98]}


def test_each_model_has_its_own_colour_symbol_and_lane(theme: Theme) -> None:
    picture = measures(NAMES, VALUES, theme)
    assert [trace.name for trace in picture.data] == list(IDENTITIES)
    assert [trace.marker.color for trace in picture.data] == [theme.identity(name) for name in IDENTITIES]
    assert len({trace.marker.symbol for trace in picture.data}) == 3
    original, unlearned, retrained = picture.data
    np.testing.assert_allclose(unlearned.x, [2, 98])
    assert np.isnan(retrained.x[1])
    assert original.y[0] > unlearned.y[0] > retrained.y[0] > original.y[1]  # equal values do not hide each other
    assert [note.text for note in picture.layout.annotations] == list(NAMES)
    assert picture.layout.xaxis.title.text == "accuracy (%)"


def test_the_sentence_goes_measure_by_measure() -> None:
    assert describe_measures(NAMES, VALUES) == (
        "Forget set: original 100.0 %, unlearned 2.0 %, retrained 0.0 %. "
        "Forgotten class, test: original 98.0 %, unlearned 98.0 %."
    )
    assert describe_measures(["A"], {"original": [None]}) == "A: not measured."

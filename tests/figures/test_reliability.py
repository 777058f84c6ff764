from __future__ import annotations

import numpy as np

from explorer.figures.reliability import describe_reliability, reliability
from explorer.figures.theme import IDENTITIES, Theme

COUNTS = np.array([0, 4, 96])
CONFIDENCE = np.array([np.nan, 0.5, 0.95])
ACCURACY = np.array([np.nan, 0.25, 0.9])


def test_a_mark_for_each_bin_that_holds_samples(theme: Theme) -> None:
    of = dict.fromkeys(("unlearned", "retrained", "original"), COUNTS)
    picture = reliability(dict.fromkeys(of, CONFIDENCE), dict.fromkeys(of, ACCURACY), of, theme)
    assert [trace.name for trace in picture.data] == list(IDENTITIES)
    for trace in picture.data:
        np.testing.assert_allclose(trace.x, [50, 95], rtol=1e-6)
        np.testing.assert_allclose(trace.y, [25, 90], rtol=1e-6)
        assert trace.marker.size[0] < trace.marker.size[1]
        assert trace.customdata.tolist() == [4, 96]
        assert trace.marker.color == theme.identity(trace.name)
    assert "%" in picture.layout.xaxis.title.text and "%" in picture.layout.yaxis.title.text


def test_the_sentence_keeps_the_order() -> None:
    errors = {"retrained": 0.02, "original": 0.01}
    assert describe_reliability(errors, 540, 15) == (
        "Expected calibration error over 540 samples in 15 bins: original 1.0 % and retrained 2.0 %."
    )

from __future__ import annotations

import numpy as np

from explorer.figures.membership import describe_membership, membership
from explorer.figures.theme import IDENTITIES, Theme

CURVE = (np.array([0.0, 0.2, 1.0]), np.array([0.0, 0.6, 1.0]))
CURVES = dict.fromkeys(("retrained", "unlearned", "original"), CURVE)
POINTS = dict.fromkeys(CURVES, (0.2, 0.6))


def test_a_curve_and_a_point_a_model(theme: Theme) -> None:
    picture = membership(CURVES, POINTS, theme)
    curves = [trace for trace in picture.data if trace.mode == "lines"]
    points = [trace for trace in picture.data if trace.mode == "markers"]
    assert [trace.name for trace in curves] == list(IDENTITIES)
    assert len({trace.marker.symbol for trace in points}) == 3
    for trace in curves:
        np.testing.assert_allclose(trace.x, 100 * CURVE[0], rtol=1e-6)
        np.testing.assert_allclose(trace.y, 100 * CURVE[1], rtol=1e-6)
    assert [(trace.x, trace.y) for trace in points] == [((20,), (60,))] * 3
    assert picture.layout.yaxis.scaleanchor == "x"
    assert picture.layout.xaxis.range == picture.layout.yaxis.range


def test_a_model_without_outputs_is_left_out() -> None:
    some = {"original": POINTS["original"]}
    assert describe_membership(some, 0.0345) == (
        "Predicted members (entropy below 0.035 nats), original: 60.0 % of the forget samples and 20.0 % of the test "
        "samples."
    )
    assert describe_membership({}, 0.1) == "No model has finite outputs for the membership attack."

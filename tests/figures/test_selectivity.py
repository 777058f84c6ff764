from __future__ import annotations

import numpy as np

from explorer.figures.selectivity import describe_selectivity, selectivity
from explorer.figures.theme import IDENTITIES, LIGHT, Theme

HEADINGS = ("<b>Accuracy</b>", "<b>Mean entropy</b>", "<b>Attack</b>")
UNITS = ("percent", "nats", "area")
FORGET = [
    {"original": 1.0, "unlearned": 0.02, "retrained": 0.0},
    {"original": 0.02, "unlearned": 0.5, "retrained": 0.45},
    {"original": 0.6, "unlearned": 0.6, "retrained": 0.5},
]
RETAIN = [{name: value / 2 for name, value in of.items()} for of in FORGET]


def test_each_panel_has_both_lanes_in_its_unit(theme: Theme) -> None:
    picture = selectivity(HEADINGS, UNITS, FORGET, RETAIN, theme)
    assert [trace.name for trace in picture.data] == list(IDENTITIES) * 3
    assert [trace.showlegend for trace in picture.data] == [True] * 3 + [False] * 6
    for at, trace in enumerate(picture.data):
        scale, of = (100 if at < 3 else 1), at // 3
        np.testing.assert_allclose(trace.x, [scale * part[of][trace.name] for part in (FORGET, RETAIN)], rtol=1e-6)
        assert trace.marker.color == theme.identity(trace.name)
    assert picture.layout.xaxis.title.text == "accuracy (%)" and "nats" in picture.layout.xaxis2.title.text


def test_arrows_go_from_original_to_unlearned_on_their_own_axes() -> None:
    picture = selectivity(HEADINGS, UNITS, FORGET, RETAIN, LIGHT)
    arrows = [note for note in picture.layout.annotations if note.axref]
    assert [arrow.axref for arrow in arrows] == ["x", "x", "x2", "x2", "x3", "x3"] == [arrow.xref for arrow in arrows]
    assert [arrow.ayref for arrow in arrows] == [arrow.yref for arrow in arrows]
    assert (arrows[0].ax, arrows[0].x) == (100, 2) and (arrows[1].ax, arrows[1].x) == (50, 1)
    assert [arrow.showarrow for arrow in arrows] == [True] * 4 + [False] * 2  # what did not move has no direction


def test_one_panel_alone_and_the_sentence() -> None:
    selectivity(HEADINGS[:1], UNITS[:1], FORGET[:1], RETAIN[:1], LIGHT).to_json()
    assert describe_selectivity(HEADINGS[:2], UNITS[:2], FORGET[:2], RETAIN[:2]) == (
        "Accuracy: forget set from 100.0 % to 2.0 % (retrained 0.0 %), retained from 50.0 % to 1.0 % (retrained 0.0 "
        "%). Mean entropy: forget set from 0.02 nats to 0.50 nats (retrained 0.45 nats), retained from 0.01 nats to "
        "0.25 nats (retrained 0.23 nats)."
    )

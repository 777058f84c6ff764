from __future__ import annotations

from typing import Any

import numpy as np

from explorer.figures.shared_map import describe_drift, describe_shared_map, shared_map, shared_spans
from explorer.figures.theme import IDENTITIES, Theme


def test_the_three_have_one_pair_of_axes_that_holds_them_all(data: Any, theme: Theme) -> None:
    maps = {name: data.points * scale for name, scale in zip(IDENTITIES, (1, 2, 0.5), strict=True)}
    spans = shared_spans(maps)
    for name, points in maps.items():
        picture = shared_map(
            points, data.labels, data.forget, name, theme, classes=data.classes, spans=spans, indices=data.indices
        )
        assert (picture.layout.xaxis.range, picture.layout.yaxis.range) == spans
        assert name.capitalize() in picture.layout.annotations[0].text
        assert theme.identity(name) in picture.layout.annotations[0].text
        for (low, high), values in zip(spans, points.T, strict=True):
            assert low < values.min() and values.max() < high
        assert sorted(np.concatenate([trace.customdata for trace in picture.data[:-1]])) == sorted(data.indices)


def test_a_map_of_one_point_has_an_extent() -> None:
    (left, right), (bottom, top) = shared_spans({"original": np.zeros((3, 2))})
    assert left < right and bottom < top


def test_the_sentence_names_the_models_in_order() -> None:
    maps = {name: np.zeros((300, 2)) for name in reversed(IDENTITIES)}
    words = describe_shared_map(maps, np.arange(300) < 8, "PCA")
    assert (
        "PCA map of 300 samples" in words
        and "original, unlearned and retrained" in words
        and "8 of them are ringed" in words
    )


def test_arrows_lead_from_the_other_models_place_to_this_ones(data: Any, theme: Theme) -> None:
    starts, forget = data.points + 1, data.forget
    drifting = np.concatenate([np.flatnonzero(forget)[:3], np.flatnonzero(~forget)[:2]])
    spans = shared_spans({"original": starts, "unlearned": data.points})
    picture = shared_map(data.points, data.labels, forget, "unlearned", theme, classes=data.classes, spans=spans,
                         starts=starts, drifting=drifting)  # fmt: skip
    arrows = {trace.name: trace for trace in picture.data if str(trace.name).endswith("moved")}
    assert set(arrows) == {"forget set, moved", "retained, moved"}
    for name, mask in (("forget set, moved", forget), ("retained, moved", ~forget)):
        trace, moved = arrows[name], [position for position in drifting if mask[position]]
        drawn = np.stack([trace.x, trace.y], 1).reshape(-1, 3, 2)
        np.testing.assert_array_equal(drawn[:, 0], starts[moved].astype(np.float32))
        np.testing.assert_array_equal(drawn[:, 1], data.points[moved].astype(np.float32))
        assert np.isnan(drawn[:, 2]).all() and trace.customdata is None
        assert trace.showlegend is False  # three maps of one size: no legend is longer than another
        assert trace.line.color == trace.marker.color == theme.unlearned
        assert list(trace.marker.size) == [0, 7, 0] * len(moved)  # heads at the ends alone
    assert arrows["forget set, moved"].line.dash != arrows["retained, moved"].line.dash


def test_the_sentence_on_drift_counts_arrows_and_tells_forget_from_retained() -> None:
    shares, forget = np.array([0.5, 0.25, 0.1, 0.0, 0.02]), np.array([True, True, False, False, False])
    words = describe_drift(shares, np.array([0, 1, 2]), forget, "the original", "the unlearned model")
    assert words.startswith(
        "3 arrows from the original to the unlearned model for the samples that moved most (10.0 % to"
    )
    assert "2 of the forget set (solid) and 1 retained (dotted)" in words
    assert words.endswith("Median drift: 37.5 % for 2 forget samples and 2.0 % for 3 retained samples.")
    still = describe_drift(0 * shares, np.array([], dtype=int), forget, "the original", "the unlearned model")
    assert still == "No sample moved from the original to the unlearned model."

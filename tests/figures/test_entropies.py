from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from explorer.figures.entropies import FLOOR, Scale, describe_entropies, entropies, entropy_scale, entropy_span
from explorer.figures.theme import IDENTITIES, LIGHT, Theme
from tests.figures.checked import checked

DRAWS = np.random.default_rng(0)
VALUES = {name: DRAWS.gamma(shape, 0.2, 97) for name, shape in (("retrained", 3), ("original", 0.5), ("unlearned", 4))}


@pytest.mark.parametrize("scale", ["linear", "minus log"])
def test_bars_are_numpys_histogram_on_shared_bins(theme: Theme, scale: Scale) -> None:
    picture = checked(entropies(VALUES, theme, scale=scale))
    shown = {name: found if scale == "linear" else -np.log(np.maximum(found, FLOOR)) for name, found in VALUES.items()}
    everything = np.concatenate(list(shown.values()))
    low = 0 if scale == "linear" else everything.min()
    edges = np.linspace(low, everything.max(), 21)
    bars = [trace for trace in picture.data if trace.type == "bar"]
    assert [bar.name for bar in bars] == list(IDENTITIES)
    for bar in bars:
        assert bar.y.tolist() == np.histogram(shown[bar.name], edges)[0].tolist()
        assert bar.y.sum() == 97
        assert bar.marker.color == theme.identity(bar.name)
        np.testing.assert_allclose(bar.x, (edges[1:] + edges[:-1]) / 2, rtol=1e-5)


def test_names_means_and_n_are_written_on_the_panels() -> None:
    words = [note.text for note in checked(entropies(VALUES, LIGHT, title="Forget set")).layout.annotations]
    for name, text in zip(IDENTITIES, words, strict=False):
        assert name.capitalize() in text and f"mean {VALUES[name].mean():.2f} nats" in text
    assert "Forget set, n = 97" in words[-1]


def test_the_marker_stands_at_the_mean() -> None:
    picture = checked(entropies(VALUES, LIGHT, scale="minus log"))
    marks = [trace for trace in picture.data if trace.name == "mean"]
    for name, mark in zip(IDENTITIES, marks, strict=True):
        np.testing.assert_allclose(mark.x, -np.log(VALUES[name].mean()))


def test_panels_and_pictures_compare() -> None:
    span = entropy_span(VALUES)
    small = {name: found / 10 for name, found in VALUES.items()}
    one, other = (checked(entropies(found, LIGHT, span=span)) for found in (VALUES, small))
    for layout in (one.layout, other.layout):
        for one_axis, next_axis in pairwise(["xaxis", "xaxis2", "xaxis3"]):
            assert layout[one_axis].range == layout[next_axis].range == span
    assert one.layout.height == other.layout.height
    assert len({one.layout[axis].range for axis in ("yaxis", "yaxis2", "yaxis3")}) == 1


def test_no_value_is_dropped_for_the_span() -> None:
    picture = checked(entropies(VALUES, LIGHT, span=(0.1, 0.2)))
    assert sum(trace.y.sum() for trace in picture.data if trace.type == "bar") == 3 * 97


def test_certainty_collapse_and_nothing_at_all_can_be_drawn() -> None:
    assert entropy_scale(np.array([0.0, 1.0]), "minus log").tolist() == [-np.log(FLOOR), 0.0]
    odd = {"original": np.zeros(3), "unlearned": np.array([np.nan, 1, np.inf]), "retrained": np.full(3, np.nan)}
    for scale in ("linear", "minus log"):
        picture = checked(entropies(odd, LIGHT, scale=scale))
        assert [trace.y.sum() for trace in picture.data if trace.type == "bar"] == [3, 1, 0]
    words = describe_entropies(odd)
    assert "2 outputs of the unlearned model are not finite" in words and "unknown (retrained)" in words
    entropies({"original": np.zeros(0)}, LIGHT).to_json()
    assert entropy_span({}) == (0, 1)


def test_one_model_is_one_panel() -> None:
    picture = checked(entropies({"original": VALUES["original"]}, LIGHT))
    assert picture.layout.xaxis.title.text == "entropy (nats)"
    assert picture.layout.yaxis.title.text == "samples"


def test_the_sentence_keeps_the_order() -> None:
    words = describe_entropies(VALUES, "Forget set")
    means = [f"{VALUES[name].mean():.2f} nats ({name})" for name in IDENTITIES]
    assert words == f"Entropy of 97 samples (forget set): mean {means[0]}, {means[1]} and {means[2]}."

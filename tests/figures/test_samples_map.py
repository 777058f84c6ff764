from __future__ import annotations

from typing import Any

import numpy as np

from explorer.figures.samples_map import describe_map, samples_map
from explorer.figures.theme import Theme, plotly_template


def test_by_class_each_is_named(data: Any, theme: Theme) -> None:
    picture = samples_map(data.points, data.labels, data.forget, theme, classes=data.classes, indices=data.indices)
    named = {trace.name for trace in picture.data if trace.showlegend} | {
        note.text for note in picture.layout.annotations
    }
    assert set(data.classes) <= named
    assert not picture.layout.xaxis.visible and picture.layout.yaxis.scaleanchor == "x"
    assert sorted(np.concatenate([trace.customdata for trace in picture.data[:-1]])) == sorted(data.indices)


def test_by_field_the_scale_is_the_themes_and_what_was_asked_for(data: Any, theme: Theme) -> None:
    values = np.linspace(2, 7, len(data.points))
    fixed = samples_map(
        data.points, data.labels, data.forget, theme, classes=data.classes,
        values=values, field="alpha(x), share", span=(0, 1), alone=data.alone,
    )  # fmt: skip
    axis = fixed.layout.coloraxis
    assert (axis.cmin, axis.cmax, axis.colorbar.title.text) == (0, 1, "alpha(x), share")
    assert axis.colorscale is None  # so the template's holds
    scale = plotly_template(theme)["layout"]["coloraxis"]["colorscale"]
    assert [color for _, color in scale] == list(theme.field)
    free = samples_map(data.points, data.labels, data.forget, theme, classes=data.classes, values=values)
    assert (free.layout.coloraxis.cmin, free.layout.coloraxis.cmax) == (2, 7)


def test_two_classes_keep_a_legend_under_a_field(data: Any, theme: Theme) -> None:
    values = np.ones(len(data.points))
    picture = samples_map(data.points, data.labels, data.forget, theme, classes=data.classes, values=values)
    listed = [(trace.name, trace.marker.symbol) for trace in picture.data if trace.showlegend]
    assert listed[0] == ("forget set", "circle-open")
    assert listed[1:] == ([("A", "circle"), ("B", "square")] if len(data.classes) == 2 else [])


def test_the_sentences_count() -> None:
    forget, alone = np.arange(300) < 8, np.arange(300) < 5
    assert describe_map(forget) == "300 samples, 8 of them ringed as the forget set, coloured by class."
    words = describe_map(forget, np.array([1.0, 2.0, np.nan, 9.0]), "gradient", alone)
    assert "gradient: from 1 to 9, median 2." in words and "5 samples with no neighbours within r" in words
    assert "from 0 to 1" in describe_map(forget, np.array([0.0, 1.0]))


def test_a_scale_of_two_has_names_at_its_ends(data: Any, theme: Theme) -> None:
    values = (np.arange(len(data.points)) % 2).astype(float)
    picture = samples_map(
        data.points, data.labels, data.forget, theme, classes=data.classes,
        values=values, field="information", span=(0, 1), ends=("high", "low"),
    )  # fmt: skip
    bar = picture.layout.coloraxis.colorbar
    assert (bar.tickvals, bar.ticktext) == ((0, 1), ("high", "low"))

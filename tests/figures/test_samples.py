from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from hypothesis import given
from hypothesis import strategies as st

from explorer.figures.samples import NAMED, PLAIN, SYMBOLS, THRONG, marks, name_classes
from explorer.figures.theme import LIGHT, Theme


def told(traces: list[Any]) -> list[int]:
    return [int(index) for trace in traces if trace.customdata is not None for index in trace.customdata]


def test_each_class_has_a_colour_and_a_symbol_of_its_own(data: Any, theme: Theme) -> None:
    traces = marks(data.points, data.labels, data.forget, data.classes, theme)
    assert [trace.name for trace in traces] == [*data.classes, "forget set"]
    assert len({(trace.marker.color, trace.marker.symbol) for trace in traces}) == len(traces)
    assert [trace.marker.symbol for trace in traces[:-1]] == list(SYMBOLS[: len(data.classes)])
    kinds = {60: go.Scatter, 1200: go.Scattergl}
    assert {type(trace) for trace in traces} == {kinds[len(data.points)]}
    assert all(trace.x.dtype == np.float32 for trace in traces)


def test_each_sample_tells_its_training_index_where_it_stands(data: Any, theme: Theme) -> None:
    traces = marks(data.points, data.labels, data.forget, data.classes, theme, indices=data.indices)
    assert sorted(told(traces[:-1])) == sorted(data.indices)
    place = dict(zip(data.indices.tolist(), data.points.tolist(), strict=True))
    for trace in traces:
        assert [[x, y] for x, y in zip(trace.x, trace.y, strict=True)] == [place[int(at)] for at in trace.customdata]
    assert sorted(told(traces[-1:])) == sorted(data.indices[data.forget])


def test_a_model_that_never_saw_the_forget_set_shows_rings_around_nothing(data: Any, theme: Theme) -> None:
    traces = marks(data.points, data.labels, data.forget, data.classes, theme, hollow_forget=True)
    assert sorted(told(traces[:-1])) == np.flatnonzero(~data.forget).tolist()
    assert told(traces[-1:]) == np.flatnonzero(data.forget).tolist()
    assert traces[-1].marker.symbol == "circle-open"


def test_samples_alone_in_their_ball_stand_apart_without_a_value(data: Any, theme: Theme) -> None:
    values = np.arange(len(data.points), dtype=float)
    traces = marks(data.points, data.labels, data.forget, data.classes, theme, values=values, alone=data.alone)
    count = len(data.classes)
    assert told([traces[count]]) == np.flatnonzero(data.alone).tolist()
    assert (traces[count].marker.symbol, traces[count].marker.color) == ("diamond-open", theme.muted)
    for trace in traces[:count]:
        assert trace.marker.color.tolist() == [values[at] for at in trace.customdata]
        assert trace.marker.coloraxis == "coloraxis"
    assert not np.isin(np.flatnonzero(data.alone), told(traces[:count])).any()


def test_many_rings_are_finer(theme: Theme) -> None:
    points, labels = np.zeros((100, 2)), np.zeros(100, dtype=int)
    few, many = (marks(points, labels, np.arange(100) < count, ("A",), theme)[-1].marker for count in (5, 90))
    assert few.line.width > many.line.width


@given(st.integers(0, 40), st.integers(1, 12))
def test_the_traces_depend_on_the_classes_alone(n: int, classes: int) -> None:
    """Or an update in place would hand one trace the data of another."""
    draws = np.random.default_rng(n)
    labels = draws.integers(0, classes, n)
    names = tuple(str(number) for number in range(classes))
    traces = marks(draws.normal(size=(n, 2)), labels, np.zeros(n, dtype=bool), names, LIGHT)
    assert [trace.name for trace in traces] == [*names, "forget set"]
    assert sum(len(trace.x) for trace in traces) == n


def test_names_of_many_classes_stand_on_the_map_and_do_not_cover_each_other() -> None:
    draws = np.random.default_rng(0)
    points, labels = draws.normal(size=(400, 2)), np.arange(400) % 8  # all medians nearly in one place
    names = [f"class {number}" for number in range(8)]
    figure = go.Figure(layout={"annotations": [{"text": "heading"}]})
    name_classes(figure, points, labels, names, LIGHT)
    heading, *notes = figure.layout.annotations
    assert heading.text == "heading"
    assert sorted(note.text for note in notes) == names
    heights = sorted(note.y for note in notes)
    assert np.diff(heights).min() >= 0.079 * np.ptp(points[:, 1])

    few = go.Figure()
    name_classes(few, points, labels % 2, ("A", "B"), LIGHT)
    assert few.layout.annotations == ()


def test_a_great_crowd_is_drawn_in_circles_and_by_value_as_one_trace(theme: Theme) -> None:
    draws = np.random.default_rng(0)
    n, names = PLAIN + 1, tuple("0123456789")
    points, labels, forget, alone = (
        draws.normal(size=(n, 2)),
        np.arange(n) % 10,
        np.arange(n) < 50,
        np.arange(n) > n - 9,
    )
    by_class = marks(points, labels, forget, names, theme, alone=alone)
    assert [trace.name for trace in by_class] == [*names, "no neighbours", "forget set"]
    by_value = marks(points, labels, forget, names, theme, alone=alone, values=np.arange(n))
    assert [trace.name for trace in by_value] == ["samples", "no neighbours", "forget set"]
    for traces in (by_class, by_value):
        assert {trace.marker.symbol for trace in traces} == {"circle"}
        assert sorted(told(traces[:-1])) == list(range(n))
        assert (traces[-2].marker.line.color, traces[-1].marker.line.color) == (theme.muted, theme.ink)


def test_no_two_of_many_classes_look_alike_and_the_forgotten_one_is_named(theme: Theme) -> None:
    labels = np.repeat(np.arange(100), 9)
    points = np.random.default_rng(0).normal(size=(900, 2))
    names = [f"class {number}" for number in range(100)]
    traces = marks(points, labels, labels == 77, names, theme)[:100]
    assert len({(trace.marker.symbol, trace.marker.color) for trace in traces}) == 100
    figure = go.Figure()
    name_classes(figure, points, labels, names, theme, labels == 77)
    named = [note.text for note in figure.layout.annotations]
    assert len(named) == NAMED and "class 77" in named


def test_rings_of_a_throng_do_not_cover_what_they_surround() -> None:
    n = THRONG + 2
    points, labels = np.random.default_rng(0).normal(size=(n, 2)), np.zeros(n, dtype=int)
    many, few = (marks(points, labels, np.arange(n) < count, ("A", "B"), LIGHT)[-1] for count in (THRONG + 1, 9))
    assert many.name == few.name == "forget set" and many.marker.opacity < 0.5 and few.marker.opacity is None

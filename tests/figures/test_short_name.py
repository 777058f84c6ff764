"""Long names of classes: shortened wherever a picture writes them, whole where a pointer rests and in the alt text."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.figures.class_gaps import class_gaps, describe_class_gaps
from explorer.figures.noise_ball import ratios_by_margin
from explorer.figures.noisy_copies import copies_in_pictures, copies_on_plane
from explorer.figures.one_step import copy_slopes, pull
from explorer.figures.prediction_matrix import prediction_matrix
from explorer.figures.predictions import describe_predictions, predictions
from explorer.figures.samples import marks, name_classes
from explorer.figures.short_name import ROOM, short, short_note
from explorer.figures.theme import LIGHT

LONG = tuple(f"{number} is what a class with a name far too long for a picture is called" for number in range(5))
CALLED = np.array([0, 1, 2, 1])
GAPS = dict.fromkeys(("original", "retrained"), np.linspace(0, 0.4, 5))
POINTS = np.random.default_rng(0).normal(size=(5, 2))
AXIS = np.linspace(-1, 1, 5)
BLACK = np.zeros((5, 8, 8), dtype=np.uint8)


def on_the_map() -> go.Figure:
    none = np.zeros(5, dtype=bool)
    figure = go.Figure(marks(POINTS, np.arange(5), none, LONG, LIGHT))
    name_classes(figure, POINTS, np.arange(5), LONG, LIGHT)
    return figure


PICTURES = {
    "calls": lambda: predictions({"original": CALLED}, LIGHT, classes=LONG),
    "class gaps": lambda: class_gaps(LONG, GAPS, np.ones(5, dtype=int), LIGHT, forgotten=1),
    "matrix": lambda: prediction_matrix(np.eye(5, dtype=int), "original", LIGHT, classes=LONG),
    "slopes": lambda: copy_slopes(np.ones(4), CALLED, 1, LIGHT, classes=LONG),
    "pull": lambda: pull(np.ones(5), np.zeros(5), None, LIGHT, classes=LONG, unit="logit"),
    "sides": lambda: ratios_by_margin(np.ones(4), np.ones(4), CALLED, LIGHT, classes=LONG),
    "copies": lambda: copies_in_pictures(BLACK[0], BLACK[1:], 1, CALLED, 1, LIGHT, classes=LONG),
    "plane": lambda: copies_on_plane(
        AXIS, AXIS, np.zeros((5, 5)), np.zeros(2), POINTS[:4], CALLED, 1, "original", LIGHT, classes=LONG
    ),
    "map": on_the_map,
}


@given(st.text(), st.integers(4, 40))
def test_a_short_name_has_room_and_both_ends(name: str, room: int) -> None:
    found = short(name, room)
    assert len(found) <= room
    assert (found == name) == (len(name) <= room)
    start, _, end = found.rpartition("…")
    assert found == name or (name.startswith(start) and name.endswith(end))


def test_only_what_is_left_out_is_told_to_a_pointer() -> None:
    assert short_note("airplane") == {"text": "airplane", "hovertext": None}
    assert short_note(LONG[0]) == {"text": short(LONG[0]), "hovertext": LONG[0]}
    assert short("household electrical devices") == "household e…evices"


@pytest.mark.parametrize("name", PICTURES)
def test_no_picture_writes_a_long_name_and_every_picture_tells_it(name: str) -> None:
    figure = PICTURES[name]()
    written = [note.text for note in figure.layout.annotations]
    written += [trace.name or "" for trace in figure.data]
    for axis in (figure.layout.xaxis, figure.layout.yaxis):
        written += axis.ticktext or ()
        assert axis.type != "category" or axis.tickvals == LONG  # by name: a number may be a class's name itself
    assert any(short(LONG[1], room)[:8] in text for text in written for room in (14, ROOM))
    assert not any(long in text for text in written for long in LONG)
    assert LONG[1] in figure.to_json()  # in a hover


def test_the_sentences_have_whole_names() -> None:
    assert LONG[1] in describe_predictions({"original": CALLED}, LONG)
    assert LONG[4] in describe_class_gaps(LONG, GAPS, np.ones(5, dtype=int))

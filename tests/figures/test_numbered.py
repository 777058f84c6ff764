from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from explorer.figures.numbered import number_points
from explorer.figures.theme import Theme


def test_each_point_has_its_number_and_what_stood_there_stays(theme: Theme) -> None:
    figure = go.Figure(layout={"annotations": [{"text": "heading"}]})
    points = np.array([[0.5, 1], [2, -3]], dtype=np.float32)
    notes = number_points(figure, points, theme).layout.annotations
    assert [note.text for note in notes] == ["heading", "<b>1</b>", "<b>2</b>"]
    assert [(note.x, note.y) for note in notes[1:]] == [(0.5, 1), (2, -3)]
    assert all(note.font.color == theme.ink and note.bgcolor == theme.surface for note in notes[1:])

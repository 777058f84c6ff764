from __future__ import annotations

import json

import numpy as np
import plotly.graph_objects as go
import plotly.io
import pytest

from explorer.figures.boundary import boundary, log_odds
from explorer.figures.boundary_animation import CONTROLS, boundary_animation, describe_boundary_animation
from explorer.figures.theme import LIGHT, Theme, plotly_template

XS = YS = np.linspace(0, 1, 12, dtype=np.float32)
STEPS = np.array([0, 1, 2, 4, 8])
RIGHT = np.array([1, 0.875, 0.5, 0.25, 0.125])
DRAWS = np.random.default_rng(0)
SNAPSHOTS = DRAWS.integers(0, 256, (5, 12, 12)).astype(np.uint8)
SAMPLES = DRAWS.random((20, 2)), np.arange(20) % 2, np.arange(20) < 8


def film(theme: Theme, snapshots: np.ndarray = SNAPSHOTS, start: int = -1) -> go.Figure:
    return boundary_animation(XS, YS, snapshots, STEPS, RIGHT, *SAMPLES, theme, classes=("A", "B"), start=start)


def test_a_frame_replaces_the_regions_and_the_heading_alone(theme: Theme) -> None:
    picture = film(theme)
    assert [frame.name for frame in picture.frames] == ["0", "1", "2", "4", "8"]
    for frame, snapshot in zip(picture.frames, SNAPSHOTS, strict=True):
        assert frame.traces == (0,)
        assert (frame.data[0].z == log_odds(snapshot)).all()
    assert picture.data[0].type == "contour"
    headings = [frame.layout.annotations[0].text for frame in picture.frames]
    assert "step 1: D_f accuracy 87.5 %" in headings[1] and "Unlearned" in headings[1]
    assert picture.layout.annotations[0].text == headings[-1]


@pytest.mark.parametrize("start", [0, 2, -1])
def test_it_opens_on_the_snapshot_that_was_asked_for(start: int) -> None:
    picture = film(LIGHT, start=start)
    assert (picture.data[0].z == picture.frames[start].data[0].z).all()
    assert picture.layout.sliders[0].active == start % len(STEPS)
    assert picture.layout.annotations[0].text == picture.frames[start].layout.annotations[0].text


def test_slider_and_buttons_lead_to_frames_that_are_there() -> None:
    picture = film(LIGHT)
    names = {frame.name for frame in picture.frames}
    assert {step.args[0][0] for step in picture.layout.sliders[0].steps} == names
    play, pause = picture.layout.updatemenus[0].buttons
    assert (play.label, play.args[0]) == ("Play", None) and (pause.label, pause.args[0]) == ("Pause", (None,))
    assert all(each.args[1]["frame"]["redraw"] for each in (play, pause, *picture.layout.sliders[0].steps))


def test_the_button_says_what_it_was_told() -> None:
    picture = boundary_animation(XS, YS, SNAPSHOTS, STEPS, RIGHT, *SAMPLES, LIGHT, classes=("A", "B"), button="Forget")
    assert picture.layout.updatemenus[0].buttons[0].label == "Forget"


def test_the_plane_is_as_large_as_its_neighbours() -> None:
    regions = np.stack([1 - SNAPSHOTS[0] / 255, SNAPSHOTS[0] / 255], -1)
    beside = boundary(XS, YS, regions, *SAMPLES, "original", LIGHT, classes=("A", "B")).layout
    below = film(LIGHT).layout
    bottom = plotly_template(LIGHT)["layout"]["margin"]["b"]
    assert below.margin.t == beside.margin.t
    assert below.height - below.margin.b == beside.height - bottom
    assert below.height == beside.height + CONTROLS


def test_shares_and_bytes_give_the_same_film() -> None:
    assert film(LIGHT).to_json() == film(LIGHT, SNAPSHOTS / 255).to_json()


def test_json_comes_back_whole() -> None:
    written = film(LIGHT).to_json()
    back = plotly.io.from_json(written)
    assert len(back.frames) == len(STEPS)
    assert json.loads(back.to_json())["layout"] == json.loads(written)["layout"]
    assert json.loads(written)["frames"][0]["data"][0]["z"]["dtype"] == "i2"


def test_the_sentence_names_both_ends() -> None:
    words = describe_boundary_animation(STEPS, RIGHT, SAMPLES[2])
    assert "5 snapshots" in words and "step 0 to step 8" in words
    assert "(n = 8)" in words and "100.0 % to 12.5 %" in words

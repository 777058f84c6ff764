"""What the Information page says of its readings, what it keeps of them, and how it is set."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.background.progress import ignore_progress
from explorer.evaluation import RankCorrelation
from explorer.experiments import Experiment
from explorer.experiments.derived.gradients import GRADIENTS
from explorer.experiments.derived.neighbours import NEIGHBOURS
from explorer.experiments.derived.points import positions_of
from explorer.experiments.derived.removal import leave_each_out
from explorer.ui.information.argument import claim, correlated
from explorer.ui.information.evidence import information
from explorer.ui.information.removal import removal
from explorer.ui.state import information_view, link


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        ((-0.7, -0.5), "samples with lower alpha have larger information"),
        ((-0.2, 0.1), "alpha has no clear relation to information"),
        ((0.1, 0.3), "samples with lower alpha have smaller information"),
        (None, "alpha has no clear relation to information"),
    ],
)
def test_a_claim_says_no_more_than_its_interval(interval, words):
    found = RankCorrelation(90, -0.6, interval)
    said = claim("alpha", "information", found, expected=-1)
    assert said.startswith(f"On this data set, {words} (Spearman's rho -0.60") and "n = 90" in said


def test_a_rising_claim_is_said_the_other_way_round():
    rising, falling = RankCorrelation(90, 0.6, (0.5, 0.7)), RankCorrelation(90, -0.6, (-0.7, -0.5))
    assert "with higher gradient have larger information" in claim("gradient", "information", rising, 1)
    assert "with higher gradient have smaller information" in claim("gradient", "information", falling, 1)


def test_alone_samples_do_not_count():
    alpha = np.append(np.linspace(0, 1, 30), np.nan)
    assert correlated(alpha, np.arange(31.0)).n == 30


def test_what_was_measured_is_kept_once_for_all_forget_sets():
    one, other = (Experiment("moons:n=20", "mlp", forget=code) for code in ("class:1", "near:2@3"))
    network = one.original
    for space in ("inputs", "features"):
        NEIGHBOURS.get(one, network, ignore_progress, space)
        positions_of(one, space, network)
    GRADIENTS.get(one, network, ignore_progress)
    leave_each_out(one, ignore_progress)
    assert information(one, "inputs") is information(other, "inputs") is not information(one, "features")
    assert removal(one) is removal(other)


@pytest.fixture
def state(monkeypatch):
    found = {}
    monkeypatch.setattr(information_view.st, "session_state", found)
    monkeypatch.setattr(link, "drop", lambda sentence: found.setdefault("dropped", []).append(sentence))
    return found


RADII = [0.1, 0.2, 0.4, 0.8]


@pytest.mark.parametrize(
    ("wanted", "radius"), [(0.0, 0.2), (0.1, 0.1), (0.3, 0.2), (0.4, 0.4), (0.01, 0.1), (9.0, 0.8)]
)
def test_the_radius_in_use_is_one_of_the_grid(state, wanted, radius):
    state[information_view.key("radius")] = wanted
    assert information_view.radius_among(RADII) == radius == state[information_view.key("radius")]


def test_features_that_lie_far_apart_have_a_radius(state):
    far = [1e5, 3e6, 5e9, 1e12]
    assert information_view.radius_among(far) == information_view.current().radius == 3e6
    information_view.reset_radius()
    information_view.PARAMETERS.adopt({"radius": "5e9"})
    assert information_view.radius_among(far) == information_view.current().radius == 5e9 and "dropped" not in state


def test_a_link_carries_the_view_and_says_what_it_loses(state):
    wanted = {"radius": "0.4", "tau": "0", "space": "features", "gradient_of": "loss", "colour": "class"}
    assert set(wanted) <= information_view.PARAMETERS.adopt(wanted)
    information_view.radius_among(RADII)
    assert {name: str(value) for name, value in information_view.as_link(None).items()} == wanted
    information_view.PARAMETERS.adopt({"radius": "-1", "tau": "high", "space": "outer", "colour": "red"})
    assert len(state["dropped"]) == 4 and all("must be" in sentence for sentence in state["dropped"])
    information_view.radius_among(RADII)
    assert information_view.as_link(None) == {}  # the radius that the page chose does not stand in the link

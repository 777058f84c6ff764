"""Stops of a logarithmic slider: round numbers over the whole range, and the current value."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from explorer.settings import Declaration
from explorer.ui.show.setting_widget import logarithmic_stops
from explorer.unlearning import METHODS

LOGARITHMIC = [
    (method.name, found.name)
    for method in METHODS.values()
    for found in method.settings.declarations().values()
    if found.log
]


@given(some.sampled_from(LOGARITHMIC), some.data())
def test_stops_cover_the_range_and_include_the_current_value(names, data):
    method, name = names
    found: Declaration = METHODS[method].settings.declarations()[name]
    numbers = some.integers if found.kind == "int" else some.floats
    current = data.draw(numbers(found.least, found.most))
    stops = logarithmic_stops(found, current)
    assert stops == sorted(set(stops))
    assert current in stops
    assert found.least <= stops[0] and stops[-1] <= found.most
    assert all(isinstance(stop, int if found.kind == "int" else float) for stop in stops)
    climbs = [above / below for below, above in pairwise(stops) if below >= 1e-6]
    assert max(climbs) <= 2


def test_stops_are_round_numbers():
    found = Declaration("eta", "float", 0.1, "step size", least=0.01, most=1.0, log=True)
    assert logarithmic_stops(found, 0.1) == [0.01, 0.015, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1.0]
    assert logarithmic_stops(found, 0.0123)[:3] == [0.01, 0.0123, 0.015]

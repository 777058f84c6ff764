"""Numbers for people: percent with one decimal, nats and AUC with two, a dash where there is nothing to measure."""

from __future__ import annotations

import pytest

from explorer.evaluation import Measures
from explorer.ui.compare.measures_table import shown

DESCRIBED = {each.name: each for each in Measures.descriptions()}


@pytest.mark.parametrize("name", DESCRIBED)
def test_every_measure_is_shown_in_its_unit(name):
    auc, nats = name.endswith("auc"), DESCRIBED[name].unit == "nats"
    expected = "0.12" if auc or nats else "12.3\N{NO-BREAK SPACE}%"
    assert shown(0.1234, DESCRIBED[name]).removesuffix("\N{NO-BREAK SPACE}nats") == expected
    assert shown(None, DESCRIBED[name]) == "-"


def test_nothing_right_is_not_nothing_measured():
    assert shown(0.0, DESCRIBED["forget_train_accuracy"]) == "0.0\N{NO-BREAK SPACE}%"

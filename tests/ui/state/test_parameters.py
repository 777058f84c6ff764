"""Declared parameters keep their values in the session and in the link."""

from __future__ import annotations

from typing import Literal

import pytest

from explorer.settings import InputError, Settings, setting
from explorer.ui.state import link, parameters
from explorer.ui.state.parameters import Parameters


class View(Settings):
    reach: float = setting(0.0, "how far; 0 = the page's default", least=0.0, most=9.0)
    shape: Literal["round", "square"] = setting("round", "which")
    bold: bool = setting(False, "whether")


@pytest.fixture
def state(monkeypatch):
    found = {}
    monkeypatch.setattr(parameters.st, "session_state", found)
    monkeypatch.setattr(link, "drop", lambda sentence: found.setdefault("dropped", []).append(sentence))
    return found


def test_a_key_comes_with_its_default_and_keeps_what_was_set(state):
    found = Parameters(View, "page")
    assert found.key("shape") == "page.shape" and state == {"page.shape": "round"}
    state["page.shape"] = "square"
    assert found.key("shape") == "page.shape" and found.value("shape") == "square"
    assert found.current() == View(shape="square")


def test_two_pages_may_name_a_parameter_alike(state):
    one, other = Parameters(View, "one"), Parameters(View, "other")
    one.put("reach", 2.0)
    assert (one.value("reach"), other.value("reach")) == (2.0, 0.0)


def test_values_of_a_link_are_written_back_unchanged(state):
    found = Parameters(View, "page")
    said = {"reach": "0.25", "shape": "square", "bold": "True"}
    assert found.adopt({**said, "of": "another part"}) == set(said)
    assert found.current() == View(reach=0.25, shape="square", bold=True)
    assert {name: str(value) for name, value in found.as_link().items()} == said
    assert found.adopt({}) == set(said) and found.as_link() == {}


def test_bad_values_are_one_sentence_each_and_the_default(state):
    found = Parameters(View, "page")
    found.adopt({"reach": "inf", "shape": "oval", "bold": "perhaps"})
    assert found.current() == View()
    assert state["dropped"] == [
        "reach must be a number from 0 to 9, not 'inf'.",
        "shape must be one of round, square, not 'oval'.",
        "bold must be true or false, not 'perhaps'.",
    ]


def test_a_default_of_the_page_is_not_in_the_link(state):
    found = Parameters(View, "page")
    found.put("reach", 3.0)
    assert found.as_link({"reach": 3.0}) == {} and found.as_link({"reach": 4.0}) == {"reach": "3"}


def test_a_default_must_be_allowed():
    class Wrong(Settings):
        reach: float = setting(10.0, "too far", least=0.0, most=9.0)

    with pytest.raises(InputError):
        Parameters(Wrong, "page")

"""No retired term on any page: headings, captions, labels, help, tabs, messages, alt texts, figures, tables.

See `tests/glossary.py` for the terms.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from explorer.ui.state.navigation import PAGES
from tests.glossary import retired_terms
from tests.pages.conftest import PICTURES, PLANE

SHOWN = {"label", "help", "placeholder", "body", "text", "options", "content", "name", "title", "caption"}
"""Fields of an element's message that hold text for users."""
WRITTEN = {"text", "title", "name", "hovertemplate", "hovertext", "ticktext", "label", "ticksuffix", "prefix", "suffix"}
"""Keys of a plotly figure under which there is text for users."""
COMPARE = ["Entropy", "Selectivity", "Classes", "Membership", "Calibration", "All numbers"]
UNLEARN = ["Noisy copies", "One step", "Side effects", "Predictions"]
INFORMATION = ["Noise ball", "Forget one sample", "Gradient norm"]


def texts_of_message(message: Any) -> Iterator[str]:
    """Text in a Streamlit message, in fields named SHOWN at any depth."""
    for field, value in message.ListFields():
        values = [value] if isinstance(value, str) or hasattr(value, "ListFields") else value
        if isinstance(values, list) or hasattr(values, "__iter__"):
            for each in values:
                if hasattr(each, "ListFields"):
                    yield from texts_of_message(each)
                elif isinstance(each, str) and field.name in SHOWN:
                    yield each


def texts_of_figure(value: Any, key: str = "") -> Iterator[str]:
    """Text in a plotly figure, under keys named WRITTEN at any depth."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from texts_of_figure(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from texts_of_figure(each, key)
    elif isinstance(value, str) and key in WRITTEN:
        yield value


def texts_of(node: Any) -> Iterator[str]:
    """All text of an element and of the elements in it."""
    kind = getattr(node, "type", "")
    if kind == "bidi_component":
        plot = json.loads(node.proto.json)
        yield plot["alt"]
        yield from texts_of_figure(json.loads(plot["figure"]))
    elif kind in ("dataframe", "table"):
        yield from map(str, node.value.columns)
        for column in node.value.select_dtypes(include=["object", "string"]):
            yield from (str(cell) for cell in node.value[column] if not str(cell).startswith("data:"))
    elif kind != "html" and getattr(node, "proto", None) is not None:
        yield from texts_of_message(node.proto)
    for child in getattr(node, "children", {}).values():
        yield from texts_of(child)


def faults_of(app: Any) -> list[str]:
    """Retired terms in the text of a page, each once."""
    return sorted({fault for text in texts_of(app._tree) for fault in retired_terms(text)})


def with_tabs(app: Any, settle: Any, key: str, tabs: list[str]) -> list[str]:
    """Retired terms of a page with each of its tabs open in turn."""
    faults = []
    for tab in tabs:
        app.session_state[key] = tab
        settle(app.run())
        assert [*app.exception, *app.error] == []
        faults += faults_of(app)
    return sorted(set(faults))


def test_the_texts_are_read(visit):
    app = visit("information", **PLANE)
    app.session_state[f"selected {PLANE['dataset']}"] = [4, 17]
    texts = set(texts_of(app.run()._tree))
    assert {"Data set", "Selected samples", "Noise ball", "Radius r", "What am I looking at?"} - texts == {
        "Selected samples"
    }
    assert any(text.startswith("## ") for text in texts) and "#### Selected samples" in texts
    assert any("ringed as the forget set" in text for text in texts), "alt texts"
    assert {"alpha(x), share", "radius r (standardised units)"} <= texts, "titles of axes"
    assert {"class", "changed predictions", "A", "B"} <= texts, "columns and cells of tables"


def test_overview_has_no_retired_terms(visit):
    app = visit("overview", **PLANE)
    faults = faults_of(app)
    for step in range(1, 5):
        app.button_group("lesson.step").set_value(step).run()
        if step == 1:
            app.button_group("lesson.guess").set_value(1).run()
        assert [*app.exception] == []
        faults += faults_of(app)
    assert sorted(set(faults)) == []


def test_information_has_no_retired_terms(visit, settle):
    app = visit("information", **PLANE)
    next(button for button in app.button if button.label.startswith("Lowest alpha")).click().run()
    assert with_tabs(app, settle, "information tabs", INFORMATION) == []


def test_unlearn_has_no_retired_terms(visit, settle):
    app = visit("unlearn", **PLANE)
    assert faults_of(app) == []
    settle(app.button("step button").click().run())
    assert with_tabs(app, settle, "stage tabs", UNLEARN) == []
    settle(app.button("play button").click().run())
    assert with_tabs(app, settle, "stage tabs", UNLEARN) == []


def test_compare_has_no_retired_terms(visit, settle):
    assert faults_of(visit("compare", **PLANE, noise_seed="9")) == [], "before a run"
    app = visit("compare", **PLANE)
    assert with_tabs(app, settle, "compare tabs", COMPARE) == []


def test_data_has_no_retired_terms(visit, settle):
    app = visit("data", **PLANE)
    assert with_tabs(app, settle, "data tabs", ["Your data sets", "Sets to download", "Your networks"]) == []


@pytest.mark.parametrize("page", ["information", "unlearn", "compare"])
def test_pages_of_pictures_have_no_retired_terms(visit, page):
    assert faults_of(visit(page, **PICTURES)) == []


def test_another_method_has_no_retired_terms(visit, settle):
    app = visit("unlearn", **PLANE, method="mislabel")
    settle(app.button("step button").click().run())
    assert with_tabs(app, settle, "stage tabs", UNLEARN) == []


@pytest.mark.parametrize("name", PAGES)
def test_navigation_has_no_retired_terms(name):
    title, _, description = PAGES[name]
    assert retired_terms(f"{title}: {description}") == []

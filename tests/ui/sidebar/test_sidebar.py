"""The sidebar's pickers and the codes of data set and forget set agree."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from explorer.data import ForgetSet, load_dataset
from explorer.ui.state.available import load_title
from explorer.ui.state.selection import DEFAULTS

PACKED = ForgetSet.of_samples(range(0, 120, 2), load_dataset("moons:n=200")).code
CODES = [
    ("blobs", "class:1"),
    ("blobs:n=20,noise=0.0", "near:13@0"),
    ("moons:n=430,noise=0.22,seed=1", "random:100@7"),
    ("spirals:n=60,seed=2147483647", "samples:0,41"),
    ("circles:noise=2.0", "near:1@279"),
    ("moons:n=200", PACKED),
    ("digits", "class:9"),
    ("fashion-mini-coarse", "subclass:sneaker"),
]


def sidebar():
    from explorer.ui.sidebar.sidebar import show_sidebar

    show_sidebar()


def opened(**link):
    app = AppTest.from_function(sidebar, default_timeout=60)
    app.query_params.update(link)
    app.run()
    assert app.exception == []
    return app


@pytest.mark.parametrize(("dataset", "forget"), CODES)
def test_a_code_sets_the_pickers_and_the_pickers_give_the_code(dataset, forget):
    app = opened(dataset=dataset, forget=forget)
    assert [*app.warning, *app.error] == []
    assert app.selectbox("family").value == dataset.partition(":")[0]
    assert app.selectbox("forget.kind").value == forget.partition(":")[0]
    app.run()  # now from the pickers alone
    assert (app.query_params["dataset"], app.query_params["forget"]) == (dataset, forget)


def test_many_selected_samples_are_counted_until_numbers_are_typed():
    app = opened(dataset="moons:n=200", forget=PACKED)
    words = ["60 samples are selected, too many to list here. The link names each of them."]
    for _ in range(2):
        assert [text.value for text in app.caption] == words and app.text_input("forget.listed").value == ""
        app.run()
    app.selectbox("forget.kind").set_value("class").run()
    assert app.caption == [] and app.query_params["forget"] == "class:0"
    app.selectbox("forget.kind").set_value("samples").run()
    assert [text.value for text in app.caption] == words and app.query_params["forget"] == PACKED
    app.text_input("forget.listed").set_value("4, 17").run()
    assert app.caption == [] and app.text_input("forget.listed").value == "4, 17"
    assert app.query_params["forget"] == "samples:4,17"
    app.number_input("points.n").set_value(100).run()
    assert [*app.exception, *app.error, *app.warning] == [] and app.query_params["forget"] == "samples:4,17"


def test_many_selected_samples_that_no_longer_exist_are_reported():
    app = opened(dataset="moons:n=200", forget=PACKED)
    app.number_input("points.n").set_value(50).run()
    assert [*app.exception, *app.error, *app.caption] == []
    (warning,) = app.warning
    assert "Another forget set is selected." in warning.value and app.query_params["forget"] == "near:8@4"


def test_other_ways_to_write_a_code_become_the_canonical_one():
    app = opened(dataset="moons:noise=.3,n=80,seed=0", forget="class:b", seed="03")
    assert [*app.warning, *app.error] == []
    expected = {"dataset": "moons:n=80,noise=0.3", "model": "mlp", "forget": "class:1", "seed": "3"}
    assert dict(app.query_params) == expected


def test_without_a_link_the_example_of_the_overview_is_selected():
    app = opened()
    assert [*app.warning, *app.error] == []
    assert dict(app.query_params) == DEFAULTS


@pytest.mark.parametrize(("name", "value", "code"), [("n", 90, "n=90"), ("noise", 0.5, "n=80,noise=0.5")])
def test_points_are_drawn_anew(name, value, code):
    app = opened(dataset="moons:n=80", forget="near:8@4")
    app.number_input(f"points.{name}").set_value(value).run()
    assert app.query_params["dataset"] == f"moons:{code}"
    assert app.query_params["forget"] == "near:8@4"


@pytest.mark.parametrize("forget", ["random:100@3", "near:4@139"])
def test_a_forget_set_that_no_longer_exists_becomes_one_that_does(forget):
    app = opened(dataset="moons:n=200", forget=forget)
    app.number_input("points.n").set_value(50).run()
    assert [*app.exception, *app.error] == []
    assert app.query_params["forget"] == "near:8@4"


def test_names_for_people():
    assert [load_title(name) for name in ("moons", "fashion-mini-coarse")] == ["Moons", "Fashion mini coarse"]

"""Parameters of an address are read once, even if the run in which they arrive is interrupted."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def app(script, link=None):
    found = AppTest.from_function(script, default_timeout=60)
    found.session_state["wanted"] = {"dataset": "moons", "seed": 0}
    found.query_params.clear()
    found.query_params.update(link or {})
    return found


def state_of(running):
    return running.session_state["arrived"]


def page():
    import streamlit as st

    from explorer.ui.state import link

    link.receive()
    if st.session_state.get("interrupted"):
        st.stop()
    st.session_state["arrived"] = link.incoming()
    if st.session_state.get("interrupted later"):
        st.stop()
    for sentence in st.session_state.pop("lost", []):
        link.drop(sentence)
    link.publish(st.session_state["wanted"])
    link.show_dropped()


def test_a_link_arrives_once_and_the_address_follows():
    running = app(page, {"dataset": "blobs"}).run()
    assert state_of(running) == {"dataset": "blobs"}
    assert dict(running.query_params) == {"dataset": "moons", "seed": "0"}
    assert state_of(running.run()) is None


def test_an_empty_address_is_no_link():
    running = app(page).run()
    assert state_of(running) is None
    running.query_params.clear()  # as a page switch does
    assert state_of(running.run()) is None
    assert dict(running.query_params) == {"dataset": "moons", "seed": "0"}


def test_a_link_outlives_a_first_run_that_is_interrupted():
    running = app(page, {"dataset": "blobs"})
    running.session_state["interrupted"] = True
    running.run()
    running.session_state["interrupted"] = False
    running.query_params.clear()
    assert state_of(running.run()) == {"dataset": "blobs"}
    assert state_of(running.run()) is None


def test_a_link_outlives_a_first_run_that_is_interrupted_while_it_is_read():
    """A click on another page ends the run in the middle of the pickers' state, and empties the address."""
    running = app(page, {"dataset": "blobs"})
    running.session_state["interrupted later"] = True
    running.run()
    running.session_state["interrupted later"] = False
    running.query_params.clear()
    assert state_of(running.run()) == {"dataset": "blobs"}
    assert dict(running.query_params) == {"dataset": "moons", "seed": "0"}
    assert state_of(running.run()) is None


def test_a_second_link_is_new():
    running = app(page, {"dataset": "blobs"}).run()
    running.query_params["dataset"] = "circles"
    assert state_of(running.run()) == {"dataset": "circles", "seed": "0"}


def test_messages_are_shown_until_the_state_changes():
    running = app(page, {"dataset": "blob"})
    running.session_state["lost"] = ["There is no blob.", "there is no seed."]
    expected = ["From the link: there is no blob.", "From the link: there is no seed."]
    assert [shown.value for shown in running.run().warning] == expected
    assert [shown.value for shown in running.run().warning] == expected
    running.session_state["wanted"] = {"dataset": "moons", "seed": 1}
    assert running.run().warning == []


def test_a_new_link_clears_the_messages_of_the_old_one():
    running = app(page, {"dataset": "blob"})
    running.session_state["lost"] = ["there is no blob."]
    running.run()
    running.query_params["dataset"] = "circles"
    assert running.run().warning == []


@pytest.mark.parametrize(("text", "seed"), [("0", 0), ("7", 7), ("2147483647", 2147483647)])
def test_a_seed_is_taken(text, seed):
    running = app(seeds)
    running.session_state["text"] = text
    running.run()
    assert running.session_state["seed"] == seed
    assert running.warning == []


@pytest.mark.parametrize("text", ["-1", "1.5", "2147483648", "", "abc", "nan", "²", "9" * 5000])
def test_an_invalid_seed_is_reported(text):
    running = app(seeds)
    running.session_state["text"] = text
    running.run()
    assert running.exception == []
    assert running.session_state["seed"] == 0
    (shown,) = running.warning
    assert shown.value.startswith("From the link: noise_seed must be a whole number from 0 to 2147483647, not ")
    assert len(shown.value) < 160


def test_text_of_a_link_is_escaped():
    """It makes neither a remote picture nor a named link."""
    running = app(page, {"dataset": "blob"})
    running.session_state["lost"] = ["there is no ![x](https://example.org/x.png), [log in](https://example.org)."]
    (shown,) = running.run().warning
    assert shown.value == (
        "From the link: there is no !\\[x\\](https://example.org/x.png), \\[log in\\](https://example.org)."
    )


def seeds():
    import streamlit as st

    from explorer.ui.state import link

    st.session_state["seed"] = link.seed(st.session_state["text"], "noise_seed")
    link.show_dropped()

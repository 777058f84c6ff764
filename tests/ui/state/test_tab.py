"""The token of a run in the link: of the run that is shown for the experiment, whichever run this tab started last."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def page() -> None:
    from types import SimpleNamespace

    import streamlit as st

    from explorer.experiments import Experiment
    from explorer.ui.state import method_settings, tab

    here = Experiment("moons:n=80", "mlp", 0, "near:8@4")
    elsewhere = Experiment("moons:n=80", "mlp", 1, "near:8@4")
    request = method_settings.request_of(here)
    stored = SimpleNamespace(request=request, token="", active=False, stop=lambda: None)
    st.session_state[tab.STORED] = stored
    links = [tab.as_link(here)]
    tab.follow_run(stored)  # as when it is rewound
    links.append(tab.as_link(here))
    other = SimpleNamespace(request=SimpleNamespace(experiment=elsewhere), token="", active=False, stop=lambda: None)
    tab.follow_run(other)
    links += [tab.as_link(here), tab.as_link(elsewhere)]
    st.session_state["links"], st.session_state["tokens"] = links, [stored.token, other.token]


def test_a_stored_run_has_a_token_once_it_was_rewound_and_keeps_it() -> None:
    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    first, second = app.session_state["tokens"]
    assert first and second and first != second
    assert app.session_state["links"] == [{}, {"live": first}, {"live": first}, {"live": second}]

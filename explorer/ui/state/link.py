"""The state of the explorer as a link: read when a link is opened, written to the address when the state changes."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from explorer.ui import say

ARRIVED, PUBLISHED, DROPPED, FRESH = "link.arrived", "link.published", "link.dropped", "link.fresh"


def receive() -> None:
    """Store the parameters of the address. Call it first: a page switch ends the first run and empties the address."""
    parameters = st.query_params.to_dict()
    if parameters and parameters != st.session_state.get(PUBLISHED):
        st.session_state[ARRIVED] = parameters


def incoming() -> dict[str, str] | None:
    """Parameters of a link that was opened since the last run; None if there is none.

    An empty address is no new link, because a page switch empties it: the selection stays. A run that ends before it
    calls `publish` may have read only some of the parameters, so the next run gets all of them again.
    """
    receive()
    arrived: dict[str, str] | None = st.session_state.get(ARRIVED)
    if arrived is not None:
        st.session_state[PUBLISHED] = None
        st.session_state[DROPPED] = []
    return arrived


def pending() -> dict[str, str]:
    """Parameters of a link that was opened and is not applied yet; usually empty."""
    arrived: dict[str, str] = st.session_state.get(ARRIVED, {})
    return arrived


def update(parameters: Mapping[str, object]) -> None:
    """Change some parameters of the address and leave the others; None removes a parameter."""
    published: dict[str, str] | None = st.session_state.get(PUBLISHED)
    if published is None or pending():
        return
    updated = {name: str(value) for name, value in {**published, **parameters}.items() if value is not None}
    if updated != published:
        publish(updated)


def publish(parameters: Mapping[str, object]) -> None:
    """Write the parameters into the browser's address."""
    texts = {name: str(value) for name, value in parameters.items()}
    if st.query_params.to_dict() != texts:
        st.query_params.from_dict(texts)
    fresh = st.session_state.pop(FRESH, False)
    if not fresh and st.session_state.get(PUBLISHED) not in (None, texts):
        st.session_state[DROPPED] = []  # the user changed the state since, so the messages are out of date
    st.session_state[PUBLISHED] = texts
    st.session_state.pop(ARRIVED, None)


def seed(text: str, name: str) -> int:
    """The seed in a link parameter; 0, with a message, if the text is not a valid seed."""
    from explorer.settings import LARGEST_SEED  # imports pydantic, which the first paint of Overview does without

    if text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= LARGEST_SEED:
        return int(text)
    drop(f"{name} must be a whole number from 0 to {LARGEST_SEED}, not {text[:40]!r}.")
    return 0


def drop(sentence: str) -> None:
    """Queue a message for the sidebar: a parameter of the link cannot be used."""
    notify(f"From the link: {sentence[:1].lower()}{sentence[1:]}")


def notify(sentence: str) -> None:
    """Queue a message for the sidebar (not caused by a link). It is shown until the state changes."""
    st.session_state[FRESH] = True
    messages = st.session_state.setdefault(DROPPED, [])
    message = sentence[:1].upper() + sentence[1:]
    if message not in messages:
        messages.append(message)


def show_dropped() -> None:
    """Show the queued messages in every run until the state changes, as a page reruns when its training has ended."""
    for sentence in st.session_state.get(DROPPED, []):
        say.warning(sentence, icon=":material/link_off:")

"""The explorer's state as a link: taken in when somebody opens one, written back whenever the state changes."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from explorer.ui import say

ARRIVED, PUBLISHED, DROPPED, FRESH = "link.arrived", "link.published", "link.dropped", "link.fresh"


def receive() -> None:
    """Keep what the address brings. Call it first of all: a page switch ends the first run and empties the address."""
    found = st.query_params.to_dict()
    if found and found != st.session_state.get(PUBLISHED):
        st.session_state[ARRIVED] = found


def incoming() -> dict[str, str] | None:
    """The parameters of a link that was opened since the last run, once; else None.

    A page switch empties the address, so an empty one brings nothing new: what was chosen stays chosen. A run that ends
    before it has published took in a part of them at most: the next one gets them again.
    """
    receive()
    found: dict[str, str] | None = st.session_state.get(ARRIVED)
    if found is not None:
        st.session_state[PUBLISHED] = None
        st.session_state[DROPPED] = []
    return found


def on_its_way() -> dict[str, str]:
    """The parameters of a link that was opened and is not taken in yet; none most of the time."""
    found: dict[str, str] = st.session_state.get(ARRIVED, {})
    return found


def amend(parameters: Mapping[str, object]) -> None:
    """Make the address say this too: from a part of a page that knows nothing of the rest; None leaves one out."""
    said: dict[str, str] | None = st.session_state.get(PUBLISHED)
    if said is None or on_its_way():
        return
    wanted = {name: str(value) for name, value in {**said, **parameters}.items() if value is not None}
    if wanted != said:
        publish(wanted)


def publish(parameters: Mapping[str, object]) -> None:
    """Make the address say this state."""
    wanted = {name: str(value) for name, value in parameters.items()}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
    fresh = st.session_state.pop(FRESH, False)
    if not fresh and st.session_state.get(PUBLISHED) not in (None, wanted):
        st.session_state[DROPPED] = []  # the reader has chosen something else since
    st.session_state[PUBLISHED] = wanted
    st.session_state.pop(ARRIVED, None)


def seed(text: str, name: str) -> int:
    """A seed that a link says; 0, and a sentence for the reader, where it says none."""
    from explorer.settings import LARGEST_SEED  # only now: the first paint takes in links, and declares no settings

    if text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= LARGEST_SEED:
        return int(text)
    drop(f"{name} must be a whole number from 0 to {LARGEST_SEED}, not {text[:40]!r}.")
    return 0


def drop(sentence: str) -> None:
    """Remember, for the reader, what a link said that could not be used."""
    miss(f"From the link: {sentence[:1].lower()}{sentence[1:]}")


def miss(sentence: str) -> None:
    """Remember, for the reader, what could not be had though no link asked for it; until something else is chosen."""
    st.session_state[FRESH] = True
    said, told = st.session_state.setdefault(DROPPED, []), sentence[:1].upper() + sentence[1:]
    if told not in said:
        said.append(told)


def show_dropped() -> None:
    """Say what was lost until something else is chosen; a page runs again when its training has ended."""
    for sentence in st.session_state.get(DROPPED, []):
        say.warning(sentence, icon=":material/link_off:")

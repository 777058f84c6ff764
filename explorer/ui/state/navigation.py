"""The explorer's pages, in the order of the story that they tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

ASSETS = Path(__file__).parents[3] / "assets"
PAGES = {
    "overview": ("Overview", "auto_stories", "What forgetting means, on one story: original, unlearned and retrained."),
    "information": (
        "Information",
        "radar",
        "alpha(x) and the input gradient of every sample: which does the model need?",
    ),
    "unlearn": (
        "Unlearn",
        "play_circle",
        "Run JiT live with your own sigma, N and eta, and stop it whenever you like.",
    ),
    "compare": ("Compare", "compare", "The three models: entropies, boundaries, one shared map, and what it cost."),
    "data": ("Data", "upload_file", "Bring your own pictures, points or network, and fetch the paper's sets."),
}


def page_of(name: str) -> Any:
    """The page of that name, for a link to it."""
    title, icon, help = PAGES[name]
    return st.Page(f"pages/{name}.py", title=title, icon=f":material/{icon}:", help=help, default=name == "overview")


def navigate() -> Any:
    """Set up the tab, declare the pages and return the one that the reader is on.

    Both at once: in a tab without an icon of its own, a page's icon would be fetched from a font host.
    """
    st.set_page_config("Unlearning Explorer", ASSETS / "icon.svg", layout="wide")
    st.html(ASSETS / "styles.css")
    return st.navigation([page_of(name) for name in PAGES], position="top")

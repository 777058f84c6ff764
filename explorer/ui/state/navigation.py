"""The pages of the explorer in their order: titles, icons and descriptions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

ASSETS = Path(__file__).parents[3] / "assets"
PAGES = {
    "overview": ("Overview", "auto_stories", "Machine unlearning in one example: original, unlearned and retrained."),
    "information": ("Information", "radar", "alpha(x) and the input gradient of every sample."),
    "unlearn": ("Unlearn", "play_circle", "Run JiT live with your own sigma, N and eta; pause, rewind or stop it."),
    "compare": (
        "Compare",
        "compare",
        "The three models: measures, entropies, selectivity, membership attack, calibration, boundaries, shared map.",
    ),
    "data": ("Data", "upload_file", "Upload pictures, points or a network, or download the data sets of the paper."),
}


def page_of(name: str) -> Any:
    """The Streamlit page of this name, for a link to it."""
    title, icon, help = PAGES[name]
    return st.Page(f"pages/{name}.py", title=title, icon=f":material/{icon}:", help=help, default=name == "overview")


def navigate() -> Any:
    """Set the page configuration, declare the pages and return the current one.

    Both in one function: if the browser tab had no icon yet, Streamlit would fetch the page's icon from a font host.
    """
    st.set_page_config("Unlearning Explorer", ASSETS / "icon.svg", layout="wide")
    st.html(ASSETS / "styles.css")
    return st.navigation([page_of(name) for name in PAGES], position="top")

"""A plot that updates in place: one node to which each new plotly figure is handed, so that zoom and selection stay.

Why not st.plotly_chart: it destroys and rebuilds its node whenever the figure changes, key or not, so what moves during
a run flickers and forgets zoom and lasso. Here a component (plot.js) calls Plotly.react on one node. plotly.min.js
comes once a page load from the plotly wheel's own folder, served as a v1 component that is never mounted: nothing is
fetched from the network, and an update carries its figure alone.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import plotly
import plotly.graph_objects as go
import streamlit as st
from streamlit.components.v1 import declare_component

from explorer.figures.theme import DARK, LIGHT, Theme

_HERE = Path(__file__).parent
_updating_plot = st.components.v2.component(
    "updating_plot",
    html='<div class="updating-plot"><div class="graph"></div><p class="failure" role="status"></p></div>',
    css=(_HERE / "plot.css").read_text(),
    js=(_HERE / "plot.js").read_text(),
    isolate_styles=False,  # plotly puts its style sheet into the document, which a shadow root would not see
)


@cache
def _source() -> str:
    """Where the browser finds plotly.min.js, relative to the app. Call it in a script run: else nothing is served."""
    served = declare_component("plotly_js", path=Path(plotly.__file__).parent / "package_data")
    return f"component/{served.name}/plotly.min.js"


def current_theme() -> Theme:
    """The theme of the reader's page; light as long as the browser has not told."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def plot(
    figure: go.Figure,
    *,
    alt: str,
    key: str,
    selectable: bool = False,
    on_select: Callable[[], None] | None = None,
) -> list[int]:
    """Show `figure` at the column's width and its own height, and return the selected sample indices.

    alt         what the picture shows, in a sentence computed from the data, for readers who do not see it
    key         names the node: while it stays the same the plot updates in place; a new key forgets zoom and selection
    selectable  lets the reader click, lasso or box points (double click clears). Points carry their sample's index as
                `customdata`; points without one do not count
    on_select   called before the rerun that a changed selection causes; `selection(key)` is the new one by then
    """
    data = {
        "figure": figure.to_json(),
        "alt": alt,
        "selectable": selectable,
        "source": _source(),
        "theme": current_theme().name,
    }
    _updating_plot(key=key, data=data, on_selected_change=on_select or (lambda: None))
    return selection(key)


def selection(key: str) -> list[int]:
    """The sample indices selected in the plot `key`, sorted, each once; empty where nothing is."""
    chosen = st.session_state.get(key, {}).get("selected") or []
    return [index for index in chosen if isinstance(index, int)]  # it comes from the browser: anything might

"""A plotly plot that updates in place, so that zoom and selection stay.

st.plotly_chart rebuilds its DOM node whenever the figure changes, with a key too: plots flicker during a run and lose
zoom and lasso. This component (plot.js) calls Plotly.react on one node instead.

plotly.js is loaded once per page load, as a file of a v1 component that is never mounted, so that nothing is fetched
from the network and an update sends its figure only. There are two bundles: the smaller one of plotly in assets/plotly,
which loads a second faster, and the whole library of the plotly wheel, loaded for the first WebGL trace.
"""

import importlib
import json
import re
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import plotly
import plotly.graph_objects as go
import streamlit as st
from streamlit.components.v1 import declare_component

from explorer.figures.drawing import Drawing
from explorer.figures.theme import DARK, LIGHT, Theme, plotly_template

HEIGHT = 400  # default height of a figure, pixels
_HERE = Path(__file__).parent
SMALL = _HERE.parents[2] / "assets" / "plotly" / "plotly-cartesian.min.js"
WHOLE = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
_updating_plot = st.components.v2.component(
    "updating_plot",
    html='<div class="updating-plot"><div class="graph"></div><p class="failure" role="status"></p></div>',
    css=(_HERE / "plot.css").read_text(),
    js=(_HERE / "plot.js").read_text(),
    isolate_styles=False,  # plotly adds its style sheet to the document, which does not reach into a shadow root
)


@cache
def _sources() -> dict[str, str]:
    """Addresses of plotly's small and whole bundle, relative to the app.

    Both are the whole one if the wheel has another version. Call it in a script run, otherwise nothing is served.
    """
    whole = f"component/{declare_component('plotly_whole', path=WHOLE.parent).name}/{WHOLE.name}"
    if version(SMALL) != version(WHOLE):
        return {"small": whole, "whole": whole}
    return {
        "small": f"component/{declare_component('plotly_small', path=SMALL.parent).name}/{SMALL.name}",
        "whole": whole,
    }


def version(library: Path) -> str:
    """Version in the header of a plotly.js file, such as "4.1.1"; empty if there is none."""
    with library.open(encoding="utf-8") as file:
        match = re.search(r" v(\d[\w.]*)", file.read(200))
    return match[1] if match else ""


def fetch_library() -> None:
    """Make the browser load the library while the page is still being built, so that the first plot appears sooner."""
    st.html(f'<script>window.Plotly || import("./{_sources()["small"]}")</script>', unsafe_allow_javascript=True)


@cache
def _look(theme: Theme) -> str:
    return json.dumps(plotly_template(theme))


def current_theme() -> Theme:
    """Theme of the current page; light until the browser has reported it."""
    if "pandas" in sys.modules:  # another thread may be importing it: wait, as plotly must not use it half imported
        importlib.import_module("pandas")
    return DARK if st.context.theme.type == "dark" else LIGHT


def plot(
    figure: go.Figure | Drawing,
    *,
    alt: str,
    key: str,
    before: Sequence[go.Figure | Drawing] = (),
    apart: float = 0.0,
    selected: Sequence[int] = (),
    on_select: Callable[[list[int]], None] | None = None,
) -> None:
    """Show a figure at the width of its column and at its own height.

    Args:
        figure: the figure to show.
        alt: alternative text for screen readers, a sentence computed from the data.
        key: names the DOM node. With the same key the plot updates in place; a new key resets its zoom.
        before: figures that are drawn first, `apart` seconds each, if the plot is already on the page.
        apart: seconds between two figures.
        selected: indices of the samples to highlight; other samples fade.
        on_select: callback that makes points selectable by click, lasso or box (a double click clears the selection).
            It gets the sorted indices of the selected samples before the rerun. The `customdata` of a point is the
            index of its sample; points without it are ignored.
    """
    if isinstance(figure, go.Figure) and on_select is not None:
        _highlight(figure, selected)
    height = figure.height if isinstance(figure, Drawing) else figure.layout.height
    data = {
        "figure": figure.to_json(),
        "before": [earlier.to_json() for earlier in before],
        "apart": 1000 * apart,
        "alt": alt,
        "height": height or HEIGHT,
        "selectable": on_select is not None,
        # JSON, because Streamlit compares a list with every data frame type of pandas, which takes longer.
        "selected": json.dumps([int(sample) for sample in selected]),
        "sources": _sources(),
        "look": _look(current_theme()),
        "theme": current_theme().name,
    }

    def report() -> None:
        if on_select is not None:
            on_select(_selected_in(key))

    _updating_plot(key=key, data=data, on_selected_change=report)


def _highlight(figure: go.Figure, selected: Sequence[int]) -> None:
    """Set plotly's selection to these samples, in place of an earlier one in this figure."""
    for trace in figure.data:
        if trace.customdata is not None:
            samples = np.asarray(trace.customdata)
            samples = samples if samples.ndim == 1 else samples[:, 0]
            trace.selectedpoints = np.flatnonzero(np.isin(samples, selected)) if len(selected) else None
    figure.layout.selectionrevision = str(hash(tuple(selected)))


def _selected_in(key: str) -> list[int]:
    selection = st.session_state.get(key, {}).get("selected") or {}
    return [index for index in selection.get("samples", []) if isinstance(index, int)]  # untrusted: from the browser

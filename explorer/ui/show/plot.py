"""A plot that updates in place: one node to which each new plotly figure is handed, so that zoom and selection stay.

Why not st.plotly_chart: it destroys and rebuilds its node whenever the figure changes, key or not, so what moves during
a run flickers and forgets zoom and lasso. Here a component (plot.js) calls Plotly.react on one node. Its library comes
once a page load, served as a v1 component that is never mounted: nothing is fetched from the network, and an update
carries its figure alone. There are two: plotly's own smaller bundle in assets/plotly, which is there a second sooner,
and for the first WebGL trace the whole of it from the plotly wheel.
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
from explorer.figures.theme import DARK, LIGHT, Theme, look

HEIGHT = 400  # px, of a figure that says none
_HERE = Path(__file__).parent
SMALL = _HERE.parents[2] / "assets" / "plotly" / "plotly-cartesian.min.js"
WHOLE = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
_updating_plot = st.components.v2.component(
    "updating_plot",
    html='<div class="updating-plot"><div class="graph"></div><p class="failure" role="status"></p></div>',
    css=(_HERE / "plot.css").read_text(),
    js=(_HERE / "plot.js").read_text(),
    isolate_styles=False,  # plotly puts its style sheet into the document, which a shadow root would not see
)


@cache
def _sources() -> dict[str, str]:
    """Where the browser finds plotly's small library and the whole of it, relative to the app.

    Both are the whole where the wheel is of another version. Call it in a script run: else nothing is served.
    """
    whole = f"component/{declare_component('plotly_whole', path=WHOLE.parent).name}/{WHOLE.name}"
    if version(SMALL) != version(WHOLE):
        return {"small": whole, "whole": whole}
    return {
        "small": f"component/{declare_component('plotly_small', path=SMALL.parent).name}/{SMALL.name}",
        "whole": whole,
    }


def version(library: Path) -> str:
    """The version that a file of plotly.js says it is, "4.1.1"; empty where it says none."""
    with library.open(encoding="utf-8") as opened:
        found = re.search(r" v(\d[\w.]*)", opened.read(200))
    return found[1] if found else ""


def fetch_library() -> None:
    """Have the browser fetch the library while the page is still made, so that the first plot need not wait for it."""
    st.html(f'<script>window.Plotly || import("./{_sources()["small"]}")</script>', unsafe_allow_javascript=True)


@cache
def _look(theme: Theme) -> str:
    return json.dumps(look(theme))


def current_theme() -> Theme:
    """The theme of the reader's page; light as long as the browser has not told."""
    if "pandas" in sys.modules:  # another reader's page may just import it: plotly, which is next, must not see half
        importlib.import_module("pandas")
    return DARK if st.context.theme.type == "dark" else LIGHT


def plot(
    figure: go.Figure | Drawing,
    *,
    alt: str,
    key: str,
    before: Sequence[go.Figure | Drawing] = (),
    apart: float = 0.0,
    chosen: Sequence[int] = (),
    on_choose: Callable[[list[int]], None] | None = None,
) -> None:
    """Show `figure` at the column's width and its own height.

    alt         what the picture shows, in a sentence computed from the data, for readers who do not see it
    key         names the node: while it stays the same the plot updates in place; a new key forgets its zoom
    before      figures that are drawn first where the plot is there already, each for `apart` seconds
    chosen      the samples that stand out here, whichever picture they were chosen in; the others fade
    on_choose   lets the reader click, lasso or box points (double click clears) and is told their samples' indices,
                sorted, each once, before the rerun that this causes. Points carry their sample's index as `customdata`;
                points without one do not count
    """
    if isinstance(figure, go.Figure) and on_choose is not None:
        _stand_out(figure, chosen)
    height = figure.height if isinstance(figure, Drawing) else figure.layout.height
    data = {
        "figure": figure.to_json(),
        "before": [earlier.to_json() for earlier in before],
        "apart": 1000 * apart,
        "alt": alt,
        "height": height or HEIGHT,
        "selectable": on_choose is not None,
        "chosen": json.dumps([int(sample) for sample in chosen]),  # a list Streamlit would hold against all of pandas
        "sources": _sources(),
        "look": _look(current_theme()),
        "theme": current_theme().name,
    }
    told = (lambda: None) if on_choose is None else (lambda: on_choose(_picked(key)))
    _updating_plot(key=key, data=data, on_picked_change=told)


def _stand_out(figure: go.Figure, chosen: Sequence[int]) -> None:
    """Mark the chosen samples as plotly's selection, in place of any that the reader drew in this picture before."""
    for trace in figure.data:
        if trace.customdata is not None:
            samples = np.asarray(trace.customdata)
            samples = samples if samples.ndim == 1 else samples[:, 0]
            trace.selectedpoints = np.flatnonzero(np.isin(samples, chosen)) if len(chosen) else None
    figure.layout.selectionrevision = str(hash(tuple(chosen)))


def _picked(key: str) -> list[int]:
    picked = st.session_state.get(key, {}).get("picked") or {}
    return [index for index in picked.get("samples", []) if isinstance(index, int)]  # from the browser: anything might

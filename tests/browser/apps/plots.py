"""Two plots and a second page, for test_plot.py: one updates four times a second, the other can be selected from."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from explorer.figures.theme import style
from explorer.ui.show.plot import current_theme, plot

X = np.linspace(0, 6, 61, dtype=np.float32)


class Broken(go.Figure):
    """A figure whose JSON is cut off."""

    def to_json(self, *arguments: object, **options: object) -> str:
        return super().to_json()[:-9]


def moving() -> None:
    @st.fragment(run_every=0.25 if st.session_state.get("ticking", True) else None)
    def stage() -> None:
        count = st.session_state["count"] = st.session_state.get("count", 0) + 1
        figure = go.Figure(go.Scatter(x=X, y=np.sin(X + count / 10), name="unlearned"))
        plot(style(figure, current_theme(), x_title="step"), alt=f"A wave, update {count}.", key="wave")

    st.toggle("ticking", value=True, key="ticking")
    stage()


def still() -> None:
    theme = current_theme()
    inside, outside = np.arange(36), np.arange(5)
    figure = go.Figure(
        [
            go.Scatter(x=inside % 6, y=inside // 6, customdata=inside + 100, mode="markers", marker_size=12),
            go.Scatter(x=outside + 0.5, y=outside + 0.5, mode="markers"),  # no customdata: must not count
            go.Scatter(x=[0], y=[0], customdata=[[100, 7]], mode="markers"),  # the first sample once more
        ]
    )

    def remember(picked: list[int]) -> None:
        st.session_state["picked"] = picked

    chosen = st.session_state.get("picked", [])
    style(figure, theme, legend=False, axes=False)
    plot(figure, alt="A grid.", key="grid", selected=chosen, on_select=remember)
    row = go.Figure(go.Scatter(x=inside, y=inside, customdata=inside + 100, mode="markers"))
    plot(style(row, theme), alt="A row.", key="row", selected=chosen, on_select=remember)
    st.text(f"chosen {chosen}")


def player() -> None:
    frames = [go.Frame(data=[go.Scatter(y=[step, 2 * step])], name=str(step)) for step in range(4)]
    button = {"label": "Play", "method": "animate", "args": [None, {"frame": {"duration": 50}}]}
    steps = [{"label": frame.name, "method": "animate", "args": [[frame.name]]} for frame in frames]
    menus = {"updatemenus": [{"type": "buttons", "buttons": [button]}], "sliders": [{"steps": steps}]}
    figure = go.Figure(data=frames[0].data, frames=frames, layout=menus)
    plot(style(figure, current_theme()), alt="A line that rises.", key="player")


def broken() -> None:
    figure = go.Figure if st.toggle("mended") else Broken
    plot(figure(go.Scatter(y=[1, 2])), alt="A figure cut off.", key="broken")


def first() -> None:
    left, right = st.columns(2)
    with left:
        moving()
    with right:
        still()


def second() -> None:
    player()
    broken()


def third() -> None:
    def remember(picked: list[int]) -> None:
        st.session_state["held"] = picked

    kind = go.Scattergl if st.toggle("by WebGL") else go.Scatter
    places = np.arange(9, dtype=np.float32)
    figure = go.Figure(kind(x=places % 3, y=places // 3, customdata=np.arange(9), mode="markers", marker_size=12))
    held = st.session_state.get("held", [])
    plot(style(figure, current_theme(), axes=False), alt="Points.", key="points", selected=held, on_select=remember)
    st.text(f"chosen {len(held)}")


st.set_page_config(layout="wide")
st.navigation(
    [st.Page(first, title="First", default=True), st.Page(second, title="Second"), st.Page(third, title="Third")]
).run()

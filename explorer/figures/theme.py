"""Style of all figures: colours of the models, of the classes and of fields, and a common layout.

A figure is a function `figure(..., theme: Theme) -> go.Figure` that adds its traces, takes every colour from the theme
and ends in `return style(figure, theme, ...)`. The common settings are the template `plotly_template(theme)`, so that
figures are legible on light and on dark pages.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import plotly.graph_objects as go
import plotly.io as pio

pio.templates.default = None  # plotly's default template is not used and slows every figure down

Name = Literal["light", "dark"]
IDENTITIES = ("original", "unlearned", "retrained")
"""The three models, in the order of every legend and table."""
DASHES = {"original": "solid", "unlearned": "dash", "retrained": "dot"}
"""Line styles of the three models, so that they do not differ in colour only."""
FONT = '"Source Sans", "Helvetica Neue", Arial, sans-serif'
TEXT_SIZE = 15


@dataclass(frozen=True)
class Theme:
    """Colours of light or dark pages, "#RRGGBB" except for `paper`.

    Attributes:
        name: "light" or "dark".
        surface: background of the page as in .streamlit/config.toml, also for outlines around marks.
        ink: text and rings; contrast to the surface is at least 4.5 : 1.
        muted: secondary text; contrast to the surface is at least 4.5 : 1.
        grid: grid lines, of low contrast.
        original: colour of marks of the original model. Contrast of the three models' colours is at least 3 : 1, which
            is too little for text.
        unlearned: colour of marks of the unlearned model.
        retrained: colour of marks of the retrained model.
        classes: colours of classes (see `class_color`), with hues unlike the models'; the first ones differ most.
        field: nine steps of a perceptually uniform scale (Cividis), from close to the surface (low) to ink (high).
        paper: background of figures, transparent.
    """

    name: Name
    surface: str
    ink: str
    muted: str
    grid: str
    original: str
    unlearned: str
    retrained: str
    classes: tuple[str, ...]
    field: tuple[str, ...]
    paper: str = "rgba(0,0,0,0)"

    def identity(self, name: str) -> str:
        """Colour of one of IDENTITIES; raises KeyError for any other name."""
        return {"original": self.original, "unlearned": self.unlearned, "retrained": self.retrained}[name]

    def class_color(self, index: int) -> str:
        """Colour of the marks of class `index`; beyond the palette its colours repeat, darker or lighter."""
        turn, place = divmod(index, len(self.classes))
        if not turn:
            return self.classes[place]
        share = max(0.25, 0.7 - 0.1 * (turn // 2))
        return blend(self.classes[place], self.ink if turn % 2 else self.surface, share)

    def region(self, index: int) -> str:
        """Pale fill of the region predicted as class `index`: the class's colour blended with the surface."""
        return blend(self.class_color(index), self.surface, 0.24)

    def region_scale(self, count: int) -> list[list[float | str]]:
        """Stepped colour scale for a heatmap of class numbers 0..count-1 with zmin=-.5 and zmax=count-.5."""
        return [[edge / count, self.region(index)] for index in range(count) for edge in (index, index + 1)]

    @property
    def field_scale(self) -> list[list[float | str]]:
        """`field` as a plotly colour scale."""
        return [[step / (len(self.field) - 1), color] for step, color in enumerate(self.field)]

    def ring(self, size: float = 13) -> dict[str, Any]:
        """Marker of a forget sample: a ring in ink around its mark, visible on every colour (size in px)."""
        return {"symbol": "circle-open", "size": size, "color": self.ink, "line": {"width": 2, "color": self.ink}}


LIGHT = Theme(
    name="light", surface="#FFFFFF", ink="#111722", muted="#5A6472", grid="#E6E9EE",
    original="#0072B2", unlearned="#D55E00", retrained="#009E73",
    classes=("#582DC0", "#C1B01F", "#EC78F7", "#392C01", "#B30A7B",
             "#3C086B", "#9466F9", "#CD9FB0", "#6E5B35", "#752142"),
    field=("#E8D250", "#CCBA64", "#AEA371", "#918C77", "#757574", "#585E6D", "#3A496C", "#123570", "#00224E"),
)  # fmt: skip
DARK = Theme(
    name="dark", surface="#0E1117", ink="#EEF1F6", muted="#A3ADBB", grid="#29303C",
    original="#3E99DC", unlearned="#E36A1C", retrained="#23AB7F",
    classes=("#886AFE", "#DDB227", "#ED5ABF", "#E7F552", "#D32364",
             "#8041B5", "#E8D4FE", "#E6A0BB", "#7A631F", "#866C8F"),
    field=("#1F3B6F", "#424E6C", "#5D626F", "#787875", "#938E77", "#AEA371", "#CAB965", "#E5D052", "#FEE838"),
)  # fmt: skip


def blend(color: str, onto: str, share: float) -> str:
    """`color` with opacity `share` (0..1) on `onto`; all "#RRGGBB"."""
    pairs = ((int(color[at : at + 2], 16), int(onto[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(share * over + (1 - share) * under):02X}" for over, under in pairs)


def style(
    figure: go.Figure,
    theme: Theme,
    *,
    height: int = 380,
    x_title: str | None = None,
    y_title: str | None = None,
    legend: bool | None = None,
    axes: bool = True,
) -> go.Figure:
    """Apply the common layout to `figure` and return it. Other layout settings of the figure remain.

    Args:
        figure: figure with all its traces and annotations.
        theme: colours.
        height: px; use the same for figures that are compared.
        x_title: title of the outer x axes, with unit.
        y_title: title of the outer y axes, with unit.
        legend: whether there is a legend; None: plotly's default.
        axes: False for planes and maps: no ticks, no grid, equal units on both axes.
    """
    figure.layout.height = height  # update_layout takes ten times as long as setting attributes
    figure.layout.showlegend = legend
    # The legend is at the top edge and the headings of subplots are above their axes: they must not overlap.
    listed = legend if legend is not None else sum(trace.showlegend is not False for trace in figure.data) > 1
    headed = any(note.yref == "paper" and note.yanchor == "bottom" for note in figure.layout.annotations)
    figure.layout.margin.t = 12 + 32 * listed + 26 * headed
    for trace in figure.data:
        if str(trace.name).lower() in IDENTITIES:
            trace.legendrank = 100 + IDENTITIES.index(trace.name.lower())
    across, along = (
        list(figure.select_xaxes()) or [figure.layout.xaxis],
        list(figure.select_yaxes()) or [figure.layout.yaxis],
    )
    for title, group in ((x_title, across), (y_title, along)):
        for axis in filter(_outer, group):
            if title:
                axis.title.text = title
    if not axes:
        for axis in (*across, *along):
            axis.visible, axis.constrain = False, "domain"
        for axis in along:
            axis.scaleanchor = axis.anchor or "x"
    return figure


def _outer(axis: go.layout.XAxis | go.layout.YAxis) -> bool:
    """Whether an axis has tick labels: make_subplots hides the inner labels of shared axes."""
    return axis.showticklabels is not False


@cache
def plotly_template(theme: Theme) -> dict[str, Any]:
    """Common settings of all figures as a plotly template, which a figure's own layout overrides.

    `style` does not set it, as it would be the largest part of a figure that is updated several times a second. The
    page sets it in the browser; elsewhere use `figure.layout.template = plotly_template(theme)`.
    """
    axis = {
        "automargin": True,
        "color": theme.muted,
        "gridcolor": theme.grid,
        "linecolor": theme.grid,
        "tickfont": {"color": theme.muted, "size": 14},
        "ticklabelstandoff": 4,
        "title": {"font": {"color": theme.ink}, "standoff": 10},
        "zeroline": False,
    }
    bar = {"outlinewidth": 0, "thickness": 14, "tickfont": {"color": theme.muted, "size": 14}}
    selection = {"selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 0.12}}}
    return {
        "layout": {
            "autosize": True,
            "annotationdefaults": {"font": {"color": theme.ink, "size": TEXT_SIZE}, "showarrow": False},
            "bargap": 0.04,
            "colorway": list(theme.classes),
            "coloraxis": {"colorbar": bar, "colorscale": theme.field_scale},
            "colorscale": {"sequential": theme.field_scale},
            "font": {"color": theme.ink, "family": FONT, "size": TEXT_SIZE},
            "hoverlabel": {
                "bgcolor": theme.surface,
                "bordercolor": theme.muted,
                "font": {"color": theme.ink, "family": FONT, "size": 14},
            },
            "hovermode": "closest",
            "legend": {
                "font": {"color": theme.ink},
                "itemsizing": "constant",
                "orientation": "h",
                "traceorder": "normal",
                "x": 0,
                "xanchor": "left",
                "y": 1,
                "yanchor": "top",
                "yref": "container",
            },
            "margin": {"b": 8, "l": 8, "pad": 0, "r": 8, "t": 12},
            "modebar": {"activecolor": theme.ink, "bgcolor": theme.surface, "color": theme.muted},
            "newselection": {"line": {"color": theme.ink, "width": 1}},
            "paper_bgcolor": theme.paper,
            "plot_bgcolor": theme.paper,
            "sliderdefaults": {
                "activebgcolor": theme.ink,
                "bgcolor": theme.muted,
                "bordercolor": theme.muted,
                "font": {"color": theme.muted},
                "tickcolor": theme.muted,
            },
            "updatemenudefaults": {
                "bgcolor": theme.surface,
                "bordercolor": theme.muted,
                "font": {"color": theme.ink},
                "showactive": False,
            },
            "xaxis": axis | {"showgrid": False},
            "yaxis": axis,
        },
        "data": {kind: [{"colorbar": bar, "colorscale": theme.field_scale}] for kind in ("contour", "heatmap")}
        | {kind: [{"marker": {"colorbar": bar}, **selection}] for kind in ("scatter", "scattergl")},
    }

"""Forget set and retained set on their way from original to unlearned: did one of them move, or both alike?"""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from explorer.figures.identity import SYMBOLS
from explorer.figures.theme import IDENTITIES, Theme, style

LANES = {"forget set": 1.0, "retained": 0.0}
BELOW = {"original": 0.0, "unlearned": 0.0, "retrained": -0.3}
"""The retrained model is no station on the way: it stands under the arrow, as the mark to reach."""
SIZES = {"original": 19, "unlearned": 12, "retrained": 13}
"""Where nothing moved, the original shows around the unlearned model."""
SCALES = {"percent": 100.0, "nats": 1.0, "area": 1.0}


def selectivity(
    headings: Sequence[str],
    units: Sequence[str],
    forget: Sequence[Mapping[str, float]],
    retain: Sequence[Mapping[str, float]],
    theme: Theme,
    *,
    panel: int = 190,
) -> go.Figure:
    """A panel a measure, an arrow for D_f and one for D_r from original to unlearned, with retrained beneath.

    headings        over each panel: the measure and its selectivity
    units           "percent" (of shares in 0..1), "nats" or "area" (under the attack's curve), one for each
    forget, retain  the measure of D_f and of D_r under "original", "unlearned", "retrained"
    """
    figure = make_subplots(len(headings), 1, subplot_titles=list(headings), vertical_spacing=0.54 / len(headings))
    figure.update_annotations(x=0, xanchor="left")
    for row, unit in enumerate(units, start=1):
        lanes = {"forget set": forget[row - 1], "retained": retain[row - 1]}
        for identity in IDENTITIES:
            held = [(SCALES[unit] * values[identity], LANES[lane]) for lane, values in lanes.items()]
            x, y = np.array(held, dtype=np.float32).T
            figure.add_scatter(
                x=x, y=y + np.float32(BELOW[identity]), text=list(lanes), name=identity, mode="markers", row=row, col=1,
                showlegend=row == 1, legendgroup=identity, hovertemplate=_hover(unit),
                marker={"symbol": SYMBOLS[identity], "size": SIZES[identity], "color": theme.identity(identity)},
            )  # fmt: skip
        for lane, values in lanes.items():
            start, end = (SCALES[unit] * values[identity] for identity in ("original", "unlearned"))
            figure.add_annotation(
                x=end, y=LANES[lane], ax=start, ay=LANES[lane], axref=f"x{row}" if row > 1 else "x",
                ayref=f"y{row}" if row > 1 else "y", text="", showarrow=start != end, arrowhead=2, arrowsize=1.2,
                arrowwidth=2, arrowcolor=theme.ink, standoff=8, startstandoff=10, row=row, col=1,
            )  # fmt: skip
        figure.update_xaxes(title_text=_title(unit), row=row, col=1)
        if unit == "nats":
            figure.update_xaxes(rangemode="tozero", row=row, col=1)
        else:
            figure.update_xaxes(range=[-4, 104] if unit == "percent" else [-0.04, 1.04], row=row, col=1)
        if unit == "area":
            figure.add_shape(
                type="line", x0=0.5, x1=0.5, y0=-0.5, y1=1.3, layer="below", row=row, col=1,
                line={"color": theme.muted, "width": 1.5, "dash": "dot"},
            )  # fmt: skip
    figure.update_yaxes(range=[-0.6, 1.4], tickvals=list(LANES.values()), ticktext=list(LANES), showgrid=False)
    style(figure, theme, height=92 + panel * len(headings), legend=True)
    return figure.update_layout(margin_t=88)  # the legend may take two lines on a phone


def describe_selectivity(
    headings: Sequence[str],
    units: Sequence[str],
    forget: Sequence[Mapping[str, float]],
    retain: Sequence[Mapping[str, float]],
) -> str:
    """What `selectivity` shows, measure by measure."""
    sentences = []
    for heading, unit, *lanes in zip(headings, units, forget, retain, strict=True):
        said = [
            f"{lane} from {_value(values['original'], unit)} to {_value(values['unlearned'], unit)} "
            f"(retrained {_value(values['retrained'], unit)})"
            for lane, values in zip(LANES, lanes, strict=True)
        ]
        sentences.append(f"{_plain(heading)}: {', '.join(said)}.")
    return " ".join(sentences)


def _value(value: float, unit: str) -> str:
    return f"{100 * value:.1f} %" if unit == "percent" else f"{value:.2f}{' nats' if unit == 'nats' else ''}"


def _title(unit: str) -> str:
    return {"percent": "accuracy (%)", "nats": "mean entropy (nats)", "area": "AUC of the attack (.5: told nothing)"}[
        unit
    ]


def _hover(unit: str) -> str:
    value = {"percent": "%{x:.1f} %", "nats": "%{x:.2f} nats", "area": "%{x:.2f}"}[unit]
    return f"%{{text}}, %{{fullData.name}}: {value}<extra></extra>"


def _plain(heading: str) -> str:
    return heading.replace("<b>", "").replace("</b>", "")

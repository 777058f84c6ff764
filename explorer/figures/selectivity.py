"""Selectivity: change of a measure from the original to the unlearned model, on the forget set and the retained set."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from explorer.figures.identity import SYMBOLS
from explorer.figures.theme import IDENTITIES, Theme, style

LANES = {"forget set": 1.0, "retained": 0.0}
BELOW = {"original": 0.0, "unlearned": 0.0, "retrained": -0.3}
"""Vertical offsets: the retrained model is the reference and stands below the arrow."""
SIZES = {"original": 19, "unlearned": 12, "retrained": 13}
"""Marker sizes in px: where the models agree, the original remains visible around the unlearned model."""
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
    """One panel per measure, with arrows from original to unlearned for D_f and D_r, and retrained below.

    Args:
        headings: heading of each of the m panels: the measure and its selectivity.
        units: unit of each panel: "percent" (of shares in 0..1), "nats" or "area" (AUC of the membership attack).
        forget: each measure on D_f, by "original", "unlearned", "retrained".
        retain: each measure on D_r, by the same.
        theme: colours.
        panel: height of a panel in px.
    """
    figure = make_subplots(len(headings), 1, subplot_titles=list(headings), vertical_spacing=0.54 / len(headings))
    figure.update_annotations(x=0, xanchor="left")
    for row, unit in enumerate(units, start=1):
        lanes = {"forget set": forget[row - 1], "retained": retain[row - 1]}
        for identity in IDENTITIES:
            places = [(SCALES[unit] * values[identity], LANES[lane]) for lane, values in lanes.items()]
            x, y = np.array(places, dtype=np.float32).T
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
    """Description of `selectivity`: original, unlearned and retrained values, measure by measure."""
    sentences = []
    for heading, unit, *lanes in zip(headings, units, forget, retain, strict=True):
        parts = [
            f"{lane} from {_value(values['original'], unit)} to {_value(values['unlearned'], unit)} "
            f"(retrained {_value(values['retrained'], unit)})"
            for lane, values in zip(LANES, lanes, strict=True)
        ]
        sentences.append(f"{_plain(heading)}: {', '.join(parts)}.")
    return " ".join(sentences)


def _value(value: float, unit: str) -> str:
    return f"{100 * value:.1f} %" if unit == "percent" else f"{value:.2f}{' nats' if unit == 'nats' else ''}"


def _title(unit: str) -> str:
    return {"percent": "accuracy (%)", "nats": "mean entropy (nats)", "area": "AUC of the attack (.5: chance level)"}[
        unit
    ]


def _hover(unit: str) -> str:
    value = {"percent": "%{x:.1f} %", "nats": "%{x:.2f} nats", "area": "%{x:.2f}"}[unit]
    return f"%{{text}}, %{{fullData.name}}: {value}<extra></extra>"


def _plain(heading: str) -> str:
    return heading.replace("<b>", "").replace("</b>", "")

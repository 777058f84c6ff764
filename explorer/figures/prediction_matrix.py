"""What a model calls the forget samples: true class against predicted class, as counts on a scale of shares."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from explorer.figures.identity import heading, named
from explorer.figures.short_name import short, short_ticks
from explorer.figures.theme import IDENTITIES, Theme, style
from explorer.words import counted, listed, percent

WRITTEN = 12  # classes, up to which a count fits into its cell


class AtHand(NamedTuple):
    """Matrices of a few classes: by model int (rows, columns), with the names of both, the rest together at the end."""

    matrices: dict[str, np.ndarray]
    classes: list[str]
    called: list[str]


def at_hand(matrices: Mapping[str, np.ndarray], classes: Sequence[str], most: int = WRITTEN) -> AtHand:
    """Of more than `most` classes the rows with the most samples, and as columns these and those that gained most.

    Gained: how many more samples the unlearned model, or else the retrained one, calls so than the original. The
    others are added up, and how many they are is said in place of a name.
    """
    found = {name: np.asarray(matrix) for name, matrix in matrices.items()}
    if len(classes) <= most:
        return AtHand(found, list(classes), list(classes))
    sizes = np.max([matrix.sum(1) for matrix in found.values()], axis=0)
    predictions = {name: matrix.sum(0) for name, matrix in found.items()}
    gained = next(
        (predictions[name] for name in ("unlearned", "retrained") if name in predictions), 0
    ) - predictions.get("original", 0)
    rows = [at for at in np.argsort(-sizes, kind="stable").tolist() if sizes[at]][:most]
    order = np.lexsort((-np.max(list(predictions.values()), axis=0), -np.asarray(gained))).tolist()
    columns = [*rows[: most // 2], *(at for at in order if at not in rows[: most // 2])][:most]
    other_rows = [at for at in range(len(classes)) if at not in rows and sizes[at]]
    other_columns = [at for at in range(len(classes)) if at not in columns]
    kept = {}
    for name, matrix in found.items():
        across = np.column_stack([matrix[:, columns], matrix[:, other_columns].sum(1)])
        kept[name] = np.vstack([across[rows], across[other_rows].sum(0)]) if other_rows else across[rows]
    names = [classes[at] for at in rows] + ([f"{len(other_rows)} others"] if other_rows else [])
    return AtHand(kept, names, [*(classes[at] for at in columns), f"{len(other_columns)} others"])


def prediction_matrix(
    matrix: np.ndarray,
    identity: str,
    theme: Theme,
    *,
    classes: Sequence[str],
    called: Sequence[str] | None = None,
    row: int = 34,
) -> go.Figure:
    """One model's matrix; rows of classes without samples are left out, so a forgotten class is one row.

    matrix           int (rows, columns): samples of a true class (row) called a class (column)
    classes, called  names of the rows, and of the columns; None: the same
    """
    called = classes if called is None else called
    present = np.flatnonzero(matrix.sum(1))
    counts = matrix[present]
    shares = 100 * counts / np.maximum(counts.sum(1, keepdims=True), 1)
    rows = [classes[at] for at in present.tolist()]
    heat = go.Heatmap(
        z=np.where(counts > 0, shares, np.nan).astype(np.float32), x=list(called), y=rows, text=counts, zmin=0,
        zmax=100, showscale=False, xgap=1, ygap=1, hoverongaps=False,
        hovertext=[[f"{name} called {other}" for other in called] for name in rows],
        hovertemplate="%{hovertext}: %{text} (%{z:.1f} %)<extra></extra>",
    )  # fmt: skip
    figure = go.Figure(heat, {"annotations": [heading(named(identity, theme))]})
    if len(called) <= WRITTEN + 1:
        down, across = np.nonzero(counts)
        figure.add_scatter(
            x=[called[at] for at in across.tolist()], y=[rows[at] for at in down.tolist()], mode="text",
            text=counts[down, across].astype(str).tolist(), hoverinfo="skip",
            textfont={"color": [_legible(share, theme) for share in shares[down, across].tolist()]},
        )  # fmt: skip
    # Digits as class names would otherwise become numbers on an axis.
    longest = max(len(short(name)) for name in called)
    figure.update_xaxes(
        type="category", range=[-0.5, len(called) - 0.5], tickangle=0 if longest <= 2 else -60,
        **short_ticks(called, every=1 + len(called) // 40),
    )  # fmt: skip
    figure.update_yaxes(type="category", range=[len(rows) - 0.5, -0.5], showgrid=False, **short_ticks(rows))
    height = 130 + (row if len(classes) <= 30 else 14) * max(1, len(rows)) + 6 * longest
    return style(figure, theme, height=height, x_title="called", y_title="true class", legend=False)


def describe_prediction_matrix(matrices: Mapping[str, np.ndarray], classes: Sequence[str]) -> str:
    """What the matrices show: of how many samples the class is still met, and what they are called most otherwise."""
    parts, n = [], max((int(np.sum(matrix)) for matrix in matrices.values()), default=0)
    for name in (name for name in IDENTITIES if name in matrices):
        matrix = np.asarray(matrices[name])
        called, right = int(matrix.sum()), int(matrix.diagonal().sum())
        wrong = (matrix - np.diag(matrix.diagonal())).sum(0)
        most = f" (otherwise mostly {classes[int(wrong.argmax())]})" if wrong.any() else ""
        of = "" if called == n else f" of {called:,}"
        parts.append(f"{name} {percent(right / called)}{of}{most}" if called else f"{name} none")
    if not n:
        return "There are no finite predictions of the forget set."
    return f"Of {counted(n, 'forget sample')}, called by their own class: {listed(parts)}."


def _legible(share: float, theme: Theme) -> str:
    """Black or white, whichever is read more easily on the shade of a share in percent; ink falls short on some."""
    shade = _luminance(theme.field[round(share / 100 * (len(theme.field) - 1))])

    def contrast(color: str) -> float:
        low, high = sorted((shade, _luminance(color)))
        return (high + 0.05) / (low + 0.05)

    return max(("#000000", "#FFFFFF"), key=contrast)


def _luminance(color: str) -> float:
    """Relative luminance of "#RRGGBB" as WCAG defines it."""
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

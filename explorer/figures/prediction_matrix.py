"""Confusion matrix of a model on the forget set: true class against predicted class, counts and shares of the row."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from explorer.figures.identity import heading, model_label
from explorer.figures.short_name import short, short_ticks
from explorer.figures.theme import IDENTITIES, Theme, style
from explorer.words import listed, percent

WRITTEN = 12  # largest number of classes for which a count fits into its cell


class CondensedMatrices(NamedTuple):
    """Confusion matrices of few classes; the last row and column may be the sum of all other classes.

    Attributes:
        matrices: by model, int (rows, columns).
        classes: names of the rows, true classes.
        predicted: names of the columns, predicted classes.
    """

    matrices: dict[str, np.ndarray]
    classes: list[str]
    predicted: list[str]


def condense(matrices: Mapping[str, np.ndarray], classes: Sequence[str], most: int = WRITTEN) -> CondensedMatrices:
    """Confusion matrices reduced to the most important classes; all other classes are summed ("88 other classes").

    Rows: the classes with the most samples. Columns: some of these, and the classes that gained the most predictions
    from the original to the unlearned model (or to the retrained model, if there is no unlearned one).

    Args:
        matrices: by model, int (classes, classes).
        classes: class names by number.
        most: number of classes to show at most; matrices of no more classes are returned unchanged.
    """
    full = {name: np.asarray(matrix) for name, matrix in matrices.items()}
    if len(classes) <= most:
        return CondensedMatrices(full, list(classes), list(classes))
    sizes = np.max([matrix.sum(1) for matrix in full.values()], axis=0)
    predictions = {name: matrix.sum(0) for name, matrix in full.items()}
    gained = next(
        (predictions[name] for name in ("unlearned", "retrained") if name in predictions), 0
    ) - predictions.get("original", 0)
    rows = [at for at in np.argsort(-sizes, kind="stable").tolist() if sizes[at]][:most]
    order = np.lexsort((-np.max(list(predictions.values()), axis=0), -np.asarray(gained))).tolist()
    columns = [*rows[: most // 2], *(at for at in order if at not in rows[: most // 2])][:most]
    other_rows = [at for at in range(len(classes)) if at not in rows and sizes[at]]
    other_columns = [at for at in range(len(classes)) if at not in columns]
    reduced = {}
    for name, matrix in full.items():
        across = np.column_stack([matrix[:, columns], matrix[:, other_columns].sum(1)])
        reduced[name] = np.vstack([across[rows], across[other_rows].sum(0)]) if other_rows else across[rows]
    names = [classes[at] for at in rows] + ([f"{len(other_rows)} other classes"] if other_rows else [])
    return CondensedMatrices(reduced, names, [*(classes[at] for at in columns), f"{len(other_columns)} other classes"])


def prediction_matrix(
    matrix: np.ndarray,
    identity: str,
    theme: Theme,
    *,
    classes: Sequence[str],
    predicted: Sequence[str] | None = None,
    row: int = 34,
) -> go.Figure:
    """Confusion matrix of one model. Rows without samples are left out, so a single forgotten class is one row.

    Args:
        matrix: number of samples of a true class (row) predicted as a class (column), int (rows, columns).
        identity: "original", "unlearned" or "retrained".
        theme: colours.
        classes: names of the rows.
        predicted: names of the columns; None: as the rows.
        row: height of a row in px.
    """
    predicted = classes if predicted is None else predicted
    present = np.flatnonzero(matrix.sum(1))
    counts = matrix[present]
    shares = 100 * counts / np.maximum(counts.sum(1, keepdims=True), 1)
    rows = [classes[at] for at in present.tolist()]
    heat = go.Heatmap(
        z=np.where(counts > 0, shares, np.nan).astype(np.float32), x=list(predicted), y=rows, text=counts, zmin=0,
        zmax=100, showscale=False, xgap=1, ygap=1, hoverongaps=False,
        hovertext=[[f"{name} predicted as {other}" for other in predicted] for name in rows],
        hovertemplate="%{hovertext}: %{text} (%{z:.1f} %)<extra></extra>",
    )  # fmt: skip
    figure = go.Figure(heat, {"annotations": [heading(model_label(identity, theme))]})
    if len(predicted) <= WRITTEN + 1:
        down, across = np.nonzero(counts)
        figure.add_scatter(
            x=[predicted[at] for at in across.tolist()], y=[rows[at] for at in down.tolist()], mode="text",
            text=counts[down, across].astype(str).tolist(), hoverinfo="skip",
            textfont={"color": [_legible(share, theme) for share in shares[down, across].tolist()]},
        )  # fmt: skip
    # type="category": digits as class names would otherwise become numbers.
    longest = max(len(short(name)) for name in predicted)
    figure.update_xaxes(
        type="category", range=[-0.5, len(predicted) - 0.5], tickangle=0 if longest <= 2 else -60,
        **short_ticks(predicted, every=1 + len(predicted) // 40),
    )  # fmt: skip
    figure.update_yaxes(type="category", range=[len(rows) - 0.5, -0.5], showgrid=False, **short_ticks(rows))
    height = 130 + (row if len(classes) <= 30 else 14) * max(1, len(rows)) + 6 * longest
    return style(figure, theme, height=height, x_title="predicted class", y_title="true class", legend=False)


def describe_prediction_matrix(matrices: Mapping[str, np.ndarray], classes: Sequence[str]) -> str:
    """Description of the matrices: accuracy on the forget set and the most frequent wrong class of each model."""
    parts, n = [], max((int(np.sum(matrix)) for matrix in matrices.values()), default=0)
    for name in (name for name in IDENTITIES if name in matrices):
        matrix = np.asarray(matrices[name])
        predicted, correct = int(matrix.sum()), int(matrix.diagonal().sum())
        wrong = (matrix - np.diag(matrix.diagonal())).sum(0)
        most = f" (most frequent wrong class: {classes[int(wrong.argmax())]})" if wrong.any() else ""
        of = "" if predicted == n else f" of {predicted:,}"
        parts.append(f"{name} {percent(correct / predicted)}{of}{most}" if predicted else f"{name} unknown")
    if not n:
        return "There are no finite predictions of the forget set."
    return f"Accuracy on the forget set (n = {n:,}): {listed(parts)}."


def _legible(share: float, theme: Theme) -> str:
    """Black or white, whichever has more contrast to the shade of a share (in percent); ink is illegible on some."""
    shade = _luminance(theme.field[round(share / 100 * (len(theme.field) - 1))])

    def contrast(color: str) -> float:
        low, high = sorted((shade, _luminance(color)))
        return (high + 0.05) / (low + 0.05)

    return max(("#000000", "#FFFFFF"), key=contrast)


def _luminance(color: str) -> float:
    """Relative luminance of "#RRGGBB" (WCAG 2.2)."""
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

"""What was brought, before it is kept: how many of what, samples of each class, and the split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from explorer.data.class_names import plain_name
from explorer.data.uploaded import UploadedData
from explorer.figures.uploaded_points import describe_uploaded, uploaded_points
from explorer.ui import say
from explorer.ui.show.pictures import picture_link
from explorer.ui.show.plot import current_theme, plot

SHOWN = 6  # pictures of a class
PICTURED = 100  # classes with pictures; the others are counted
ROW = 56  # px


def show_preview(brought: UploadedData, columns: Sequence[str] | None = None) -> None:
    """What was left out, and the classes with their counts and some of their samples.

    columns: of a table, the names of those that were taken for the coordinates come first.
    """
    for remark in brought.remarks:
        say.warning(remark, icon=":material/filter_alt:")
    if brought.kind == "plane":
        _show_points(brought, columns or ())
    classes = list(brought.classes)
    count = len(classes)
    table: dict[str, list[Any]] = {
        "class": classes,
        "training": np.bincount(brought.y[~brought.test], minlength=count).tolist(),
        "test": np.bincount(brought.y[brought.test], minlength=count).tolist(),
    }
    if brought.fine is not None:
        table["sub-classes"] = [", ".join(_within(brought, number)) for number in range(count)]
    if brought.kind == "image":
        strips = [_strip(brought, number) if number < PICTURED else None for number in range(count)]
        table["pictures"] = strips
    shown = {"pictures": st.column_config.ImageColumn("pictures", width="large", help="The first of each class")}
    row = ROW if brought.kind == "image" else 35
    st.dataframe(
        table, hide_index=True, column_config=shown, row_height=row, height=min(40 + row * count, 420),
        alt=f"{count} classes with their number of training and test samples",
    )  # fmt: skip


def in_words(brought: UploadedData) -> str:
    """How many of what, and how they are split."""
    n, tested = len(brought.x), int(brought.test.sum())
    what = "points"
    if brought.kind == "image":
        channels, side = brought.x.shape[1:3]
        what = f"{'grey' if channels == 1 else 'colour'} pictures of {side} x {side}"
    finer = f" with {len(brought.subclasses):,} sub-classes" if brought.fine is not None else ""
    return (
        f"{n:,} {what} in {len(brought.classes):,} classes{finer}: {n - tested:,} to train on, {tested:,} to test with"
    )


def _show_points(brought: UploadedData, columns: Sequence[str]) -> None:
    draw = np.random.default_rng(0).permutation(len(brought.x))[:3000]
    points, labels = brought.x[draw], brought.y[draw]
    first, second = (f": {plain_name(name)}" for name in columns[:2]) if columns else ("", "")
    axes = f"first coordinate{first}", f"second coordinate{second}"
    figure = uploaded_points(points, labels, current_theme(), classes=brought.classes, axes=axes)
    plot(figure, alt=describe_uploaded(points, brought.classes, axes), key="preview of points")


def _strip(brought: UploadedData, number: int) -> str:
    """The first pictures of a class, side by side."""
    chosen = brought.x[np.flatnonzero(brought.y == number)[:SHOWN]]
    side_by_side = np.concatenate(list(chosen.transpose(0, 2, 3, 1)), axis=1)
    return picture_link(side_by_side[..., 0] if side_by_side.shape[-1] == 1 else side_by_side)


def _within(brought: UploadedData, number: int) -> list[str]:
    assert brought.fine is not None
    return [brought.subclasses[fine] for fine in np.unique(brought.fine[brought.y == number])]

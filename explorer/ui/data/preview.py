"""Preview of an uploaded data set before it is saved: size, samples of each class, split."""

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
PICTURED = 100  # classes with pictures; the remaining classes are only counted
ROW = 56  # px


def show_preview(upload: UploadedData, columns: Sequence[str] | None = None) -> None:
    """Draw remarks on what was left out, and the classes with their counts and some of their samples.

    Args:
        upload: the data as read.
        columns: columns of a table, those of the two coordinates first.
    """
    for remark in upload.remarks:
        say.warning(remark, icon=":material/filter_alt:")
    if upload.kind == "plane":
        _show_points(upload, columns or ())
    classes = list(upload.classes)
    count = len(classes)
    table: dict[str, list[Any]] = {
        "class": classes,
        "training": np.bincount(upload.y[~upload.test], minlength=count).tolist(),
        "test": np.bincount(upload.y[upload.test], minlength=count).tolist(),
    }
    if upload.fine is not None:
        table["sub-classes"] = [", ".join(_subclasses_of(upload, number)) for number in range(count)]
    if upload.kind == "image":
        strips = [_strip(upload, number) if number < PICTURED else None for number in range(count)]
        table["pictures"] = strips
    config = {"pictures": st.column_config.ImageColumn("pictures", width="large", help="First pictures of each class")}
    row = ROW if upload.kind == "image" else 35
    st.dataframe(
        table, hide_index=True, column_config=config, row_height=row, height=min(40 + row * count, 420),
        alt=f"{count} classes with their number of training and test samples",
    )  # fmt: skip


def describe_upload(upload: UploadedData) -> str:
    """Number and kind of the samples, number of classes, and sizes of training and test set."""
    n, tested = len(upload.x), int(upload.test.sum())
    kind = "points"
    if upload.kind == "image":
        channels, side = upload.x.shape[1:3]
        kind = f"{'grey' if channels == 1 else 'colour'} pictures of {side} x {side}"
    finer = f" with {len(upload.subclasses):,} sub-classes" if upload.fine is not None else ""
    return (
        f"{n:,} {kind} in {len(upload.classes):,} classes{finer}: {n - tested:,} for training, {tested:,} for testing"
    )


def _show_points(upload: UploadedData, columns: Sequence[str]) -> None:
    draw = np.random.default_rng(0).permutation(len(upload.x))[:3000]
    points, labels = upload.x[draw], upload.y[draw]
    first, second = (f": {plain_name(name)}" for name in columns[:2]) if columns else ("", "")
    axes = f"first coordinate{first}", f"second coordinate{second}"
    figure = uploaded_points(points, labels, current_theme(), classes=upload.classes, axes=axes)
    plot(figure, alt=describe_uploaded(points, upload.classes, axes), key="preview of points")


def _strip(upload: UploadedData, number: int) -> str:
    """First pictures of a class side by side, as a data link."""
    pictures = upload.x[np.flatnonzero(upload.y == number)[:SHOWN]]
    side_by_side = np.concatenate(list(pictures.transpose(0, 2, 3, 1)), axis=1)
    return picture_link(side_by_side[..., 0] if side_by_side.shape[-1] == 1 else side_by_side)


def _subclasses_of(upload: UploadedData, number: int) -> list[str]:
    assert upload.fine is not None
    return [upload.subclasses[fine] for fine in np.unique(upload.fine[upload.y == number])]

"""Points from a CSV with two columns of coordinates and one of labels."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

import numpy as np

from explorer.data import limits
from explorer.data.uploaded import UploadedData, UploadOptions, complete
from explorer.settings import InputError

LINE = 10_000  # characters
HEAD = 2**16  # bytes read for the names of the columns
DELIMITERS = "\t;,"  # the comma comes last: at equal counts it is a decimal comma


def read_csv(content: bytes, name: str, options: UploadOptions, columns: Sequence[str] | None = None) -> UploadedData:
    """Points of a CSV with or without a header.

    Args:
        content: bytes of the file.
        name: name of the file in messages.
        options: test share, seed and treatment of small classes.
        columns: names of the two coordinate columns and the label column. If None, the table must have three columns,
            of which the last is the label.

    Raises:
        InputError: if the file is no table, a coordinate is not a number, `limits` are exceeded or `complete` refuses
            the classes.
    """
    rows = _rows(content, name)
    header, rows = _header(rows)
    if not rows:
        raise InputError(f"{name} has a header but no rows.")
    first, second, label = _columns(header, columns, name)
    points = np.empty((len(rows), 2))
    for at, row in enumerate(rows):
        if len(row) != len(header):
            raise InputError(f"Row {at + 1} of {name} has {len(row)} values where the first has {len(header)}.")
        for axis, column in enumerate((first, second)):
            points[at, axis] = _number(row[column], f"Row {at + 1} of {name}")
    return complete("plane", points, [(row[label],) for row in rows], options)


def column_names(content: bytes, name: str) -> list[str]:
    """Names of the columns of a CSV; 1, 2, 3 if it has no header."""
    return _header(_rows(content[:HEAD].rpartition(b"\n")[0] or content[:HEAD], name))[0]


def _rows(content: bytes, name: str) -> list[list[str]]:
    if len(content) > limits.TABLE:
        raise InputError(f"{name} has more than {limits.TABLE / 2**20:.0f} MiB, which is the limit for a CSV.")
    if b"\0" in content:
        raise InputError(f"{name} is not a text file with comma-separated values.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")  # old spreadsheets; accepts any bytes
    first = text.lstrip().partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    rows = []
    for line in re.finditer("[^\r\n]+", text):  # line by line, so that a quoted cell cannot span lines
        if line.end() - line.start() > LINE:
            raise InputError(f"{name} has a row of more than {LINE:,} characters, which is the limit.")
        try:
            row = [cell.strip() for cell in next(csv.reader([line[0]], delimiter=delimiter, strict=True))]
        except csv.Error:
            raise InputError(f"{name} is not a valid table of comma-separated values.") from None
        if not any(row):
            continue
        if len(row) > limits.COLUMNS:
            raise InputError(f"{name} has more than {limits.COLUMNS} columns, which is the limit.")
        rows.append([cell.replace(",", ".") for cell in row] if delimiter == ";" else row)
        if len(rows) > limits.SAMPLES + 1:
            raise InputError(f"{name} has more than {limits.SAMPLES:,} rows, which is the limit.")
    if not rows:
        raise InputError(f"{name} is empty; a table needs one row per point with two coordinates and a label.")
    if len(rows[0]) < 3:
        raise InputError(f"{name} needs at least three columns: two coordinates and a label.")
    return rows


def _header(rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """Names of the columns and the rows below. A first row with two or more numbers is not a header."""
    if sum(_is_number(cell) for cell in rows[0]) >= 2:
        return [str(number + 1) for number in range(len(rows[0]))], rows
    return rows[0], rows[1:]


def _columns(header: Sequence[str], columns: Sequence[str] | None, name: str) -> tuple[int, int, int]:
    """Indices of the two coordinates and the label."""
    names = ", ".join(header[:20])
    if columns is None:
        if len(header) != 3:
            raise InputError(f"{name} has {len(header)} columns; name the two coordinates and the label ({names}).")
        return 0, 1, 2
    if len(columns) != 3 or len(set(columns)) != 3:
        raise InputError(f"Name three different columns, two coordinates and the label, out of {names}.")
    missing = [column for column in columns if column not in header]
    if missing:
        raise InputError(f"{name} has no column {missing[0]!r}; its columns are {names}.")
    first, second, label = (header.index(column) for column in columns)
    return first, second, label


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _number(text: str, place: str) -> float:
    if not _is_number(text):
        raise InputError(f"{place} has {text[:40]!r} as a coordinate, which must be a number.")
    return float(text)

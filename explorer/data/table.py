"""Points from a CSV: two columns are the coordinates, one says the class."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

import numpy as np

from explorer.data import limits
from explorer.data.uploaded import BringOptions, UploadedData, complete
from explorer.settings import InputError

LINE = 10_000  # letters
HEAD = 2**16  # bytes in which the names of the columns stand
DELIMITERS = "\t;,"  # where two are as frequent the comma stands within numbers


def read_csv(content: bytes, name: str, options: BringOptions, columns: Sequence[str] | None = None) -> UploadedData:
    """The points of a CSV, with or without a header; columns: of the two coordinates and of the label, by name.

    Without `columns` there must be three, and the last is the label. Raises InputError for what is no table, a value
    that is no number (with its row), more than `limits` allows, and as `complete` does.
    """
    rows = _rows(content, name)
    header, rows = _header(rows)
    if not rows:
        raise InputError(f"{name} has a header and no rows below it.")
    first, second, label = _columns(header, columns, name)
    points = np.empty((len(rows), 2))
    for at, row in enumerate(rows):
        if len(row) != len(header):
            raise InputError(f"Row {at + 1} of {name} has {len(row)} values where the first has {len(header)}.")
        for axis, column in enumerate((first, second)):
            points[at, axis] = _number(row[column], f"Row {at + 1} of {name}")
    return complete("plane", points, [(row[label],) for row in rows], options)


def column_names(content: bytes, name: str) -> list[str]:
    """The names of the columns of a CSV; 1, 2, 3 where it has no header."""
    return _header(_rows(content[:HEAD].rpartition(b"\n")[0] or content[:HEAD], name))[0]


def _rows(content: bytes, name: str) -> list[list[str]]:
    if len(content) > limits.TABLE:
        raise InputError(f"{name} has more than {limits.TABLE / 2**20:.0f} MiB, which is the most allowed for a CSV.")
    if b"\0" in content:
        raise InputError(f"{name} is not a text of comma-separated values.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")  # which any bytes are: old spreadsheets write it
    first = text.lstrip().partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    rows = []
    for line in re.finditer("[^\r\n]+", text):  # one by one, so that no row is longer than its line
        if line.end() - line.start() > LINE:
            raise InputError(f"{name} has a row of more than {LINE:,} letters, which is no row of points.")
        try:
            row = [cell.strip() for cell in next(csv.reader([line[0]], delimiter=delimiter, strict=True))]
        except csv.Error:
            raise InputError(f"{name} is not a table of comma-separated values that can be read.") from None
        if not any(row):
            continue
        if len(row) > limits.COLUMNS:
            raise InputError(f"{name} has more than {limits.COLUMNS} columns, which is the most allowed.")
        rows.append([cell.replace(",", ".") for cell in row] if delimiter == ";" else row)
        if len(rows) > limits.SAMPLES + 1:
            raise InputError(f"{name} has more than {limits.SAMPLES:,} rows, which is the most allowed.")
    if not rows:
        raise InputError(f"{name} is empty; a table has a row for each point: two coordinates and a label.")
    if len(rows[0]) < 3:
        raise InputError(f"{name} needs at least three columns: two coordinates and a label.")
    return rows


def _header(rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """The names of the columns and the rows below; a first row with two numbers is no header."""
    if sum(_is_number(cell) for cell in rows[0]) >= 2:
        return [str(number + 1) for number in range(len(rows[0]))], rows
    return rows[0], rows[1:]


def _columns(header: Sequence[str], columns: Sequence[str] | None, name: str) -> tuple[int, int, int]:
    names = ", ".join(header[:20])
    if columns is None:
        if len(header) != 3:
            raise InputError(
                f"{name} has {len(header)} columns; say which are the two coordinates and the label ({names})."
            )
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


def _number(text: str, where: str) -> float:
    if not _is_number(text):
        raise InputError(f"{where} has {text[:40]!r} where a coordinate, a number, belongs.")
    return float(text)

"""Points from a CSV: with and without a header, other delimiters, chosen columns; and what is no table."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from explorer.data import limits
from explorer.data.table import column_names, read_csv
from explorer.data.uploaded import UploadOptions
from explorer.settings import InputError

ROWS = [(0.5 * at, at % 3 - 1.25, "yes" if at % 2 else "no") for at in range(8)]
PLAIN = "\n".join(f"{x},{y},{label}" for x, y, label in ROWS)


def read(text, columns=None):
    return read_csv(text.encode(), "it.csv", UploadOptions(), columns)


def refused(text, columns=None):
    with pytest.raises(InputError) as caught:
        read(text, columns)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        f"width,height,kind\n{PLAIN}\n\n",
        f"\ufeff{PLAIN}".replace("\n", "\r\n"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace(",", ";").replace(".", ","),
        PLAIN.replace(",", " , "),
    ],
    ids=["plain", "header", "windows", "tabs", "semicolons and decimal commas", "spaces"],
)
def test_every_way_of_writing_them_gives_the_same_points(text):
    found = read(text)
    assert (found.kind, found.classes) == ("plane", ("no", "yes"))
    assert np.array_equal(found.x, [row[:2] for row in ROWS])
    assert found.y.tolist() == [at % 2 for at in range(8)]
    assert np.bincount(found.y[found.test]).tolist() == [1, 1]


def test_columns_are_chosen_by_their_names():
    text = "id,kind,x,y\n" + "\n".join(f"{at},{label},{x},{y}" for at, (x, y, label) in enumerate(ROWS))
    assert column_names(text.encode(), "it.csv") == ["id", "kind", "x", "y"]
    assert np.array_equal(read(text, ["y", "x", "kind"]).x, [row[1::-1] for row in ROWS])
    assert refused(text) == "it.csv has 4 columns; name the two coordinates and the label (id, kind, x, y)."
    assert refused(text, ["x", "z", "kind"]) == "it.csv has no column 'z'; its columns are id, kind, x, y."
    assert refused(text, ["x", "x", "kind"]).startswith("Name three different columns")
    assert column_names(PLAIN.encode(), "it.csv") == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "it.csv is empty; a table needs one row per point with two coordinates and a label."),
        (" \n,,\n", "it.csv is empty; a table needs one row per point with two coordinates and a label."),
        ("a,b\n1,2", "it.csv needs at least three columns: two coordinates and a label."),
        ("x,y,label\n", "it.csv has a header but no rows."),
        (f"{PLAIN}\n1,two,no", "Row 9 of it.csv has 'two' as a coordinate, which must be a number."),
        (f"{PLAIN}\n1,,no", "Row 9 of it.csv has '' as a coordinate, which must be a number."),
        (f"{PLAIN}\n1,2", "Row 9 of it.csv has 2 values where the first has 3."),
        (f"{PLAIN}\n1,nan,no", "A coordinate is not a finite number from -1e+12 to 1e+12."),
        (f"{PLAIN}\n1,-1e300,no", "A coordinate is not a finite number from -1e+12 to 1e+12."),
        (PLAIN.replace("yes", "no"), "The data set has one class; at least two are needed."),
        (f"{PLAIN}\n1,2,perhaps", "1 of 3 classes has fewer than 2 samples (perhaps): add some, or leave them out."),
        ("1,5,a\n1,6,a\n1,7,b\n1,8,b", "The first coordinate is the same for all training points; both must vary."),
        ('1,2,a\n"open,2,b', "it.csv is not a valid table of comma-separated values."),
        ("PK\0\0,1,2", "it.csv is not a text file with comma-separated values."),
        (",".join("1" * 200), "it.csv has more than 100 columns, which is the limit."),
        (
            "\n".join(f"{at},{-at},c{at // 2}" for at in range(2 * 1001)),
            "The data set has 1,001 classes; at most 1,000 are allowed.",
        ),
    ],
)
def test_what_is_no_table_of_points_is_one_sentence(text, sentence):
    assert refused(text) == sentence


def test_letters_of_an_old_spreadsheet_are_read():
    found = read_csv(PLAIN.replace("yes", "schön").encode("latin-1"), "it.csv", UploadOptions())
    assert found.classes == ("no", "schön")


def test_a_table_that_is_too_large_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(limits, "SAMPLES", 6)
    assert refused(PLAIN) == "it.csv has more than 6 rows, which is the limit."
    content = bytes(limits.TABLE + 1)
    tracemalloc.start()
    with pytest.raises(InputError, match="has more than 32 MiB"):
        read_csv(content, "it.csv", UploadOptions())
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()

"""Points from a CSV: with and without a header, other delimiters, chosen columns; and what is no table."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from explorer.data import limits
from explorer.data.table import column_names, read_csv
from explorer.data.uploaded import BringOptions
from explorer.settings import InputError

ROWS = [(0.5 * at, at % 3 - 1.25, "yes" if at % 2 else "no") for at in range(8)]
PLAIN = "\n".join(f"{x},{y},{label}" for x, y, label in ROWS)


def read(text, columns=None):
    return read_csv(text.encode(), "it.csv", BringOptions(), columns)


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
    assert refused(text) == "it.csv has 4 columns; say which are the two coordinates and the label (id, kind, x, y)."
    assert refused(text, ["x", "z", "kind"]) == "it.csv has no column 'z'; its columns are id, kind, x, y."
    assert refused(text, ["x", "x", "kind"]).startswith("Name three different columns")
    assert column_names(PLAIN.encode(), "it.csv") == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "it.csv is empty; a table has a row for each point: two coordinates and a label."),
        (" \n,,\n", "it.csv is empty; a table has a row for each point: two coordinates and a label."),
        ("a,b\n1,2", "it.csv needs at least three columns: two coordinates and a label."),
        ("x,y,label\n", "it.csv has a header and no rows below it."),
        (f"{PLAIN}\n1,two,no", "Row 9 of it.csv has 'two' where a coordinate, a number, belongs."),
        (f"{PLAIN}\n1,,no", "Row 9 of it.csv has '' where a coordinate, a number, belongs."),
        (f"{PLAIN}\n1,2", "Row 9 of it.csv has 2 values where the first has 3."),
        (f"{PLAIN}\n1,nan,no", "A coordinate is not a number or beyond 1e+12; give finite, moderate ones."),
        (f"{PLAIN}\n1,-1e300,no", "A coordinate is not a number or beyond 1e+12; give finite, moderate ones."),
        (PLAIN.replace("yes", "no"), "There is one class here; a data set needs at least two."),
        (f"{PLAIN}\n1,2,perhaps", "1 of 3 classes has fewer than 2 samples (perhaps): add some, or leave them out."),
        ("1,5,a\n1,6,a\n1,7,b\n1,8,b", "The first coordinate is the same for all training points; both must vary."),
        ('1,2,a\n"open,2,b', "it.csv is not a table of comma-separated values that can be read."),
        ("PK\0\0,1,2", "it.csv is not a text of comma-separated values."),
        (",".join("1" * 200), "it.csv has more than 100 columns, which is the most allowed."),
        (
            "\n".join(f"{at},{-at},c{at // 2}" for at in range(2 * 1001)),
            "There are 1,001 classes here; at most 1,000 are allowed.",
        ),
    ],
)
def test_what_is_no_table_of_points_is_one_sentence(text, sentence):
    assert refused(text) == sentence


def test_letters_of_an_old_spreadsheet_are_read():
    found = read_csv(PLAIN.replace("yes", "schön").encode("latin-1"), "it.csv", BringOptions())
    assert found.classes == ("no", "schön")


def test_a_table_that_is_too_large_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(limits, "SAMPLES", 6)
    assert refused(PLAIN) == "it.csv has more than 6 rows, which is the most allowed."
    content = bytes(limits.TABLE + 1)
    tracemalloc.start()
    with pytest.raises(InputError, match="has more than 32 MiB"):
        read_csv(content, "it.csv", BringOptions())
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()

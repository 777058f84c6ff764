from __future__ import annotations

import numpy as np
import pytest

from explorer.figures.noisy_copies import copies_in_pictures, copies_on_plane, describe_copies
from explorer.figures.theme import LIGHT, Theme

DRAWS = np.random.default_rng(0)
CLASSES = ("bag", "boot", "shirt")
CALLS = np.array([1, 0, 1, 2, 1, 1, 0, 1, 1, 2])


@pytest.mark.parametrize("shape", [(8, 8), (6, 10, 3)], ids=["grey", "colour"])
@pytest.mark.parametrize("columns", [3, 9, 40])
def test_every_picture_stands_in_its_place_untouched(theme: Theme, shape: tuple[int, ...], columns: int) -> None:
    pictures = DRAWS.integers(0, 256, (11, *shape)).astype(np.uint8)
    picture = copies_in_pictures(pictures[0], pictures[1:], 1, CALLS, 1, theme, classes=CLASSES, columns=columns)
    z, (h, w) = picture.data[0].z, shape[:2]
    notes = [note for note in picture.layout.annotations if note.xref == "x"]
    assert len(notes) == 9  # the sample and eight copies
    for note, original in zip(notes, pictures, strict=False):
        left, bottom = round(note.x + 0.5 - w / 2), round(note.y + 0.5)
        found = z[bottom - h : bottom, left : left + w]
        assert (found[..., 3] == 255).all()
        assert (found[..., :3] == (original if original.ndim == 3 else original[..., None])).all()
    assert (z[..., 3] == 255).sum() == 9 * h * w  # nothing overlaps
    assert len({note.y for note in notes}) == {3: 3, 9: 1, 40: 1}[columns]


def test_captions_and_frames_say_what_is_still_called_its_class() -> None:
    pictures = np.zeros((11, 8, 8), dtype=np.uint8)
    layout = copies_in_pictures(pictures[0], pictures[1:], 1, CALLS, 1, LIGHT, classes=CLASSES).layout
    *captions, heading = [note.text for note in layout.annotations]
    bold = "<b>boot</b>"
    assert captions == [f"{bold}<br>without noise", bold, "bag", bold, "shirt", bold, bold, "bag", bold]
    assert len(layout.shapes) == 6
    assert heading == "framed: 6 of 10 copies predicted as boot"


def test_fewer_copies_than_columns() -> None:
    pictures = np.zeros((2, 8, 8), dtype=np.uint8)
    assert (
        len(copies_in_pictures(pictures[0], pictures[1:], 0, CALLS[:1], 0, LIGHT, classes=CLASSES).layout.shapes) == 1
    )


def test_copies_on_the_plane_have_the_mark_of_what_they_are_called(theme: Theme) -> None:
    lines = np.linspace(-1, 1, 9)
    sample, copies = np.array([0.1, 0.2]), DRAWS.normal(size=(10, 2)).astype(np.float32)
    regions = np.zeros((9, 9), dtype=int)
    picture = copies_on_plane(lines, lines, regions, sample, copies, CALLS, 1, "unlearned", theme, classes=CLASSES)
    for number, name in enumerate(CLASSES):
        trace = next(trace for trace in picture.data if trace.name == f"predicted as {name}")
        assert np.stack([trace.x, trace.y], 1).tolist() == copies[number == CALLS].tolist()
        assert trace.marker.color == theme.class_color(number)
    assert "Unlearned, 6 of 10 predicted as boot" in picture.layout.annotations[0].text
    assert picture.data[-1].x[0] == np.float32(0.1)


def test_the_sentence_gives_the_share() -> None:
    assert describe_copies(CALLS, 1, CLASSES) == "60.0 % of 10 noisy copies are predicted as boot."

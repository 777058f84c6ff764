"""A slice through three pictures: each stands outside its corner, within the axes, and large regions are named."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.figures.image_slice import LETTER, LETTERS, LINE, PICTURE, ROOM, describe_image_slice, image_slice
from explorer.figures.short_name import short
from explorer.figures.theme import IDENTITIES, LIGHT, Theme

CLASSES = ("coat", "bag", "shirt", "dress")
CORNERS = np.array([[0, 0], [1, 0], [0.5, 0.866]], dtype=np.float32)
LINKS = [f"data:image/png;base64,{letter}" for letter in LETTERS]


def regions(right: float = 0.5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coats to the left of `right`, bags beyond it, and a dress at one point."""
    xs, ys = np.linspace(-0.34, 1.34, 60), np.linspace(-0.34, 1.206, 55)
    called = np.tile(np.where(xs < right, 0, 1), (len(ys), 1))
    called[0, 0] = 3
    return xs, ys, np.eye(4, dtype=np.float32)[called]


def picture(theme: Theme, identity: str = "original", hollow: bool = False):
    xs, ys, found = regions()
    return image_slice(
        xs, ys, found, CORNERS, LINKS, np.array([0, 0, 1]), np.array([True, False, False]), identity, theme,
        classes=CLASSES, hollow_forget=hollow,
    )  # fmt: skip


@pytest.mark.parametrize("identity", IDENTITIES)
def test_the_pictures_stand_outside_the_triangle_and_within_the_axes(theme: Theme, identity: str) -> None:
    found = picture(theme, identity)
    assert [image.source for image in found.layout.images] == LINKS
    (left, right), (bottom, top) = found.layout.xaxis.range, found.layout.yaxis.range
    middle = CORNERS.mean(0)
    for image, corner in zip(found.layout.images, CORNERS, strict=True):
        at = np.array([image.x, image.y])
        assert np.linalg.norm(at - middle) > np.linalg.norm(corner - middle)
        assert np.abs(at - corner).max() > PICTURE / 2  # the sample's own mark is not covered
        assert left < at[0] - PICTURE / 2 and at[0] + PICTURE / 2 < right
        assert bottom < at[1] - PICTURE / 2 and at[1] + PICTURE / 2 < top
    assert identity.capitalize() in found.layout.annotations[0].text
    texts = [note.text for note in found.layout.annotations]
    assert all(f"<b>{letter}</b>" in texts for letter in LETTERS)


def test_large_regions_are_named_where_they_are_and_under_no_picture(theme: Theme) -> None:
    found = picture(theme)
    named = {note.text: note for note in found.layout.annotations if note.text in CLASSES}
    assert set(named) == {"coat", "bag"}  # the one point of dresses has no room for its name
    assert named["coat"].x < 0.5 < named["bag"].x
    for note in named.values():
        assert all(max(abs(note.x - image.x), abs(note.y - image.y)) > PICTURE / 2 for image in found.layout.images)


@pytest.mark.parametrize("right", [-0.2, 0.5, 1.2])
def test_a_name_stays_within_the_slice_and_covers_neither_pictures_nor_other_names(right: float) -> None:
    xs, ys, found = regions(right)
    names = ("airplane", "a photograph of something that takes a very long name", "shirt", "dress")
    layout = image_slice(
        xs, ys, found, CORNERS, LINKS, np.zeros(3, int), np.zeros(3, bool), "original", LIGHT, classes=names
    ).layout
    texts = {name: short(name, ROOM) for name in names}
    notes = [note for note in layout.annotations if note.text in texts.values()]
    assert len(notes) == (2 if right == 0.5 else 1)  # a strip at the edge has no room for a name
    boxes = [(note.x, note.y, LETTER * len(note.text) / 2, LINE / 2) for note in notes]
    for x, y, across, along in boxes:
        assert xs[0] <= x - across and x + across <= xs[-1] and ys[0] <= y - along and y + along <= ys[-1]
    taken = [*boxes, *((image.x, image.y, PICTURE / 2, PICTURE / 2) for image in layout.images)]
    for at, one in enumerate(boxes):
        for other in taken[at + 1 :]:
            assert (
                abs(one[0] - other[0]) >= one[2] + other[2] - 1e-9 or abs(one[1] - other[1]) >= one[3] + other[3] - 1e-9
            )
    (long,) = [note for note in layout.annotations if note.hovertext] or [None]
    assert long is None or (long.text, long.hovertext) == (texts[names[1]], names[1])
    assert names[1] in describe_image_slice(found, np.zeros(3, int), np.zeros(3, bool), "original", names)


def test_a_model_that_never_saw_the_forget_sample_has_an_empty_ring(theme: Theme) -> None:
    seen, never = (next(trace for trace in picture(theme, hollow=hollow).data if trace.name == "samples")
                   for hollow in (False, True))  # fmt: skip
    assert (len(seen.x), len(never.x)) == (3, 2)
    (ring,) = [trace for trace in picture(theme, hollow=True).data if trace.name == "forget set"]
    assert (ring.x[0], ring.y[0]) == (0, 0)


def test_the_sentence_counts_every_region_and_names_the_corners() -> None:
    _, _, found = regions()
    words = describe_image_slice(found, np.array([0, 0, 1]), np.array([True, False, False]), "retrained", CLASSES)
    assert words.startswith("Decision regions of the retrained model on the plane through 3 pictures, ")
    shares = found.mean((0, 1))
    assert f"{100 * shares[0]:.1f} % coat, {100 * shares[1]:.1f} % bag and 0.0 % dress" in words
    assert words.endswith("A coat, of the forget set; B coat; C bag.") and "shirt" not in words

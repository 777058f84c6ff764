"""Folders of pictures, on disk and zipped: classes, sub-classes, a given split, and what is passed over or refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.data import limits
from explorer.data.picture_folder import read_folder, read_zip
from explorer.data.uploaded import UploadOptions
from explorer.settings import InputError
from tests.data.pictures import encoded, person, persons, written, zipped

SMALL = UploadOptions(side=24)
COLOURED = encoded(np.random.default_rng(0).integers(0, 256, (24, 24, 3), dtype=np.uint8))


def read(files, options=SMALL, **how):
    return read_zip(zipped(files), "it.zip", options, **how)


def refused(files, options=SMALL):
    with pytest.raises(InputError) as caught:
        read(files, options)
    return str(caught.value)


def test_the_pictures_of_a_zip_are_those_that_were_packed():
    found = read(persons())
    assert (found.kind, found.classes, found.subclasses, found.fine) == ("image", ("p0", "p1", "p2", "p3"), (), None)
    assert found.x.shape == (24, 1, 24, 24) and found.y.tolist() == np.repeat(range(4), 6).tolist()
    for at, number in enumerate(found.y):
        assert np.array_equal(found.x[at, 0], person(number, at % 6))
    assert found.remarks == ()


def test_a_folder_on_disk_reads_as_its_zip_does(tmp_path):
    files = persons() | {"faces/p0/notes.txt": b"", "faces/README": b"", "faces/p1/broken.png": b"no"}
    left, right = read(files), read_folder(written(files, tmp_path), SMALL)
    for name in ("x", "y", "test"):
        assert np.array_equal(getattr(left, name), getattr(right, name))
    assert (left.classes, left.remarks) == (right.classes, right.remarks)


@pytest.mark.parametrize("top", ["", "faces/", "download/faces/"])
def test_folders_around_all_classes_are_passed_through(top):
    assert read(persons(top=top)).classes == ("p0", "p1", "p2", "p3")


def test_classes_and_pictures_come_in_their_natural_order():
    files = {f"s{number}/{shot}.png": encoded(person(number, shot)) for number in (10, 9, 1) for shot in (10, 2)}
    found = read(files)
    assert found.classes == ("s1", "s9", "s10")
    assert np.array_equal(found.x[:, 0], [person(n, shot) for n in (1, 9, 10) for shot in (2, 10)])


def test_the_split_takes_a_share_of_every_class_and_depends_on_the_seed_alone():
    found = read(persons(shots=10))
    assert np.bincount(found.y[found.test]).tolist() == [3] * 4
    assert np.array_equal(found.test, read(persons(shots=10)).test)
    other = read(persons(shots=10), UploadOptions(side=24, seed=1))
    assert not np.array_equal(found.test, other.test) and np.bincount(other.y[other.test]).tolist() == [3] * 4
    assert read(persons(shots=2), UploadOptions(side=24, test_share=0.05)).test.sum() == 4  # one of each at least
    assert (~read(persons(shots=2), UploadOptions(side=24, test_share=0.9)).test).sum() == 4


@pytest.mark.parametrize(("training", "testing"), [("train", "test"), ("Training", "TESTING"), ("train", "val")])
def test_a_given_split_is_respected(training, testing):
    files = persons(3, 4, f"it/{training}/") | persons(3, 1, f"it/{testing}/")
    found = read(files)
    assert found.classes == ("p0", "p1", "p2") and found.test.sum() == 3 and (~found.test).sum() == 12


def test_validation_goes_with_the_training_where_there_is_a_test_folder():
    found = read(persons(3, 4, "train/") | persons(3, 2, "valid/") | persons(3, 1, "test/"))
    assert found.test.sum() == 3 and (~found.test).sum() == 18


def test_a_class_that_a_given_split_does_not_test_is_named():
    assert "1 of 3 classes has fewer than one sample in training and one in test (p2)" in refused(
        persons(3, 4, "train/") | persons(2, 1, "test/")
    )


def test_folders_two_deep_are_sub_classes():
    files = {f"{top}/{path}": content for top in ("boys", "girls") for path, content in persons(2, 3, "").items()}
    files |= {f"girls/lea/{shot}.png": encoded(person(5, shot)) for shot in range(3)}
    found = read(files)
    assert found.classes == ("boys", "girls")
    assert found.subclasses == ("boys / p0", "boys / p1", "girls / lea", "girls / p0", "girls / p1")
    assert found.fine.tolist() == np.repeat(range(5), 3).tolist()
    assert found.y.tolist() == [0] * 6 + [1] * 9
    assert np.bincount(found.fine[found.test]).tolist() == [1] * 5
    unlike = {path.replace("girls/p0", "girls/eva").replace("girls/p1", "girls/mia"): c for path, c in files.items()}
    assert read(unlike).subclasses == ("p0", "p1", "eva", "lea", "mia")


def test_a_folder_between_class_and_pictures_is_no_sub_class():
    files = {path.replace("/p", "/x").replace("/", "/", 1): c for path, c in persons(top="").items()}
    found = read({f"{path.split('/')[0]}/images/{path.split('/')[1]}": content for path, content in files.items()})
    assert found.fine is None and len(found.classes) == 4


def test_grey_colour_or_as_they_are():
    files = persons(2, 3)
    assert read(files).x.shape[1] == 1
    assert read(files, UploadOptions(side=24, colour="colour")).x.shape[1] == 3
    files["faces/p0/coloured.png"] = COLOURED
    assert read(files).x.shape[1] == 3
    assert read(files, UploadOptions(side=24, colour="grey")).x.shape[1] == 1


def test_what_systems_leave_behind_is_passed_over_in_silence():
    junk = ["__MACOSX/faces/p0/._0.png", "faces/.DS_Store", "faces/p0/Thumbs.db", "README.md", "faces_README.txt"]
    found = read(persons() | dict.fromkeys([*junk, "faces/p0/.hidden.png", "desktop.ini"], b"junk"))
    assert len(found.x) == 24 and found.remarks == ()


def test_other_files_and_pictures_that_cannot_be_read_are_counted_and_named():
    files = persons() | {f"faces/p0/bad{number}.jpg": b"no picture" for number in range(7)}
    found = read(files | {"faces/p1/photo.heic": b"?", "faces/cover.png": COLOURED})
    assert found.remarks == (
        "Ignored, not a picture format: 1 file (faces/p1/photo.heic).",
        "Ignored, not in a class folder: 1 picture (faces/cover.png).",
        "Unreadable, left out: 7 pictures (faces/p0/bad0.jpg, faces/p0/bad1.jpg, faces/p0/bad2.jpg, "
        "faces/p0/bad3.jpg, faces/p0/bad4.jpg and 2 more).",
    )
    assert len(found.x) == 24


def test_classes_with_too_few_pictures_are_named_and_left_out_only_when_asked():
    files = persons() | {"faces/lone/1.png": COLOURED, "faces/void/1.png": b"no", "faces/void/2.png": COLOURED}
    sentence = "2 of 6 classes have fewer than 2 samples (lone, void)"
    assert refused(files) == f"{sentence}: add some, or leave them out."
    found = read(files, UploadOptions(side=24, small_classes="leave-out"))
    assert found.classes == ("p0", "p1", "p2", "p3") and np.bincount(found.y).tolist() == [6] * 4
    assert f"{sentence}: left out." in found.remarks


BAD = {
    "no pictures": ({"a/1.txt": b"x"}, "There are no pictures in it.zip; put them into one folder per class"),
    "nothing": ({}, "it.zip is empty; a zip contains pictures: put them into one folder per class, "),
    "no picture": ({"a/notes.txt": b"words"}, "There are no pictures in it.zip"),
    "no folders": ({"1.png": COLOURED, "2.png": COLOURED}, "The pictures in it.zip are not in class folders; "),
    "one class": (
        {"a/1.png": COLOURED, "a/2.png": COLOURED}, "The data set has one class; at least two are needed.",
    ),
    "one each": ({"a/1.png": COLOURED, "b/2.png": COLOURED}, "2 of 2 classes have fewer than 2 samples"),
    "unreadable": (dict.fromkeys(["a/1.png", "a/2.png", "b/1.png"], b"?"), "None of the 3 pictures"),
    "all black": (
        dict.fromkeys(["a/1.png", "a/2.png", "b/1.png", "b/2.png"], encoded(np.zeros((9, 9), np.uint8))),
        "All pictures have the same constant brightness",
    ),
    "alike": (
        dict.fromkeys(["Anna/1.png", "Anna/2.png", "anna/1.png", "anna/2.png"], COLOURED),
        "The names of the classes 'Anna' and 'anna' are too similar; rename one.",
    ),
    "unseen": (
        dict.fromkeys(["a\u200b/1.png", "a\u200b/2.png", "a/1.png", "a/2.png"], COLOURED),
        "The names of the classes 'a' and 'a\\u200b' are too similar; rename one.",
    ),
    "nameless": (
        dict.fromkeys(["\u200b/1.png", "\u200b/2.png", "b/1.png"], COLOURED),
        "The name '\\u200b' among the classes has no visible characters; rename it.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_folders_are_one_sentence(name):
    files, sentence = BAD[name]
    assert refused(files).startswith(sentence)


def test_ten_thousand_classes_are_refused(monkeypatch):
    files = dict.fromkeys((f"{number}/1.png" for number in range(10_000)), b"x")
    assert refused(files) == "The data set has 10,000 classes; at most 1,000 are allowed."
    monkeypatch.setattr(limits, "SAMPLES", 9_999)
    assert refused(files) == "There are 10,000 pictures in it.zip; at most 9,999 are allowed."


def test_more_than_may_be_kept_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(limits, "ALL_PICTURES", 24 * 3 * 224 * 224 - 1)
    assert refused(persons(), UploadOptions(side=224)).endswith("which is the limit; use a smaller side.")
    assert read(persons(), SMALL).x.shape[0] == 24


def test_a_folder_that_is_none_and_one_with_too_much(tmp_path, monkeypatch):
    with pytest.raises(InputError, match=r"is not a readable folder\.$"):
        read_folder(tmp_path / "nowhere", SMALL)
    written(persons(), tmp_path)
    monkeypatch.setattr(limits, "ENTRIES", 20)
    with pytest.raises(InputError, match="contains more than 20 files and folders"):
        read_folder(tmp_path, SMALL)


def test_links_on_disk_are_not_followed_to_folders_and_a_link_to_nothing_is_unreadable(tmp_path):
    written(persons(), tmp_path)
    (tmp_path / "faces" / "again").symlink_to(tmp_path)
    (tmp_path / "faces" / "p0" / "gone.png").symlink_to(tmp_path / "nothing.png")
    found = read_folder(tmp_path, SMALL)
    assert len(found.x) == 24 and found.remarks == ("Unreadable, left out: 1 picture (faces/p0/gone.png).",)


def test_reading_tells_how_far_it_is_and_can_be_stopped():
    told = []
    read(persons(), progress=told.append)
    assert told == [at / 24 for at in range(24)]

    def stop(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read(persons(), progress=stop)


LETTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])  # a zip ends names at the first


@settings(max_examples=40)
@given(names=st.lists(st.text(LETTERS, min_size=1, max_size=20), min_size=1, max_size=4, unique=True))
def test_any_folder_names_are_classes_that_a_page_can_show_or_one_sentence(names):
    found, sentence = None, "it reads"
    try:
        found = read({f"{name}/{shot}.png": COLOURED for name in names for shot in "12"})
    except InputError as error:
        sentence = str(error)
    assert sentence.isprintable()
    for name in found.classes if found else ():
        assert name.isprintable() and not set(name) & set("<>&*$`[]|\\:#")

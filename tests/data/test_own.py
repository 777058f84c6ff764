"""A set of one's own: kept, named by its content, loaded as any other, and removed with all that was trained on it."""

from __future__ import annotations

import io
import re
import tomllib

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.data import ForgetSet, limits, load_dataset, own, partition
from explorer.data.own import own_sets, remove, save
from explorer.data.pixels import Pixels
from explorer.data.read_upload import read_path, read_upload
from explorer.data.uploaded import UploadOptions
from explorer.settings import InputError
from explorer.store import Store, StoreError
from tests.data.pictures import persons, written, zipped

POINTS = b"x,y,kind\n0,1,a\n2,5,a\n1,1,a\n7,3,b\n8,4,b\n9,9,b\n3,3,b\n"


def faces(**options):
    return read_upload(zipped(persons()), "faces.zip", UploadOptions(side=24, **options))


def points():
    return read_upload(io.BytesIO(POINTS), "points.csv", UploadOptions())


def test_pictures_come_back_as_they_were_brought():
    brought = faces()
    code = save(brought, "My faces!")
    assert re.fullmatch("own:my-faces-[0-9a-f]{8}", code)
    data = load_dataset(code)
    assert data is load_dataset(f" {code} ") and isinstance(data.train.x, Pixels)
    assert (data.code, data.title, data.kind, data.shape) == (code, "My faces!", "image", (1, 24, 24))
    assert data.classes == ("p0", "p1", "p2", "p3") and len(data.train) == 16 and len(data.test) == 8
    for split, chosen in ((data.train, ~brought.test), (data.test, brought.test)):
        assert np.array_equal(data.picture(split.x), brought.x[chosen][:, 0])
        assert np.array_equal(split.y, brought.y[chosen])
    assert abs(float(data.train.x.mean())) < 1e-4 and abs(float(data.train.x.std()) - 1) < 1e-3


def test_points_are_standardised_and_come_back_as_they_were():
    brought = points()
    data = load_dataset(save(brought, "points"))
    assert (data.kind, data.shape, data.train.x.dtype) == ("plane", (2,), torch.float32)
    np.testing.assert_allclose(data.original(data.test.x), brought.x[brought.test], rtol=1e-5)
    assert data.train.x.mean(0).abs().max() < 1e-6
    np.testing.assert_allclose(data.train.x.std(0), 1, rtol=1e-5)


def test_sub_classes_are_kept():
    files = {f"{top}/{path}": content for top in ("boys", "girls") for path, content in persons(2, 3, "").items()}
    data = load_dataset(save(read_upload(zipped(files), "it.zip", UploadOptions(side=24)), "children"))
    assert data.subclasses == ("boys / p0", "boys / p1", "girls / p0", "girls / p1")
    for name in data.subclasses:
        forget = ForgetSet.parse(f"subclass:{name}", data)
        assert len(forget) == 2 and ForgetSet.parse(forget.code, data).indices.equal(forget.indices)
        assert len(partition(data, forget).forget_test) == 1


def test_the_code_follows_name_and_content():
    code = save(faces(), "faces")
    assert save(faces(), "faces") == code
    others = [save(faces(seed=1), "faces"), save(faces(test_share=0.5), "faces"), save(faces(), "friends")]
    others.append(save(read_upload(zipped(persons(3)), "it.zip", UploadOptions(side=24)), "faces"))
    assert len({code, *others}) == 5
    assert {each.code for each in own_sets()} == {code, *others}


def test_own_sets_say_what_they_are_and_the_newest_comes_first():
    assert own_sets() == []
    first, second = save(faces(), "faces"), save(points(), "points")
    newest, oldest = own_sets()
    assert (newest.code, oldest.code) == (second, first)
    assert (oldest.title, oldest.kind, oldest.shape, oldest.train, oldest.test) == (
        "faces",
        "image",
        (1, 24, 24),
        16,
        8,
    )
    assert newest.classes == ("a", "b")


def test_removing_a_set_removes_what_was_trained_on_it_and_nothing_else():
    code, other = save(faces(), "faces"), save(points(), "points")
    store, tensors = Store.default(), {"w": torch.ones(1)}
    trained = {"what": "network", "dataset": code, "seed": 0}
    unlearned = {"what": "unlearned", "original": trained, "forget": "class:1"}
    elsewhere = {"what": "network", "dataset": other, "seed": 0}
    for key in (trained, unlearned, elsewhere):
        store.put(key, tensors, {})
    load_dataset(code)
    remove(code)
    assert [store.has(key) for key in (trained, unlearned, elsewhere)] == [False, False, True]
    assert [each.code for each in own_sets()] == [other]
    for ask in (load_dataset, remove):
        with pytest.raises(InputError, match=f"There is no data set '{code}' here"):
            ask(code)


def test_a_set_that_is_read_while_it_is_removed_is_gone_afterwards(monkeypatch):
    code, split = save(points(), "points"), own._split

    def removed_meanwhile(*values):
        if own_sets():
            remove(code)
        return split(*values)

    monkeypatch.setattr(own, "_split", removed_meanwhile)
    assert load_dataset(code).code == code  # whoever was reading it has it
    with pytest.raises(InputError, match=f"There is no data set '{code}' here"):
        load_dataset(code)


def test_bad_names_and_codes_are_one_sentence():
    for name in ("", "  ", "***", "\n\t", "_"):
        with pytest.raises(InputError, match="has no letter or digit"):
            save(points(), name)
    for code in ("own:", "own:faces", "own:../../etc-00000000"):
        with pytest.raises(InputError, match="There is no data set"):
            load_dataset(code)
    assert own_sets() == []


@settings(max_examples=12)
@given(name=st.text(max_size=80))
def test_any_name_makes_a_code_that_a_link_can_carry_or_one_sentence(name):
    code, sentence = "", ""
    try:
        code = save(points(), name)
    except InputError as error:
        sentence = str(error)
    assert bool(code) != bool(sentence)
    assert re.fullmatch(r"own:[^\W_](\w|-){0,39}-[0-9a-f]{8}", code) or not code
    assert not code or load_dataset(code).title.isprintable()


def test_a_disk_that_refuses_keeps_nothing(home):
    (home / "store").write_text("no folder")
    with pytest.raises(StoreError):
        save(points(), "points")


def test_a_path_may_be_a_folder_or_any_of_the_files(tmp_path):
    options = UploadOptions(side=24)
    folder = written(persons(top=""), tmp_path / "faces")
    archive = tmp_path / "faces.ZIP"
    archive.write_bytes(zipped(persons()).getvalue())
    codes = {save(read_path(path, options), "faces") for path in (folder, archive)}
    assert len(codes) == 1
    table = tmp_path / "points.csv"
    table.write_bytes(POINTS)
    assert read_path(table, options, ["y", "x", "kind"]).x[1].tolist() == [5, 2]
    for path, sentence in (
        (tmp_path / "gone.zip", "cannot be read"),
        (tmp_path / "faces.rar", "has an unsupported format"),
    ):
        path.touch() if path.suffix == ".rar" else None
        with pytest.raises(InputError, match=sentence):
            read_path(path, options)


def test_the_page_takes_what_the_limits_say():
    from tests.test_structure import ROOT

    said = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert said["server"]["maxUploadSize"] * 2**20 == limits.UPLOAD

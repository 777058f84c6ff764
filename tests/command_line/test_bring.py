"""The verb `bring`: what it takes, the code that it prints, and what it refuses."""

from __future__ import annotations

import json

import pytest

from explorer.data import load_dataset
from explorer.models import build_network
from tests.data.pictures import persons, written, zipped
from tests.models.files import safetensors_file


@pytest.fixture
def folder(tmp_path):
    return written(persons(top=""), tmp_path / "faces")


def test_a_folder_becomes_a_data_set_that_the_other_verbs_take(explorer, folder):
    answer = explorer("bring", str(folder), "--side", "16", "--test-share", ".5")
    assert (answer.code, answer.err) == (0, "")
    code = answer.out.strip()
    assert code.startswith("own:faces-")
    data = load_dataset(code)
    assert (data.shape, len(data.train), len(data.test)) == ((1, 16, 16), 12, 12)
    listed = json.loads(explorer("list", "--json").out)["own"]
    assert listed[code] == {
        "title": "faces", "kind": "image", "shape": [1, 16, 16], "train": 12, "test": 12,
        "classes": ["p0", "p1", "p2", "p3"],
    }  # fmt: skip
    assert code in explorer("list").out
    assert explorer("prepare", "--dataset", code, "--model", "mlp").code == 0


def test_a_zip_and_a_table(explorer, tmp_path):
    archive, table = tmp_path / "faces.zip", tmp_path / "points.csv"
    archive.write_bytes(zipped(persons()).getvalue())
    assert explorer("bring", str(archive), "--name", "My friends", "--colour", "colour").out.startswith(
        "own:my-friends-"
    )
    table.write_text("id,a,b,kind\n1,0,1,x\n2,1,5,x\n3,2,2,x\n4,8,9,y\n5,9,1,y\n6,9,8,y\n")
    code = explorer("bring", str(table), "--columns", "a, b,kind").out.strip()
    assert load_dataset(code).classes == ("x", "y")


def test_what_was_left_out_is_said_beside_the_code(explorer, folder):
    (folder / "p0" / "broken.png").write_bytes(b"no picture")
    (folder / "lone").mkdir()
    (folder / "lone" / "1.png").write_bytes((folder / "p0" / "0.png").read_bytes())
    answer = explorer("bring", str(folder), "--small-classes", "leave-out")
    assert answer.out.startswith("own:faces-") and answer.out.count("\n") == 1
    assert answer.err.splitlines() == [
        "Unreadable, left out: 1 picture (p0/broken.png).",
        "1 of 5 classes has fewer than 2 samples (lone): left out.",
    ]


def test_weights_become_a_network_that_the_other_verbs_take(explorer, tmp_path):
    network, file = build_network("mlp", load_dataset("moons:n=60"), seed=3), tmp_path / "mine.safetensors"
    file.write_bytes(safetensors_file(network.state_dict()))
    answer = explorer("bring", str(file), "--dataset", "moons:n=60", "--model", "mlp")
    assert (answer.code, answer.err) == (0, "")
    code = answer.out.strip()
    assert code.startswith("own:mine-") and code in explorer("list").out
    assert "original: already stored" in explorer("prepare", "--dataset", "moons:n=60", "--model", code).out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--dataset", "moons"], "--model is missing: name the architecture of these weights"),
        (["--dataset", "moons", "--model", "mlp"], "bad.pt is not a zip that can be read"),
        (["--dataset", "digits", "--model", "vgg16"], "vgg16 needs pictures of at least 28 x 28"),
        (["--dataset", "nowhere", "--model", "mlp"], "There is no data set 'nowhere'"),
    ],
)
def test_what_is_no_network_is_one_line_and_writes_nothing(explorer, tmp_path, home, words, sentence):
    file = tmp_path / "bad.pt"
    file.write_bytes(b"weights")
    answer = explorer("bring", str(file), *words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(sentence) and answer.err.count("\n") == 1
    assert list(home.rglob("*.safetensors")) == []


BAD = {
    "nothing": ([], "PATH is missing; bring needs PATH."),
    "no file": (["gone.zip"], "gone.zip cannot be read (No such file or directory)."),
    "side": (["FOLDER", "--side", "7"], "side must be a whole number from 8 to 224, not '7'."),
    "share": (["FOLDER", "--test-share", "nan"], "test_share must be a number from 0.05 to 0.9, not 'nan'."),
    "colour": (["FOLDER", "--colour", "blue"], "colour must be one of as-found, grey, colour, not 'blue'."),
    "name": (["FOLDER", "--name", "!"], "'!' has no letter or digit; a name needs at least one."),
    "two": (["FOLDER", "gone"], "Got unexpected extra argument (gone); see python -m explorer bring --help."),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_line_and_writes_nothing(explorer, folder, home, name):
    words, sentence = BAD[name]
    answer = explorer("bring", *(str(folder) if word == "FOLDER" else word for word in words))
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(sentence) and answer.err.count("\n") == 1
    assert list(home.rglob("*.safetensors")) == []


def test_help_names_every_setting(explorer):
    out = explorer("bring", "--help").out
    for word in ("PATH", "--name", "--columns", "--side", "--crop", "--colour", "--test-share", "--seed"):
        assert word in out

"""The Data page: an upload is looked at before it is kept, then chosen; what cannot be used is said in one sentence."""

from __future__ import annotations

import threading

import pytest
import torch
from safetensors.torch import save

from explorer.data import load_dataset
from explorer.data.own import own_sets, remove
from explorer.data.torchvision_sets import TORCHVISION_SETS
from explorer.models import build_network
from explorer.models.own import import_network, own_networks, remove_network
from tests.data.pictures import encoded, person, persons, zipped
from tests.pages.conftest import PATIENCE, PLANE, faults, headline

POINTS = b"id,a,b,kind\n1,0,1,x\n2,1,5,x\n3,2,2,x\n4,8,9,y\n5,9,1,y\n6,9,8,y\n"


@pytest.fixture
def data(visit, monkeypatch, tmp_path):
    """The page, with a store of its own, so that what one test keeps no other finds."""
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    monkeypatch.delenv("EXPLORER_DATA", raising=False)
    return visit("data", **PLANE)


def uploaded(app, settle, name, content):
    uploader = next(each for each in app.file_uploader if "zip" in each.label)
    return settle(uploader.set_value((name, content, "application/octet-stream")).run())


def kept(app, settle):
    return settle(next(each for each in app.button if each.label == "Save and use").click().run())


def picked(app, label):
    return next(each for each in app.selectbox if each.label == label)


def words(app):
    return " ".join(text.value for text in app.markdown)


def test_the_page_says_what_is_chosen_and_what_may_be_brought(data):
    assert faults(data) == []
    assert headline(data) == "## Moons is selected, 80 samples in 2 classes; nothing uploaded yet"
    assert any("stay on the machine that runs this app" in text.value for text in data.caption)


def test_a_name_that_was_typed_just_before_the_click_is_the_one_that_is_kept(data, settle):
    app = uploaded(data, settle, "faces.zip", zipped(persons()).getvalue())
    next(each for each in app.text_input if each.label == "Name").set_value("Friends")
    app = kept(app, settle)
    (own,) = own_sets()
    assert own.title == "Friends" and headline(app).startswith("## Friends is selected")


def test_pictures_are_looked_at_kept_chosen_and_removed(data, settle):
    app = uploaded(data, settle, "my_faces.zip", zipped(persons()).getvalue())
    assert faults(app) == [] and own_sets() == []
    assert "24 grey pictures of 32 x 32 in 4 classes: 16 for training, 8 for testing" in words(app)
    table = app.dataframe[0].value
    assert list(table["class"]) == ["p0", "p1", "p2", "p3"]
    assert (list(table["training"]), list(table["test"])) == ([4] * 4, [2] * 4)
    next(each for each in app.number_input if each.label == "Side (pixels)").set_value(16)
    app = settle(app.run())
    assert "24 grey pictures of 16 x 16" in words(app)
    app = kept(app, settle)
    (own,) = own_sets()
    assert (own.title, own.shape) == ("my_faces", (1, 16, 16))
    assert faults(app) == []
    assert app.query_params["dataset"] == own.code == app.selectbox("family").value
    assert app.query_params["model"] == "convnet" and app.query_params["forget"] == "class:3"
    assert app.selectbox("forget.class").options == ["p0", "p1", "p2", "p3"]
    assert headline(app).startswith("## my_faces is selected, 24 samples in 4 classes; 1 data set uploaded")
    assert not app.dataframe  # the uploader is empty again
    app = settle(app.button(f"remove {own.code}").click().run())
    assert own_sets() == [] and faults(app) == []
    assert "my_faces" not in app.selectbox("family").options and app.query_params["dataset"] != own.code


def test_a_set_that_somebody_else_removes_is_missed_in_one_sentence(data, settle):
    app = kept(uploaded(data, settle, "faces.zip", zipped(persons()).getvalue()), settle)
    (own,) = own_sets()
    remove(own.code)
    app.run()
    assert [*app.exception, *app.error] == [] and app.query_params["dataset"].startswith("moons")
    (warning,) = app.warning  # no link asked for it
    assert warning.value.startswith(f"There is no data set '{own.code}' here")
    assert [each.value for each in app.run().warning] == [warning.value]


def test_points_are_drawn_with_the_columns_that_are_chosen(data, settle):
    app = uploaded(data, settle, "points.csv", POINTS)
    picked(app, "First coordinate").set_value("b")
    picked(app, "Second coordinate").set_value("a")
    app = settle(app.run())
    assert faults(app) == []
    assert "6 points in 2 classes: 4 for training, 2 for testing" in words(app)
    (picture,) = app.get("bidi_component")
    assert picture.key == "preview of points"
    for axis in ("first coordinate: b", "second coordinate: a"):
        assert axis in str(picture.proto)
    app = kept(app, settle)
    (own,) = own_sets()
    assert app.query_params["dataset"] == own.code and app.query_params["model"] == "mlp"
    assert app.query_params["forget"] == "near:3@3"
    assert [each.key for each in app.number_input if (each.key or "").startswith("points.")] == []


def test_the_name_that_a_set_will_have_is_said_before_it_is_kept(data, settle):
    app = uploaded(data, settle, "points.csv", POINTS)
    field = next(each for each in app.text_input if each.label == "Name")
    assert app.info == [] and field.value == "points"
    app = settle(field.set_value("[my] <b>points</b>").run())
    (info,) = app.info
    assert info.value.startswith("It will be saved as “my b points /b”: a name has at most 60 characters")
    assert own_sets() == []
    app = kept(app, settle)
    (own,) = own_sets()
    assert own.title == "my b points /b" and faults(app) == []


def test_the_name_that_a_network_will_have_is_said_before_it_is_kept(data, settle):
    app = opened(data, "Your networks")
    weights = save(build_network("mlp", load_dataset(PLANE["dataset"]), seed=3).state_dict())
    app = settle(app.file_uploader[0].set_value(("$my$ mlp.safetensors", weights, "")).run())
    (info,) = app.info
    assert info.value.startswith("It will be saved as “my mlp”")
    app = settle(app.button("keep network").click().run())
    (own,) = own_networks()
    assert own.title == "my mlp" and own.title in app.selectbox("model").options


def test_small_classes_are_left_out_only_when_asked(data, settle):
    files = persons() | {"faces/lone/1.png": encoded(person(7, 0))}
    app = uploaded(data, settle, "faces.zip", zipped(files).getvalue())
    (warning,) = app.warning
    assert warning.value == "1 of 5 classes has fewer than 2 samples (lone): add some, or leave them out."
    app = settle(app.button("leave out").click().run())
    assert "24 grey pictures" in words(app)
    assert [each.value for each in app.warning] == ["1 of 5 classes has fewer than 2 samples (lone): left out."]


BAD = [
    ("it.zip", b"no zip", "it.zip is not a zip that can be read: it is damaged, truncated or of another format."),
    ("it.zip", zipped({"../1.png": b"x"}).getvalue(), "it.zip contains a path outside the archive ('../1.png'); "),
    ("it.npz", b"no npz", "it.npz is not a zip that can be read"),
    ("it.npz", b"", "it.npz is empty; an npz needs x (n, 2) or"),
    ("it.csv", b"", "it.csv is empty; a table needs one row per point with two coordinates and a label."),
    ("it.csv", b"a,b\n1,2", "it.csv needs at least three columns: two coordinates and a label."),
    ("it.csv", POINTS.replace(b"9,1", b"x,1"), "Row 5 of it.csv has 'x' as a coordinate, which must be a number."),
]


def test_what_cannot_be_used_is_one_sentence(data, settle):
    app = data
    for name, content, sentence in BAD:
        app = uploaded(app, settle, name, content)
        (error,) = app.error
        assert error.value.startswith(sentence) and [*app.exception] == []
        assert not any(each.label == "Save and use" for each in app.button)
        assert own_sets() == []


def test_a_disk_that_refuses_is_one_sentence_and_the_upload_is_still_there(data, settle, tmp_path):
    app = uploaded(data, settle, "faces.zip", zipped(persons()).getvalue())
    (tmp_path / "store").rmdir() if (tmp_path / "store").exists() else None
    (tmp_path / "store").write_text("no folder")
    app = kept(app, settle)
    (error,) = app.error
    assert "cannot be used" in error.value and "EXPLORER_HOME" in error.value and [*app.exception] == []
    assert any(each.label == "Save and use" for each in app.button)


def test_an_upload_over_the_limit_is_refused(data, settle, monkeypatch):
    monkeypatch.setattr("explorer.data.limits.UPLOAD", 1000)
    app = uploaded(data, settle, "faces.zip", zipped(persons()).getvalue())
    assert [each.value for each in app.error] == ["faces.zip is larger than 0 MB, the largest size allowed."]


def test_a_link_to_a_set_that_is_not_here_says_so(visit, data):
    app = visit("data", dataset="own:faces-00000000", model="convnet", forget="class:3")
    assert app.query_params["dataset"].startswith("moons")
    data_set, model, forget = (warning.value for warning in app.warning)
    assert data_set.startswith("From the link: there is no data set 'own:faces-00000000' here")
    assert model.startswith("From the link: there is no model 'convnet' for moons:")
    assert forget.startswith("From the link: moons:") and "has no class '3'" in forget


def test_what_was_set_for_one_file_is_not_for_the_next(data, settle):
    small = zipped(persons() | {"faces/lone/1.png": encoded(person(7, 0))}).getvalue()
    app = uploaded(data, settle, "a.zip", small)
    next(each for each in app.number_input if each.label == "Side (pixels)").set_value(16)
    app = settle(app.button("leave out").click().run())
    assert "24 grey pictures of 16 x 16" in words(app)
    app = uploaded(app, settle, "b.csv", POINTS)
    assert [each.value for each in app.slider] == [0.3]
    app = uploaded(app, settle, "b.zip", small)
    assert "1 of 5 classes has fewer" in app.warning[0].value and not app.dataframe
    assert next(each.value for each in app.number_input if each.label == "Side (pixels)") == 32


MANY = b"a,b,kind\n" + b"".join(b"%d,%d,%s\n" % (i % 8, i // 4 % 7, b"xy"[i % 2 : i % 2 + 1]) for i in range(40))


@pytest.mark.parametrize("button", ["run button", "step button", "settings of the run"])
def test_a_button_that_is_pressed_after_its_set_was_removed_says_so(data, settle, button):
    app = kept(uploaded(data, settle, "many.csv", MANY), settle)
    app = settle(app.switch_page("pages/unlearn.py").run())
    if button == "settings of the run":
        app = settle(app.button("run button").click().run())
        app = app.number_input("noise_seed").set_value(7).run()
    pressed = app.button(button).click()
    (own,) = own_sets()
    remove(own.code)
    app = settle(pressed.run())
    assert [*app.exception, *app.error] == [] and app.query_params["dataset"].startswith("moons")
    assert [text.value.partition(";")[0] for text in app.warning] == [f"There is no data set {own.code!r} here"]


def opened(app, tab):
    """AppTest cannot click a tab: the session is told that it is open."""
    app.session_state["data tabs"] = tab
    return app.run()


def test_large_sets_are_fetched_only_when_asked(data, settle, monkeypatch, tmp_path):
    asked = []

    def fetch(name, progress):
        progress(0.5, "Downloading MNIST")
        asked.append(name)
        (tmp_path / "data" / TORCHVISION_SETS[name].folder).mkdir(parents=True)

    monkeypatch.setattr("explorer.ui.data.large_sets.download", fetch)
    app = opened(data, "Sets to download")
    assert faults(app) == [] and asked == []
    assert [each.key for each in app.button if each.label == "Download"] == [
        f"fetch {name}" for name in TORCHVISION_SETS
    ]
    assert str(tmp_path) not in words(app)
    app = settle(app.button("fetch mnist").click().run())
    assert asked == ["mnist"] and faults(app) == []
    assert app.button("use mnist").label == "Use" and "MNIST" in app.selectbox("family").options


def test_a_download_that_fails_says_why(data, settle, monkeypatch):
    from explorer.settings import InputError

    def fail(name, progress):
        raise InputError("MNIST could not be downloaded (the connection failed).")

    monkeypatch.setattr("explorer.ui.data.large_sets.download", fail)
    app = settle(opened(data, "Sets to download").button("fetch mnist").click().run())
    assert [each.value for each in app.error] == ["MNIST could not be downloaded (the connection failed)."]
    assert app.button("fetch mnist").label == "Download"


def test_a_network_is_checked_kept_chosen_and_removed(data, settle):
    dataset = load_dataset(PLANE["dataset"])
    weights = save(build_network("mlp", dataset, seed=3).state_dict())
    app = opened(data, "Your networks")
    assert faults(app) == []
    for content, sentence in (
        (b"", "my_mlp.safetensors is empty; "),
        (b"no weights", "my_mlp.safetensors"),
        (save({"w": torch.ones(2)}), "w"),
    ):
        app = settle(app.file_uploader[0].set_value(("my_mlp.safetensors", content, "")).run())
        app = settle(app.button("keep network").click().run())
        (error,) = app.error
        assert sentence in error.value and own_networks() == [] and [*app.exception] == []
    app = settle(app.file_uploader[0].set_value(("my_mlp.safetensors", weights, "")).run())
    app = settle(app.button("keep network").click().run())
    (own,) = own_networks()
    assert faults(app) == []
    assert app.query_params["model"] == own.code == app.selectbox("model").value
    assert headline(app).endswith("; 1 network uploaded")
    app = settle(app.selectbox("family").set_value("digits").run())
    assert own.title not in app.selectbox("model").options
    assert app.button(f"use {own.code}").disabled
    app = settle(app.button(f"remove {own.code}").click().run())
    assert own_networks() == [] and faults(app) == []


def test_why_one_network_is_refused_is_not_said_of_the_next(data, settle):
    app = opened(data, "Your networks")
    app = settle(app.file_uploader[0].set_value(("junk.pt", b"no weights", "")).run())
    app = settle(app.button("keep network").click().run())
    assert len(app.error) == 1
    assert len(app.run().error) == 1
    weights = save(build_network("mlp", load_dataset(PLANE["dataset"]), seed=3).state_dict())
    app = app.file_uploader[0].set_value(("good.safetensors", weights, "")).run()
    assert faults(app) == []


def test_a_network_is_taken_to_be_of_the_model_that_is_chosen(visit, data, settle):
    app = opened(visit("data", dataset="digits", model="convnet", forget="class:3"), "Your networks")
    dataset = load_dataset("digits")
    weights = save(build_network("convnet", dataset, seed=3).state_dict())
    app = settle(app.file_uploader[0].set_value(("mine.safetensors", weights, "")).run())
    assert picked(app, "Architecture").value == "convnet"
    app = settle(app.button("keep network").click().run())
    (own,) = own_networks()
    assert faults(app) == [] and app.query_params["model"] == own.code
    remove_network(own.code)  # in another tab
    app.run()
    assert app.query_params["model"] == "convnet" and app.exception == [] and app.error == []
    (warning,) = app.warning
    assert warning.value == f"There is no model '{own.code}' here any more; another is selected."


def test_a_network_is_chosen_for_the_set_that_it_was_brought_for(data, monkeypatch, settle):
    """The choice at the side may change while it is checked."""
    app = opened(data, "Your networks")
    weights = save(build_network("mlp", load_dataset(PLANE["dataset"]), seed=3).state_dict())
    app = app.file_uploader[0].set_value(("mine.safetensors", weights, "")).run()
    go_on = threading.Event()

    def slowly(*brought):
        assert go_on.wait(PATIENCE)
        return import_network(*brought)

    monkeypatch.setattr("explorer.ui.data.own_networks.import_network", slowly)
    app = app.button("keep network").click().run()
    app = app.selectbox("family").set_value("digits").run()
    assert own_networks() == [] and app.query_params["dataset"] == "digits"
    go_on.set()
    app = settle(app)
    (own,) = own_networks()
    assert (app.query_params["dataset"], app.query_params["model"]) == (load_dataset(PLANE["dataset"]).code, own.code)
    assert faults(app) == []

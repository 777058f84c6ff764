"""An uploaded network equals the saved one and is stored under a code; invalid files are rejected and not stored."""

from __future__ import annotations

import pytest
import torch

from explorer.data import load_dataset
from explorer.models import build_network, untrained
from explorer.models.fitting import torchvision_name
from explorer.models.own import OwnNetwork, import_network, own_networks, remove_network
from explorer.settings import InputError
from explorer.store import Store
from tests.models.files import safetensors_file, torch_file

DIGITS = load_dataset("digits")
NETWORK = build_network("convnet", DIGITS, seed=9).eval()
CONTENT = safetensors_file(NETWORK.state_dict())


def bring(content=CONTENT, filename="mine.safetensors", model="convnet", dataset=DIGITS, name="My net!"):
    return import_network(content, filename, model, dataset, name)


def same(one, other):
    one, other = one.state_dict(), other.state_dict()
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_an_imported_network_is_stored_and_listed():
    code = bring()
    assert code.startswith("own:my-net-") and len(code) == len("own:my-net-") + 8
    network = build_network(code, DIGITS)
    assert same(network, NETWORK) and not network.training
    assert own_networks() == [OwnNetwork(code, "My net!", "convnet", (1, 8, 8), DIGITS.classes)]
    assert bring() == code and len(own_networks()) == 1


def test_each_caller_has_a_network_of_its_own():
    code = bring()
    build_network(code, DIGITS).head.weight.data.zero_()
    assert same(build_network(code, DIGITS), NETWORK)


def test_the_code_depends_on_content_and_data_set():
    other = safetensors_file(build_network("convnet", DIGITS, seed=8).state_dict())
    fashion = load_dataset("fashion-mini")
    codes = {
        bring(),
        bring(content=other),
        bring(content=torch_file(NETWORK.state_dict()), filename="mine.pt"),
        bring(safetensors_file(build_network("convnet", fashion).state_dict()), dataset=fashion),
    }
    assert len(codes) == 4 and len({code.rpartition("-")[2] for code in codes}) == 4
    assert bring(name="another").rpartition("-")[2] == bring().rpartition("-")[2]


def test_torchvisions_names_are_accepted():
    network = build_network("vit-small", DIGITS, seed=1)
    theirs = {torchvision_name("vit-small", key): value for key, value in network.state_dict().items()}
    assert same(build_network(bring(torch_file(theirs), "a.pth", "vit-small"), DIGITS), network)


def test_numbers_of_half_precision_become_float32():
    halves = {name: tensor.half() for name, tensor in NETWORK.state_dict().items()}
    network = build_network(bring(safetensors_file(halves)), DIGITS)
    assert all(torch.equal(tensor, halves[name].float()) for name, tensor in network.state_dict().items())


def test_a_network_on_the_plane():
    moons = load_dataset("moons:n=60")
    network = build_network("mlp", moons, seed=2)
    code = bring(safetensors_file(network.state_dict()), model="mlp", dataset=moons)
    assert same(build_network(code, load_dataset("moons:n=80")), network)


def test_initialised_anew_it_is_its_architecture_and_the_seed():
    assert same(untrained(bring(), DIGITS, seed=4), untrained("convnet", DIGITS, seed=4))


def poisoned(value):
    state = {name: tensor.clone() for name, tensor in NETWORK.state_dict().items()}
    state["head.bias"][3] = value
    return safetensors_file(state)


NEGATIVE = build_network("resnet-small", DIGITS).state_dict()
NEGATIVE["backbone.1.running_var"] = -torch.ones(16)

REFUSED = {
    "NaN": ({"content": poisoned(torch.nan)}, "^mine.safetensors contains NaN or infinity in head.bias; "),
    "infinity": ({"content": poisoned(-torch.inf)}, "contains NaN or infinity in head.bias; "),
    "variance below 0": (
        {"content": safetensors_file(NEGATIVE), "model": "resnet-small"},
        "gives NaN or infinite logits",
    ),
    "another network": ({"model": "vgg-small"}, "^The weights in this file do not fit vgg-small: "),
    "an unknown network": ({"model": "vgg"}, "^There is no model 'vgg'; "),
    "one that needs larger pictures": ({"model": "vgg16"}, "^vgg16 needs pictures of at least 28 x 28"),
    "another ending": (
        {"filename": "mine.pkl"},
        "^Weights are read from .safetensors, .pt or .pth files, not from mine.pkl",
    ),
    "a damaged file": ({"content": CONTENT[:-9]}, "^mine.safetensors is damaged"),
    "no name": ({"name": " - "}, "^A network's name needs a letter from a to z or a digit, and ' - ' has none"),
    "an empty program": ({"content": b"", "filename": "mine.pt2"}, "^mine.pt2 is empty; torch.export.save"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_invalid_files_are_refused_in_one_sentence_and_not_stored(what, home):
    change, sentence = REFUSED[what]
    with pytest.raises(InputError, match=sentence) as caught:
        bring(**change)
    assert "\n" not in str(caught.value) and str(caught.value).endswith(".")
    assert own_networks() == [] and not list(home.rglob("*.safetensors"))


def test_a_file_over_the_limit(monkeypatch):
    monkeypatch.setattr("explorer.models.own.MOST_BYTES", len(CONTENT) - 1)
    with pytest.raises(InputError, match=r"^A network file may have at most .* MB, and mine.safetensors has more\.$"):
        bring()


def test_other_data_than_it_was_imported_for():
    code = bring()
    with pytest.raises(
        InputError, match=rf"^{code} was uploaded for inputs of 1 x 8 x 8, and those of fashion-mini are "
    ):
        build_network(code, load_dataset("fashion-mini"))
    fashion = load_dataset("fashion-mini-coarse")
    coarse = bring(safetensors_file(build_network("convnet", fashion).state_dict()), dataset=fashion)
    with pytest.raises(
        InputError, match=r"was uploaded for 4 classes \(tops, trousers, shoes …\), and fashion-mini has 10 "
    ):
        build_network(coarse, load_dataset("fashion-mini"))


def test_a_removed_network_is_gone():
    code, other = bring(), bring(name="other")
    remove_network(code)
    assert [each.code for each in own_networks()] == [other]
    for ask in (remove_network, lambda code: build_network(code, DIGITS), lambda code: untrained(code, DIGITS)):
        with pytest.raises(InputError, match=rf"^There is no network '{code}' here; "):
            ask(code)


def test_a_damaged_artefact_is_one_sentence(home):
    code = bring()
    (path,) = home.rglob("*.safetensors")
    content = bytearray(path.read_bytes())
    content[-3] ^= 255
    path.write_bytes(content)
    with pytest.raises(InputError, match=rf"^The stored file of {code} is damaged; upload the network again\.$"):
        build_network(code, DIGITS)


def test_a_store_may_be_given(tmp_path):
    store = Store(tmp_path)
    code = import_network(CONTENT, "a.safetensors", "convnet", DIGITS, "x" * 200, store)
    assert len(code) == len("own:") + 40 + 9
    (own,) = own_networks(store)
    assert own.code == code and len(own.title) == 60 and own_networks() == []
    remove_network(code, store)
    assert own_networks(store) == []

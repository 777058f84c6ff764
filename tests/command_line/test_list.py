"""What `list` says against the registries themselves."""

from __future__ import annotations

import json

import pytest
import safetensors.torch

from explorer.data import DATASETS, load_dataset
from explorer.models import MODELS, build_network, check_model, models_for
from explorer.models.own import import_network
from explorer.unlearning import METHODS


@pytest.fixture
def listed(explorer):
    answer = explorer("list", "--json")
    assert (answer.code, answer.err) == (0, "")
    return json.loads(answer.out)


def test_everything_is_listed(listed):
    assert [list(listed[kind]) for kind in ("datasets", "models", "methods")] == [
        list(DATASETS),
        list(MODELS),
        list(METHODS),
    ]


def test_data_sets_say_what_they_hold_and_which_models_take_them(listed):
    for name, said in listed["datasets"].items():
        data = load_dataset(name)
        assert (said["kind"], tuple(said["shape"]), said["train"]) == (data.kind, data.shape, len(data.train))
        assert (tuple(said["classes"]), tuple(said["subclasses"])) == (data.classes, data.subclasses)
        assert said["models"] == [model for model in MODELS if name in listed["models"][model]["datasets"]]
        for model in models_for(data):
            check_model(model, data)


def test_options_of_planes_may_be_given_at_both_ends_of_their_range(listed):
    options = listed["datasets"]["blobs"]["options"]
    assert set(options) == {"n", "noise", "seed"}
    for name, option in options.items():
        least, most = (f"{name}={option[end]:.10g}" for end in ("least", "most"))
        assert load_dataset(f"blobs:{least}").code != load_dataset(f"blobs:{most}").code
    assert listed["datasets"]["digits"]["options"] == {}


@pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))
def test_settings_are_those_of_the_declarations(listed, method):
    said = listed["methods"][method.name]["settings"]
    declared = method.settings.declarations()
    assert list(said) == list(declared)
    for name, setting in declared.items():
        assert (said[name]["type"], said[name]["help"], said[name]["log"]) == (setting.kind, setting.help, setting.log)
        assert (said[name]["least"], said[name]["most"]) == (setting.least, setting.most)
        assert tuple(said[name]["choices"] or ()) == setting.choices


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))
def test_defaults_are_those_that_a_run_takes(listed, method, dataset):
    shape = load_dataset(dataset).shape
    said = listed["methods"][method.name]["settings"]
    size = "x".join(map(str, shape))
    taken = {name: (s["default_for_shape"] or {}).get(size, s["default"]) for name, s in said.items()}
    assert taken == method.configure(shape, method.presets[0].name).model_dump()


def test_presets_are_values_of_the_settings(listed):
    for name, method in METHODS.items():
        said = listed["methods"][name]["presets"]
        assert list(said) == [preset.name for preset in method.presets]
        for preset in method.presets:
            assert said[preset.name] == {"help": preset.help, "values": dict(preset.values), "stops": preset.stops}


def test_the_readable_list_names_everything(explorer):
    out = explorer("list").out
    settings = [f"--{name.replace('_', '-')}" for method in METHODS.values() for name in method.settings.declarations()]
    presets = [preset.name for method in METHODS.values() for preset in method.presets]
    assert [
        word for word in [*DATASETS, *MODELS, *METHODS, *settings, *presets] if f"{word} " not in out.replace(":", " ")
    ] == []


def test_networks_that_were_brought_are_listed(explorer):
    data = load_dataset("moons:n=60")
    content = safetensors.torch.save(build_network("mlp", data).state_dict())
    code = import_network(content, "mine.safetensors", "mlp", data, "Mine")
    said = json.loads(explorer("list", "--json").out)["own_models"]
    assert said == {code: {"title": "Mine", "architecture": "mlp", "shape": [2], "classes": list(data.classes)}}
    assert f"{code}  Mine: mlp, for inputs of 2 and 2 classes." in explorer("list").out

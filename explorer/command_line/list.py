"""Verb `list`: available data sets, models and methods with their settings and presets."""

from __future__ import annotations

import json
from typing import Any

import click

from explorer.command_line.declared import method_settings, plain_settings, write_method
from explorer.command_line.own_models import own_models, write_own_models

MANY = 12  # class names listed before the rest is counted


@click.command("list", short_help="Data sets, models, methods and settings.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with all ranges, choices and defaults.")
@click.pass_context
def list_all(context: click.Context, as_json: bool) -> None:
    """List the available data sets, models and methods with their settings and presets.

    \b
    Examples:
      python -m explorer list
      python -m explorer list --json
    """
    if as_json:
        entries = {
            "datasets": _datasets(),
            "own": _own_sets(),
            "torchvision": _torchvision_sets(),
            "models": _models(),
            "own_models": own_models(),
            "methods": _methods(),
        }
        click.echo(json.dumps(entries, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        click.echo(_text(context.make_formatter()), nl=False)


def _datasets() -> dict[str, dict[str, Any]]:
    from explorer.data import DATASETS, load_dataset
    from explorer.data.planes import PLANES
    from explorer.models import models_for

    entries = {}
    for name in DATASETS:
        data = load_dataset(name)
        options = plain_settings(PLANES[name].options) if name in PLANES else {}
        entries[name] = {
            "title": data.title,
            "kind": data.kind,
            "shape": list(data.shape),
            "train": len(data.train),
            "test": len(data.test),
            "classes": list(data.classes),
            "subclasses": list(data.subclasses),
            "models": list(models_for(data)),
            "options": {option: declared.as_json() for option, declared in options.items()},
        }
    return entries


def _own_sets() -> dict[str, dict[str, Any]]:
    from explorer.data.own import own_sets

    return {
        own.code: {
            "title": own.title,
            "kind": own.kind,
            "shape": list(own.shape),
            "train": own.train,
            "test": own.test,
            "classes": list(own.classes),
        }
        for own in own_sets()
    }


def _torchvision_sets() -> dict[str, dict[str, Any]]:
    from explorer.data.torchvision_sets import TORCHVISION_SETS, is_available

    return {
        name: {
            "title": large_set.title,
            "shape": list(large_set.shape),
            "train": large_set.train,
            "test": large_set.test,
            "classes": large_set.classes,
            "bytes": large_set.bytes,
            "found": is_available(name),
        }
        for name, large_set in TORCHVISION_SETS.items()
    }


def _models() -> dict[str, dict[str, Any]]:
    from explorer.models.architectures import ARCHITECTURES

    models_of = {name: data["models"] for name, data in _datasets().items()}
    return {
        model: {
            "help": " ".join((architecture.__doc__ or "").split()),
            "datasets": [name for name, models in models_of.items() if model in models],
        }
        for model, architecture in ARCHITECTURES.items()
    }


def _methods() -> dict[str, dict[str, Any]]:
    from explorer.unlearning import METHODS

    return {
        name: {
            "title": method.title,
            "help": method.help,
            "settings": {setting: declared.as_json() for setting, declared in method_settings(method).items()},
            "presets": {
                preset.name: {"help": preset.help, "values": dict(preset.values), "stops": preset.stops}
                for preset in method.presets
            },
        }
        for name, method in METHODS.items()
    }


def _text(formatter: click.HelpFormatter) -> str:
    from explorer.data.planes import PLANES
    from explorer.unlearning import METHODS

    with formatter.section("Data sets"):
        formatter.write_dl([(name, _dataset_in_words(data)) for name, data in _datasets().items()])
    if own := _own_sets():
        with formatter.section("Your data sets"):
            formatter.write_dl([(code, _dataset_in_words(data)) for code, data in own.items()])
    with formatter.section("Data sets in EXPLORER_DATA or to download"):
        formatter.write_dl([(name, _large_set_in_words(data)) for name, data in _torchvision_sets().items()])
    for options in dict.fromkeys(plane.options for plane in PLANES.values()):
        names = [name for name, plane in PLANES.items() if plane.options is options]
        with formatter.section(f"Options of {', '.join(names)}, as in {names[0]}:seed=1"):
            formatter.write_dl([(option, declared.help()) for option, declared in plain_settings(options).items()])
    with formatter.section("Models"):
        formatter.write_dl(
            [(name, f"{model['help']} For {', '.join(model['datasets'])}.") for name, model in _models().items()]
        )
    write_own_models(formatter)
    for method in METHODS.values():
        write_method(formatter, method)
    return formatter.getvalue().removeprefix("\n")


def _dataset_in_words(data: dict[str, Any]) -> str:
    inputs = (
        "points on the plane" if data["kind"] == "plane" else f"pictures of {'x'.join(map(str, data['shape'][1:]))}"
    )
    description = f"{inputs}; {_samples(data)}; classes {_named(data['classes'])}"
    return description + (f"; sub-classes {_named(data['subclasses'])}" if data.get("subclasses") else "")


def _large_set_in_words(data: dict[str, Any]) -> str:
    state = "available" if data["found"] else f"not downloaded, {data['bytes'] / 1e6:.0f} MB"
    size = "x".join(map(str, data["shape"][1:]))
    return f"pictures of {size}; {_samples(data)}; {data['classes']} classes; {state}"


def _samples(data: dict[str, Any]) -> str:
    return f"{data['train']} training and {data['test']} test samples"


def _named(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= MANY else f"{', '.join(names[:MANY])} and {len(names) - MANY} more"

"""The verb `list`: the data sets, models and methods there are, with their settings and presets."""

from __future__ import annotations

import json
from typing import Any

import click

from explorer.command_line.declared import method_settings, plain_settings, write_method


@click.command("list", short_help="Data sets, models, methods and settings.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the same, with every range, choice and default.")
@click.pass_context
def list_all(context: click.Context, as_json: bool) -> None:
    """The data sets, models and methods there are, with their settings and presets.

    \b
    Examples:
      python -m explorer list
      python -m explorer list --json
    """
    if as_json:
        found = {"datasets": _datasets(), "models": _models(), "methods": _methods()}
        click.echo(json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        click.echo(_text(context.make_formatter()), nl=False)


def _datasets() -> dict[str, dict[str, Any]]:
    from explorer.data import DATASETS, load_dataset
    from explorer.data.planes import PLANES
    from explorer.models import models_for

    found = {}
    for name in DATASETS:
        data = load_dataset(name)
        options = plain_settings(PLANES[name][1]) if name in PLANES else {}
        found[name] = {
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
    return found


def _models() -> dict[str, dict[str, Any]]:
    from explorer.models.architectures import ARCHITECTURES

    takes = {name: data["models"] for name, data in _datasets().items()}
    return {
        model: {
            "help": (architecture.__doc__ or "").strip(),
            "datasets": [name for name, models in takes.items() if model in models],
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
    for options in dict.fromkeys(options for _, options, _ in PLANES.values()):
        names = [name for name, plane in PLANES.items() if plane[1] is options]
        with formatter.section(f"Options of {', '.join(names)}, as in {names[0]}:seed=1"):
            formatter.write_dl([(option, declared.help()) for option, declared in plain_settings(options).items()])
    with formatter.section("Models"):
        formatter.write_dl(
            [(name, f"{model['help']} For {', '.join(model['datasets'])}.") for name, model in _models().items()]
        )
    for method in METHODS.values():
        write_method(formatter, method)
    return formatter.getvalue().removeprefix("\n")


def _dataset_in_words(data: dict[str, Any]) -> str:
    inputs = (
        "points on the plane" if data["kind"] == "plane" else f"pictures of {'x'.join(map(str, data['shape'][1:]))}"
    )
    words = f"{inputs}; {data['train']} training and {data['test']} test samples; classes {', '.join(data['classes'])}"
    return words + (f"; sub-classes {', '.join(data['subclasses'])}" if data["subclasses"] else "")

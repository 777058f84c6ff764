"""Section of `list` with the user's networks."""

from __future__ import annotations

from typing import Any

import click


def own_models() -> dict[str, dict[str, Any]]:
    """JSON entries of the user's networks by code: title, architecture, input shape and classes."""
    from explorer.models.own import own_networks

    return {
        own.code: {
            "title": own.title,
            "architecture": own.architecture,
            "shape": list(own.shape),
            "classes": list(own.classes),
        }
        for own in own_networks()
    }


def write_own_models(formatter: click.HelpFormatter) -> None:
    """Write the section "Your networks", if there are any."""
    if models := own_models():
        with formatter.section("Your networks"):
            formatter.write_dl([(code, _in_words(model)) for code, model in models.items()])


def _in_words(model: dict[str, Any]) -> str:
    inputs, classes = "x".join(map(str, model["shape"])), model["classes"]
    return f"{model['title']}: {model['architecture']}, for inputs of {inputs} and {len(classes)} classes."

"""The networks that the user brought, as `list` says them."""

from __future__ import annotations

from typing import Any

import click


def own_models() -> dict[str, dict[str, Any]]:
    """By code, as JSON says them: title, architecture, and the inputs and classes that each was brought for."""
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
    """A section for people, where there are any."""
    if brought := own_models():
        with formatter.section("Your own networks"):
            formatter.write_dl([(code, _in_words(model)) for code, model in brought.items()])


def _in_words(model: dict[str, Any]) -> str:
    inputs, classes = "x".join(map(str, model["shape"])), model["classes"]
    return (
        f"{model['title']}: {model['architecture']}, for inputs of {inputs} and the {len(classes)} classes of its data."
    )

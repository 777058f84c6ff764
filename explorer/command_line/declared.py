"""Declared settings on the command line: options, help texts and JSON entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from explorer.settings import Declaration, Settings, Shape

if TYPE_CHECKING:
    from explorer.unlearning import Method, Preset


@dataclass(frozen=True)
class Declared:
    """A declared setting with its defaults and conditions.

    Attributes:
        declaration: the declaration.
        defaults: default value by input shape.
        only_with: for each other setting that decides whether this one has an effect, the values with which it has.
    """

    declaration: Declaration
    defaults: Mapping[Shape, Any]
    only_with: Mapping[str, tuple[Any, ...]]

    def option(self) -> click.Option:
        """Click option that passes the text on unchanged; `Settings` validates it."""
        name, kind = self.declaration.name, self.declaration.kind
        if kind == "flag":
            on_or_off = f"{as_typed(name, True)}/{as_typed(name, False)}"
            return click.Option([on_or_off, name], default=None, help=self.help())
        metavar = {"int": "INTEGER", "float": "NUMBER"}.get(kind, "|".join(self.declaration.choices))
        return click.Option([option_name(name), name], metavar=metavar, help=self.help())

    def help(self) -> str:
        """Description, allowed values, default and conditions."""
        parts = [self.declaration.help + (f" ({self.declaration.unit})" if self.declaration.unit else "")]
        if self.declaration.kind in ("int", "float"):
            parts.append(self.declaration.allowed())
        parts.append(f"default {self._default_in_words()}")
        parts += [f"only with {condition}" for condition in self.conditions()]
        return "; ".join(parts)

    def conditions(self) -> list[str]:
        """Conditions such as "--step gradient", one for each setting in `only_with`."""
        return [" or ".join(as_typed(name, value) for value in values) for name, values in self.only_with.items()]

    def as_json(self) -> dict[str, Any]:
        """JSON entry of the setting; `default_for_shape` is null if the default is the same for every shape."""
        declaration, varies = self.declaration, self._varies(self.defaults)
        return {
            "label": declaration.label,
            "type": declaration.kind,
            "default": declaration.default if varies else next(iter(self.defaults.values())),
            "default_for_shape": {_size(shape): value for shape, value in self.defaults.items()} if varies else None,
            "least": declaration.least,
            "most": declaration.most,
            "choices": list(declaration.choices) or None,
            "log": declaration.log,
            "unit": declaration.unit or None,
            "help": declaration.help,
            "only_with": {name: list(values) for name, values in self.only_with.items()} or None,
        }

    def _default_in_words(self) -> str:
        """One value, or one for points and one for pictures, or one for each size of pictures."""
        if not self._varies(self.defaults):
            return value_text(next(iter(self.defaults.values())))
        pictures = {shape: value for shape, value in self.defaults.items() if len(shape) > 1}
        sized = self._varies(pictures)
        named = {
            "points" if shape not in pictures else f"{_size(shape[1:])} pictures" if sized else "pictures": value
            for shape, value in self.defaults.items()
        }
        return ", ".join(f"{value_text(value)} ({inputs})" for inputs, value in named.items())

    @staticmethod
    def _varies(defaults: Mapping[Shape, Any]) -> bool:
        return len(set(defaults.values())) > 1


def method_settings(method: Method) -> dict[str, Declared]:
    """Settings of a method by name, with the defaults of its first preset for the shapes of all included data sets."""
    from explorer.data import DATASETS, load_dataset

    shapes = sorted({load_dataset(name).shape for name in DATASETS}, key=lambda shape: (len(shape), shape))
    configured = {shape: method.configure(shape, method.presets[0].name) for shape in shapes}
    return {
        name: Declared(
            declaration,
            {shape: getattr(settings, name) for shape, settings in configured.items()},
            only_with(declaration, configured[shapes[0]]),
        )
        for name, declaration in method.settings.declarations().items()
    }


def plain_settings(settings: type[Settings]) -> dict[str, Declared]:
    """Settings whose defaults do not depend on the input shape, such as the options of a data set."""
    return {name: Declared(declared, {(): declared.default}, {}) for name, declared in settings.declarations().items()}


def only_with(declaration: Declaration, settings: Settings) -> dict[str, tuple[Any, ...]]:
    """Conditions of a setting: other choices and flags that decide whether it has an effect.

    Args:
        declaration: the setting.
        settings: values of all other settings.

    Returns:
        For each such choice or flag, the values with which the setting has an effect.
    """
    conditions = {}
    for name, other in settings.declarations().items():
        values = (False, True) if other.kind == "flag" else other.choices
        effective = tuple(value for value in values if declaration.applies(settings.model_copy(update={name: value})))
        if 0 < len(effective) < len(values):
            conditions[name] = effective
    return conditions


def write_method(formatter: click.HelpFormatter, method: Method) -> None:
    """Write a method's settings and presets as two sections of a help text."""
    context = click.Context(click.Command(method.name))
    records = [declared.option().get_help_record(context) for declared in method_settings(method).values()]
    with formatter.section(f"Settings of {method.name}"):
        formatter.write_text(method.help)
        formatter.write_dl([record for record in records if record is not None])
    with formatter.section(f"Presets of {method.name}; the first is the default"):
        formatter.write_dl([(preset.name, _in_words(preset)) for preset in method.presets])


def option_name(name: str) -> str:
    """Option name of a setting: --batch-size for batch_size."""
    return "--" + name.replace("_", "-")


def as_typed(name: str, value: Any) -> str:
    """Option with its value as typed: --step gradient, --sigma 0.5, --clamp, --no-clamp."""
    if isinstance(value, bool):
        return option_name(name) if value else option_name(name).replace("--", "--no-", 1)
    return f"{option_name(name)} {value_text(value)}"


def value_text(value: Any) -> str:
    """A value as text; a flag is on or off."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _in_words(preset: Preset) -> str:
    values = " ".join(as_typed(name, value) for name, value in preset.values.items())
    end = "runs all passes unless --stop-at is given"
    if preset.stops:
        end = "stops at the target accuracy on the forget set"
    return f"{preset.help}; {end}" + (f"; {values}" if values else "")


def _size(shape: Shape) -> str:
    return "x".join(map(str, shape))

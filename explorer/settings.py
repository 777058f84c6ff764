"""Declared parameters. Sliders, command-line options, error messages and links are derived from one declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Self, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

Shape = tuple[int, ...]
LARGEST_SEED = 2**31 - 1


class InputError(ValueError):
    """Invalid input. The message is one sentence for the user: the wrong value and the allowed ones."""


@dataclass(frozen=True)
class Declaration:
    """One parameter of a `Settings` model.

    Attributes:
        name: field name in the model.
        kind: "float", "int", "choice" or "flag".
        default: default value, unless `for_shape` is set.
        help: description, a phrase without a final full stop.
        choices: allowed values of a choice.
        least: smallest allowed number, inclusive.
        most: largest allowed number, inclusive; None for a float without an upper bound.
        log: True for a logarithmic slider.
        unit: unit of the number, "" for none.
        label: name shown on a page.
        for_shape: default as a function of the input shape, for parameters whose default depends on it.
        applies: whether the parameter has an effect, given the settings' other values.
        later: added after artefacts were stored; left out of keys at its default, so that old addresses stay valid.
    """

    name: str
    kind: Literal["float", "int", "choice", "flag"]
    default: Any
    help: str
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    log: bool = False
    unit: str = ""
    label: str = ""
    for_shape: Callable[[Shape], Any] | None = None
    applies: Callable[[Any], bool] = lambda settings: True
    later: bool = False

    @property
    def bounds(self) -> tuple[Any, Any]:
        """Smallest and largest value, both of the parameter's own type, as Streamlit's widgets require."""
        kind = int if self.kind == "int" else float
        return kind(self.least or 0), kind(self.most or 0)

    def allowed(self) -> str:
        """Description of the allowed values, such as "a number from 0 to 1"."""
        if self.kind == "choice":
            return "one of " + ", ".join(self.choices)
        if self.kind == "flag":
            return "true or false"
        if self.kind == "int":
            return f"a whole number from {self.least} to {self.most}"
        if self.most is None:
            return f"a number of at least {self.least:g}"
        return f"a number from {self.least:g} to {self.most:g}"


def setting(
    default: Any,
    help: str,
    *,
    least: float | None = None,
    most: float | None = None,
    log: bool = False,
    unit: str = "",
    label: str = "",
    for_shape: Callable[[Shape], Any] | None = None,
    applies: Callable[[Any], bool] | None = None,
    later: bool = False,
) -> Any:
    """Declare one parameter of a `Settings` model; the arguments are the attributes of `Declaration`."""
    display: dict[str, Any] = {"log": log, "unit": unit, "label": label}
    extra = {**display, "for_shape": for_shape, "least": least, "most": most, "later": later}
    if applies is not None:
        extra["applies"] = applies
    return Field(default, ge=least, le=most, description=help, json_schema_extra=extra, validate_default=True)


class Settings(BaseModel):
    """Immutable, validated parameters, declared with `setting`. An invalid value raises `InputError`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise InputError(self._sentence(dict(error.errors()[0]))) from None

    @classmethod
    def declarations(cls) -> dict[str, Declaration]:
        """All parameters by name, in the order of their declaration."""
        return dict(_declared(cls))

    @classmethod
    def for_shape(cls, shape: Shape, values: Mapping[str, Any] | None = None) -> Self:
        """Settings with the defaults for one input shape.

        Args:
            shape: shape of one input, without the sample axis.
            values: values that replace defaults.

        Raises:
            InputError: if a value is not allowed.
        """
        shaped = {d.name: d.for_shape(shape) for d in cls.declarations().values() if d.for_shape is not None}
        return cls(**{**shaped, **(values or {})})

    def key(self) -> dict[str, Any]:
        """Values that identify these settings in a store key; a `later` parameter at its default is left out."""
        declared, values = self.declarations(), self.model_dump()
        return {
            name: value for name, value in values.items() if not declared[name].later or value != declared[name].default
        }

    def check_shape(self, shape: Shape) -> None:
        """Raise InputError if these settings cannot be used for inputs of this shape."""

    def applying(self) -> dict[str, Declaration]:
        """Declarations of the parameters that have an effect, given the other values."""
        return {name: d for name, d in self.declarations().items() if d.applies(self)}

    @classmethod
    def _sentence(cls, error: dict[str, Any]) -> str:
        name = str(error["loc"][0]) if error["loc"] else ""
        declared = cls.declarations()
        if name not in declared:
            return f"There is no setting {name!r}; the settings are {', '.join(declared)}."
        return f"{name} must be {declared[name].allowed()}, not {error['input']!r}."


@cache
def _declared(settings: type[Settings]) -> dict[str, Declaration]:
    hints = get_type_hints(settings)
    return {name: _declaration(name, hints[name], field) for name, field in settings.model_fields.items()}


def _declaration(name: str, hint: Any, field: FieldInfo) -> Declaration:
    kinds: dict[Any, Literal["float", "int", "flag"]] = {float: "float", int: "int", bool: "flag"}
    literal = get_origin(hint) is Literal
    extra: dict[str, Any] = dict(field.json_schema_extra) if isinstance(field.json_schema_extra, dict) else {}
    return Declaration(
        name=name,
        kind="choice" if literal else kinds[hint],
        default=None if field.is_required() else field.default,
        help=field.description or "",
        choices=get_args(hint) if literal else (),
        **extra,
    )

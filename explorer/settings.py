"""How a parameter is declared, once: slider, command-line option, error sentence and link all come from this."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Self, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticUndefined

Shape = tuple[int, ...]
LARGEST_SEED = 2**31 - 1


class InputError(ValueError):
    """One sentence for a person: what was wrong, and what is allowed."""


@dataclass(frozen=True)
class Declaration:
    """One parameter of a `Settings` model, as a slider or an option needs it.

    kind: "float", "int", "choice" or "flag"; label: its name on a page; least and most are inclusive, and a float needs
    no most; log asks for a logarithmic slider; for_shape gives the default for inputs of one shape where it depends on
    it; applies says whether other values leave it a meaning; later: it was declared when artefacts of the others were
    already stored.
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
        """The least and the largest value, both of the number's own type, as Streamlit's widgets need them."""
        kind = int if self.kind == "int" else float
        return kind(self.least or 0), kind(self.most or 0)

    def allowed(self) -> str:
        """The values that may be given, in words."""
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
    """Declare one parameter of a `Settings` model; see `Declaration` for the words."""
    shown: dict[str, Any] = {"log": log, "unit": unit, "label": label}
    extra = {**shown, "for_shape": for_shape, "least": least, "most": most, "later": later}
    if applies is not None:
        extra["applies"] = applies
    return Field(default, ge=least, le=most, description=help, json_schema_extra=extra, validate_default=True)


class Settings(BaseModel):
    """Declared, validated, immutable parameters; a wrong value raises `InputError` with one sentence."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise InputError(self._sentence(error.errors()[0])) from None

    @classmethod
    def declarations(cls) -> dict[str, Declaration]:
        """Every parameter in the order in which it was declared."""
        return dict(_declared(cls))

    @classmethod
    def for_shape(cls, shape: Shape, values: Mapping[str, Any] | None = None) -> Self:
        """The defaults for inputs of this shape (without the sample axis), with `values` laid over them."""
        shaped = {d.name: d.for_shape(shape) for d in cls.declarations().values() if d.for_shape is not None}
        return cls(**{**shaped, **(values or {})})

    def key(self) -> dict[str, Any]:
        """What addresses these values in the store; a later parameter counts only where it is not at its default."""
        declared, values = self.declarations(), self.model_dump()
        return {
            name: value for name, value in values.items() if not declared[name].later or value != declared[name].default
        }

    def check_shape(self, shape: Shape) -> None:
        """Raises InputError where these settings have no meaning for inputs of this shape."""

    def applying(self) -> dict[str, Declaration]:
        """The declarations that have a meaning beside the other values."""
        return {name: d for name, d in self.declarations().items() if d.applies(self)}

    @classmethod
    def _sentence(cls, error: ErrorDetails) -> str:
        name = str(error["loc"][0]) if error["loc"] else ""
        declared = cls.declarations()
        if name not in declared:
            return f"There is no setting {name!r}; the settings are {', '.join(declared)}."
        return f"{name} must be {declared[name].allowed()}, not {error['input']!r}."


@cache
def _declared(settings: type[Settings]) -> dict[str, Declaration]:
    hints = get_type_hints(settings)
    return {name: _declaration(name, hints[name], field) for name, field in settings.model_fields.items()}


def _declaration(name: str, hint: Any, field: Any) -> Declaration:
    kinds: dict[Any, Literal["float", "int", "flag"]] = {float: "float", int: "int", bool: "flag"}
    literal = get_origin(hint) is Literal
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return Declaration(
        name=name,
        kind="choice" if literal else kinds[hint],
        default=None if field.default is PydanticUndefined else field.default,
        help=field.description or "",
        choices=get_args(hint) if literal else (),
        **extra,
    )

"""Options shared by several verbs, and a parameter type for bounded numbers."""

from __future__ import annotations

import math
from typing import Any, Literal

import click

from explorer.settings import LARGEST_SEED, InputError


class Number(click.ParamType):
    """Parameter type of finite numbers from `least` to `most`, inclusive.

    Args:
        kind: "whole number" or "number".
        least: smallest allowed value.
        most: largest allowed value; infinity for no upper bound.
    """

    def __init__(self, kind: Literal["whole number", "number"], least: float, most: float = math.inf) -> None:
        self.kind, self.least, self.most = kind, least, most
        self.name = "integer" if kind == "whole number" else "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The parsed number; raises InputError if it is not finite or out of bounds."""
        try:
            number = int(value) if self.kind == "whole number" else float(value)
        except ValueError:
            number = math.nan
        if self.least <= number <= self.most and math.isfinite(number):
            return number
        bounds = (
            f"of at least {self.least:g}" if math.isinf(self.most) else f"from {self.least:.10g} to {self.most:.10g}"
        )
        option = "The value" if param is None else param.opts[0]
        raise InputError(f"{option} must be a {self.kind} {bounds}, not {value!r}.")


SEED = Number("whole number", 0, LARGEST_SEED)

dataset_option = click.option(
    "--dataset",
    metavar="CODE",
    required=True,
    help="Data set: digits, fashion-mini, moons, ...; synthetic sets take options: moons:n=400,noise=.25,seed=0. "
    "See the verb list.",
)
model_option = click.option(
    "--model",
    metavar="NAME",
    required=True,
    help="Model: mlp for points and pictures, others for pictures only, or the code of your network. "
    "See the verb list.",
)
seed_option = click.option("--seed", type=SEED, default=0, show_default=True, help="Training seed.")

FORGET_HELP = (
    "Training samples to forget: class:3 or class:sneaker (number from 0, or name); subclass:sneaker (data sets with "
    "sub-classes); random:100@7 (count@seed); near:12@4 (count@sample: sample 4 and its nearest neighbours); "
    "samples:4,17,90 (numbers in the training split, from 0)."
)

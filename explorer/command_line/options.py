"""The options that several verbs share, and numbers that must lie within bounds."""

from __future__ import annotations

import math
from typing import Any, Literal

import click

from explorer.settings import LARGEST_SEED, InputError


class Number(click.ParamType):
    """A number from least to most, both included; NaN, infinity and words are refused in one sentence."""

    def __init__(self, kind: Literal["whole number", "number"], least: float, most: float = math.inf) -> None:
        self.kind, self.least, self.most = kind, least, most
        self.name = "integer" if kind == "whole number" else "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number that was written; raises InputError."""
        try:
            number = int(value) if self.kind == "whole number" else float(value)
        except ValueError:
            number = math.nan
        if self.least <= number <= self.most and math.isfinite(number):
            return number
        bounds = (
            f"of at least {self.least:g}" if math.isinf(self.most) else f"from {self.least:.10g} to {self.most:.10g}"
        )
        given = "The value" if param is None else param.opts[0]
        raise InputError(f"{given} must be a {self.kind} {bounds}, not {value!r}.")


SEED = Number("whole number", 0, LARGEST_SEED)

dataset_option = click.option(
    "--dataset",
    metavar="CODE",
    required=True,
    help="A data set: digits, fashion-mini, moons, ...; planes take options: moons:n=400,noise=.25,seed=0. "
    "The verb list names them all.",
)
model_option = click.option(
    "--model",
    metavar="NAME",
    required=True,
    help="A network: mlp for planes and pictures, many others for pictures, and your own. The verb list "
    "names them all.",
)
seed_option = click.option("--seed", type=SEED, default=0, show_default=True, help="Seed of the training.")

FORGET_HELP = (
    "The training samples to forget: class:3 (the fourth: classes are numbered from 0) or class:sneaker; "
    "subclass:sneaker (of a set with sub-classes); random:100@7 (count@seed); near:12@4 (count@sample: sample 4 and "
    "its nearest); samples:4,17,90 (numbers in the training split, from 0)."
)
